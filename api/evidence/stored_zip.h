// ZIP files of one spelling: the members stored as they are, in order of their names, one right
// behind the other, without a clock. The same members give the same bytes, and the reader takes
// what the writer writes and nothing else, so that every byte of such a file matters.
//
//   StoredZipWriter zip([&](BytesView bytes) { return file.write(bytes); });
//   zip.add("README.md", text);
//   zip.add("log/tile/0/000", tile);
//   zip.finish();
//
//   auto zip = StoredZip::open("evidence.zip");
//   if (!zip) return zip.error();
//   auto text = (*zip)->read("README.md");
//
// The format is that of PKWARE's APPNOTE.TXT 6.3, so that any program that knows ZIP reads it: a
// local header (4.3.7) before each member, central headers (4.3.12), and the record of their end
// (4.3.16). Version 1.0, 2.0 or, with Zip64, 4.5; the flag for UTF-8 names (bit 11); the date is
// the first that DOS has, 1980-01-01T00:00:00; attributes, comments and extra fields are empty.
// Zip64 (4.3.14, 4.3.15, 4.5.3) comes in where a number needs it and nowhere else: the offset of a
// member from 4 GiB - 1 on, and 65,535 members or more. A single member is below 4 GiB - 1.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace robotledger {

// A member's name: 1 to kMaxZipNameBytes of printable ASCII, a path of parts between single '/',
// none of them "." or "..", without '\' and ':'. Any thread.
inline constexpr std::size_t kMaxZipNameBytes = 255;
bool isZipName(std::string_view name);

// A member, as the central directory has it.
struct ZipMember {
  std::string name;
  std::uint32_t crc = 0;
  std::uint32_t size = 0;
  std::uint64_t offset = 0;  // of its local header
  bool operator==(const ZipMember&) const = default;
};

// One thread at a time.
class StoredZipWriter {
 public:
  // `write` is given the file's bytes, in order.
  explicit StoredZipWriter(std::function<Result<void>(BytesView)> write)
      : write_(std::move(write)) {}
  StoredZipWriter(const StoredZipWriter&) = delete;
  StoredZipWriter& operator=(const StoredZipWriter&) = delete;
  ~StoredZipWriter() = default;

  // kInvalidArgument for a name that is none or does not follow on the one before, and for bytes
  // that are too many; else as `write` fails.
  Result<void> add(std::string_view name, BytesView bytes);
  // The directory at the end; once, after the last member.
  Result<void> finish();

 private:
  Result<void> put(BytesView bytes);

  std::function<Result<void>(BytesView)> write_;
  std::uint64_t offset_ = 0;
  std::vector<ZipMember> members_;
};

// A file of that spelling, open to be read. Any thread.
class StoredZip {
 public:
  // Reads the directory and nothing else: kDamaged where it is not exactly what a writer makes of
  // the members that it names, kNotFound where there is no such file, else kIo.
  static Result<std::unique_ptr<StoredZip>> open(const std::string& path);

  StoredZip(const StoredZip&) = delete;
  StoredZip& operator=(const StoredZip&) = delete;
  ~StoredZip();

  // In order of their names.
  const std::vector<ZipMember>& members() const { return members_; }
  // Null where there is none.
  const ZipMember* find(std::string_view name) const;

  // The member's bytes, with its local header and checksum looked at. kNotFound where there is no
  // such member, kDamaged where it is not what the directory says.
  Result<Bytes> read(std::string_view name) const;
  Result<Bytes> read(const ZipMember& member) const;

 private:
  StoredZip(int descriptor, std::uint64_t size) : descriptor_(descriptor), size_(size) {}
  Result<void> readDirectory();
  Result<Bytes> readAt(std::uint64_t offset, std::uint64_t size) const;

  int descriptor_;
  std::uint64_t size_;
  std::vector<ZipMember> members_;
};

}  // namespace robotledger
