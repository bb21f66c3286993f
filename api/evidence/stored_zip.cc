#include "api/evidence/stored_zip.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/crc32.h"
#include "core/domain/text.h"

namespace robotledger {
namespace {

constexpr std::uint32_t kLocalSignature = 0x04034b50;
constexpr std::uint32_t kCentralSignature = 0x02014b50;
constexpr std::uint32_t kEndSignature = 0x06054b50;
constexpr std::uint32_t kZip64EndSignature = 0x06064b50;
constexpr std::uint32_t kZip64LocatorSignature = 0x07064b50;

constexpr std::uint16_t kVersion = 10;
constexpr std::uint16_t kZip64Version = 45;
constexpr std::uint16_t kUtf8Names = 1U << 11;
constexpr std::uint16_t kFirstDosDate = (1U << 5) | 1U;  // 1980-01-01
constexpr std::uint16_t kZip64Extra = 1;

constexpr std::uint16_t kFull16 = 0xffff;
constexpr std::uint32_t kFull32 = 0xffffffff;

constexpr std::size_t kLocalBytes = 30;
constexpr std::size_t kCentralBytes = 46;
constexpr std::size_t kZip64ExtraBytes = 12;
constexpr std::size_t kEndBytes = 22;
constexpr std::size_t kZip64EndBytes = 56;
constexpr std::size_t kZip64LocatorBytes = 20;
// The length that a Zip64 end has in itself leaves out its first two fields.
constexpr std::uint64_t kZip64EndRest = kZip64EndBytes - 12;
// Some millions of members.
constexpr std::uint64_t kMaxDirectoryBytes = std::uint64_t{1} << 29;

void putLittle(Bytes& out, std::uint64_t value, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) out.push_back(static_cast<char>(value >> (8 * i) & 0xff));
}
void put16(Bytes& out, std::uint64_t value) { putLittle(out, value, 2); }
void put32(Bytes& out, std::uint64_t value) { putLittle(out, value, 4); }
void put64(Bytes& out, std::uint64_t value) { putLittle(out, value, 8); }

std::uint64_t little(BytesView bytes, std::size_t at, std::size_t count) {
  std::uint64_t value = 0;
  for (std::size_t i = count; i > 0; --i) {
    value = value << 8 | static_cast<unsigned char>(bytes[at + i - 1]);
  }
  return value;
}

// What a local and a central header have alike, from the flags to the length of the name.
void putCommon(Bytes& out, const ZipMember& member) {
  put16(out, kUtf8Names);
  put16(out, 0);  // stored
  put16(out, 0);  // the time
  put16(out, kFirstDosDate);
  put32(out, member.crc);
  put32(out, member.size);
  put32(out, member.size);
  put16(out, member.name.size());
}

Bytes localHeader(const ZipMember& member) {
  Bytes out;
  put32(out, kLocalSignature);
  put16(out, kVersion);
  putCommon(out, member);
  put16(out, 0);  // extra fields
  return out + member.name;
}

Bytes centralHeader(const ZipMember& member) {
  const bool is_far = member.offset >= kFull32;
  Bytes out;
  put32(out, kCentralSignature);
  put16(out, kZip64Version);  // made by, for DOS: attributes say nothing
  put16(out, is_far ? kZip64Version : kVersion);
  putCommon(out, member);
  put16(out, is_far ? kZip64ExtraBytes : 0);
  put16(out, 0);  // comment
  put16(out, 0);  // disk
  put16(out, 0);  // internal attributes
  put32(out, 0);  // external attributes
  put32(out, std::min<std::uint64_t>(member.offset, kFull32));
  out += member.name;
  if (!is_far) return out;
  put16(out, kZip64Extra);
  put16(out, kZip64ExtraBytes - 4);
  put64(out, member.offset);
  return out;
}

// What comes behind the directory, which has that place and size.
Bytes directoryEnd(std::uint64_t members, std::uint64_t offset, std::uint64_t size) {
  Bytes out;
  if (members >= kFull16 || offset >= kFull32 || size >= kFull32) {
    put32(out, kZip64EndSignature);
    put64(out, kZip64EndRest);
    put16(out, kZip64Version);
    put16(out, kZip64Version);
    put32(out, 0);  // disks
    put32(out, 0);
    put64(out, members);
    put64(out, members);
    put64(out, size);
    put64(out, offset);
    put32(out, kZip64LocatorSignature);
    put32(out, 0);
    put64(out, offset + size);
    put32(out, 1);  // disks in all
  }
  put32(out, kEndSignature);
  put16(out, 0);  // disks
  put16(out, 0);
  put16(out, std::min<std::uint64_t>(members, kFull16));
  put16(out, std::min<std::uint64_t>(members, kFull16));
  put32(out, std::min<std::uint64_t>(size, kFull32));
  put32(out, std::min<std::uint64_t>(offset, kFull32));
  put16(out, 0);  // comment
  return out;
}

Error damaged(const std::string& what) { return {ErrorCode::kDamaged, what}; }

struct Directory {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  std::uint64_t members = 0;
};

// Where the ends of the file say that the directory is: claims, of which the sum is checked.
Result<Directory> directoryIn(BytesView end, BytesView zip64, std::uint64_t file_size) {
  if (little(end, 0, 4) != kEndSignature) {
    return damaged("it does not end as a ZIP file without a comment does");
  }
  Directory found{
      .offset = little(end, 16, 4), .size = little(end, 12, 4), .members = little(end, 10, 2)};
  std::uint64_t behind = kEndBytes;
  if (found.offset == kFull32 || found.size == kFull32 || found.members == kFull16) {
    behind += kZip64EndBytes + kZip64LocatorBytes;
    if (zip64.size() + kEndBytes != behind) return damaged("it is too short for its Zip64 end");
    found = {.offset = little(zip64, 48, 8),
             .size = little(zip64, 40, 8),
             .members = little(zip64, 32, 8)};
  }
  if (found.size > kMaxDirectoryBytes || found.offset > file_size ||
      found.size > file_size - found.offset || file_size - found.offset - found.size != behind) {
    return damaged("its directory is not where its end says");
  }
  return found;
}

// Takes the first member off the directory. The numbers are claims; how they are spelled is not
// looked at here.
Result<ZipMember> takeMember(BytesView& directory) {
  if (directory.size() < kCentralBytes) return damaged("its directory ends within a member");
  const std::size_t name_bytes = static_cast<std::size_t>(little(directory, 28, 2));
  ZipMember member{.name = {},
                   .crc = static_cast<std::uint32_t>(little(directory, 16, 4)),
                   .size = static_cast<std::uint32_t>(little(directory, 24, 4)),
                   .offset = little(directory, 42, 4)};
  const bool is_far = member.offset == kFull32;
  const std::size_t bytes = kCentralBytes + name_bytes + (is_far ? kZip64ExtraBytes : 0);
  if (directory.size() < bytes) return damaged("its directory ends within a member");
  member.name = directory.substr(kCentralBytes, name_bytes);
  if (is_far) member.offset = little(directory, bytes - 8, 8);
  directory.remove_prefix(bytes);
  return member;
}

bool follows(const std::vector<ZipMember>& members, std::string_view name) {
  return members.empty() || std::string_view(members.back().name) < name;
}

}  // namespace

bool isZipName(std::string_view name) {
  if (name.empty() || name.size() > kMaxZipNameBytes) return false;
  const auto fits = [](char c) { return c > ' ' && c <= '~' && c != '\\' && c != ':'; };
  if (!std::all_of(name.begin(), name.end(), fits)) return false;
  while (true) {
    const std::size_t slash = name.find('/');
    const std::string_view part = name.substr(0, slash);
    if (part.empty() || part == "." || part == "..") return false;
    if (slash == std::string_view::npos) return true;
    name.remove_prefix(slash + 1);
  }
}

Result<void> StoredZipWriter::put(BytesView bytes) {
  if (auto written = write_(bytes); !written) return written;
  offset_ += bytes.size();
  return {};
}

Result<void> StoredZipWriter::add(std::string_view name, BytesView bytes) {
  if (!isZipName(name) || !follows(members_, name)) {
    return Error{ErrorCode::kInvalidArgument,
                 "a ZIP file's next member cannot be called " + inQuotes(name)};
  }
  if (bytes.size() >= kFull32) {
    return Error{ErrorCode::kInvalidArgument, inQuotes(name) + " is too long for a ZIP file"};
  }
  ZipMember member{.name = std::string(name),
                   .crc = crc32(bytes),
                   .size = static_cast<std::uint32_t>(bytes.size()),
                   .offset = offset_};
  if (auto header = put(localHeader(member)); !header) return header;
  members_.push_back(std::move(member));
  return put(bytes);
}

Result<void> StoredZipWriter::finish() {
  const std::uint64_t offset = offset_;
  for (const ZipMember& member : members_) {
    if (auto header = put(centralHeader(member)); !header) return header;
  }
  if (offset_ - offset > kMaxDirectoryBytes) {
    return Error{ErrorCode::kInvalidArgument, "a ZIP file cannot have so many members"};
  }
  return put(directoryEnd(members_.size(), offset, offset_ - offset));
}

Result<std::unique_ptr<StoredZip>> StoredZip::open(const std::string& path) {
  const auto failed = [&](const char* what, int error) {
    return Error{
        error == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo,
        std::string("cannot ") + what + " " + inQuotes(path) + ": " + std::strerror(error)};
  };
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return failed("open", errno);
  std::unique_ptr<StoredZip> zip(new StoredZip(descriptor, 0));
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) return failed("look at", errno);
  if (!S_ISREG(status.st_mode)) {
    return Error{ErrorCode::kInvalidArgument, inQuotes(path) + " is no file"};
  }
  zip->size_ = static_cast<std::uint64_t>(status.st_size);
  if (auto read = zip->readDirectory(); !read) {
    return Error{read.error().code,
                 inQuotes(path) + " is no bundle as it was written: " + read.error().message};
  }
  return zip;
}

StoredZip::~StoredZip() { ::close(descriptor_); }

Result<Bytes> StoredZip::readAt(std::uint64_t offset, std::uint64_t size) const {
  if (offset > size_ || size > size_ - offset) return damaged("it is too short");
  Bytes bytes(static_cast<std::size_t>(size), '\0');
  std::size_t have = 0;
  while (have < bytes.size()) {
    const ssize_t count = ::pread(descriptor_, bytes.data() + have, bytes.size() - have,
                                  static_cast<off_t>(offset + have));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      return Error{ErrorCode::kIo, std::string("cannot read it: ") + std::strerror(errno)};
    }
    if (count == 0) return damaged("it became shorter while it was read");
    have += static_cast<std::size_t>(count);
  }
  return bytes;
}

Result<void> StoredZip::readDirectory() {
  if (size_ < kEndBytes) return damaged("it is too short for a ZIP file");
  const auto end = readAt(size_ - kEndBytes, kEndBytes);
  if (!end) return end.error();
  const std::uint64_t zip64_bytes = kZip64EndBytes + kZip64LocatorBytes;
  Result<Bytes> zip64 = Bytes();
  if (size_ >= kEndBytes + zip64_bytes)
    zip64 = readAt(size_ - kEndBytes - zip64_bytes, zip64_bytes);
  if (!zip64) return zip64.error();
  const auto place = directoryIn(*end, *zip64, size_);
  if (!place) return place.error();
  const auto directory = readAt(place->offset, size_ - place->offset);
  if (!directory) return directory.error();

  BytesView rest = BytesView(*directory).substr(0, static_cast<std::size_t>(place->size));
  std::uint64_t offset = 0;
  while (!rest.empty()) {
    const BytesView before = rest;
    auto member = takeMember(rest);
    if (!member) return member.error();
    const BytesView header = before.substr(0, before.size() - rest.size());
    if (!isZipName(member->name)) return damaged("a member has a name that none has");
    if (!follows(members_, member->name)) {
      return damaged("the member " + member->name +
                     " is not in the order of names, or is twice there");
    }
    if (member->size == kFull32 || member->offset != offset || centralHeader(*member) != header) {
      return damaged("the directory's header of " + member->name + " is not what was written");
    }
    offset += kLocalBytes + member->name.size() + member->size;
    members_.push_back(std::move(*member));
  }
  if (offset != place->offset) return damaged("there is something before its directory");
  const BytesView behind = BytesView(*directory).substr(static_cast<std::size_t>(place->size));
  if (behind != directoryEnd(members_.size(), place->offset, place->size)) {
    return damaged("the end of its directory is not what was written");
  }
  return {};
}

const ZipMember* StoredZip::find(std::string_view name) const {
  const auto found = std::lower_bound(
      members_.begin(), members_.end(), name,
      [](const ZipMember& member, std::string_view wanted) { return member.name < wanted; });
  return found == members_.end() || found->name != name ? nullptr : &*found;
}

Result<Bytes> StoredZip::read(std::string_view name) const {
  const ZipMember* member = find(name);
  if (member == nullptr) {
    return Error{ErrorCode::kNotFound, "there is no member " + inQuotes(name)};
  }
  return read(*member);
}

Result<Bytes> StoredZip::read(const ZipMember& member) const {
  const Bytes header = localHeader(member);
  auto bytes = readAt(member.offset, header.size() + member.size);
  if (!bytes) return Error{bytes.error().code, member.name + ": " + bytes.error().message};
  if (!bytes->starts_with(header)) {
    return damaged("the header before " + member.name + " was changed");
  }
  bytes->erase(0, header.size());
  if (crc32(*bytes) != member.crc) return damaged("the member " + member.name + " was changed");
  return bytes;
}

}  // namespace robotledger
