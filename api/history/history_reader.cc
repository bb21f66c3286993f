#include "api/history/history_reader.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/limits.h"

namespace robotledger {
namespace {

constexpr std::size_t kReadBytes = std::size_t{64} << 10;
// The longest line with its CR, and one read more.
constexpr std::size_t kBufferBytes = kMaxHistoryLineBytes + 2 + kReadBytes;

Error failed(const std::string& path, int number) {
  const ErrorCode code =
      number == ENOENT || number == ENOTDIR ? ErrorCode::kNotFound : ErrorCode::kIo;
  return {code,
          "cannot read the history '" + path + "': " + std::generic_category().message(number)};
}

Error notRegular(const std::string& path, mode_t mode) {
  const std::string what = S_ISDIR(mode)    ? "a directory"
                           : S_ISFIFO(mode) ? "a pipe"
                           : S_ISSOCK(mode) ? "a socket"
                                            : "a device";
  const std::string advice =
      S_ISDIR(mode) ? "name a file in it" : "a history is read twice, so save it to a file first";
  return {ErrorCode::kInvalidArgument,
          "cannot read the history '" + path + "': it is " + what + "; " + advice};
}

FileIdentity identityOf(const struct stat& status) {
  return {.device = status.st_dev,
          .inode = status.st_ino,
          .bytes = static_cast<std::uint64_t>(status.st_size),
          .changed_ns = status.st_mtim.tv_sec * std::int64_t{1000000000} + status.st_mtim.tv_nsec};
}

// A descriptor that is closed unless it is released.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(other.release()) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int get() const { return number_; }
  int release() { return std::exchange(number_, -1); }

 private:
  int number_;
};

struct Opened {
  Descriptor descriptor;
  FileIdentity identity;
};

// A regular file, open for reading. Without waiting: a pipe's other end may never come.
Result<Opened> openRegular(const std::string& path) {
  Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  struct stat status {};
  if (descriptor.get() < 0) {
    const int number = errno;
    // A socket cannot be opened at all; say what it is rather than how that failed.
    if (::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) {
      return notRegular(path, status.st_mode);
    }
    return failed(path, number);
  }
  if (::fstat(descriptor.get(), &status) != 0) return failed(path, errno);
  if (!S_ISREG(status.st_mode)) return notRegular(path, status.st_mode);
  return Opened{std::move(descriptor), identityOf(status)};
}

// Some bytes, 0 at the end of the file, or -1 with errno.
ssize_t readSome(int descriptor, char* into, std::size_t count) {
  while (true) {
    const ssize_t got = ::read(descriptor, into, count);
    if (got >= 0 || errno != EINTR) return got;
  }
}

bool isBlank(std::string_view text) {
  return text.find_first_not_of(" \t\r") == std::string_view::npos;
}

}  // namespace

Result<HistoryFile> inspectHistory(const std::string& path) {
  auto opened = openRegular(path);
  if (!opened) return opened.error();
  HistoryFile file{.path = path, .sha256 = {}, .lines = 0, .identity = opened->identity};
  Sha256 hash;
  std::string chunk(kReadBytes, '\0');
  std::uint64_t bytes = 0;
  char last = '\n';
  while (true) {
    const ssize_t got = readSome(opened->descriptor.get(), chunk.data(), chunk.size());
    if (got < 0) return failed(path, errno);
    if (got == 0) break;
    const std::string_view piece(chunk.data(), static_cast<std::size_t>(got));
    hash.update(piece);
    bytes += piece.size();
    file.lines += static_cast<std::uint64_t>(std::ranges::count(piece, '\n'));
    last = piece.back();
  }
  if (last != '\n') file.lines += 1;
  file.sha256 = hash.finish();
  file.identity.bytes = bytes;
  return file;
}

Result<std::unique_ptr<HistoryReader>> HistoryReader::open(const HistoryFile& file) {
  auto opened = openRegular(file.path);
  if (!opened) return opened.error();
  std::unique_ptr<HistoryReader> reader(new HistoryReader(file, opened->descriptor.release()));
  if (auto unchanged = reader->checkUnchanged(); !unchanged) return unchanged.error();
  return reader;
}

HistoryReader::HistoryReader(const HistoryFile& file, int descriptor)
    : path_(file.path),
      identity_(file.identity),
      descriptor_(descriptor),
      buffer_(kBufferBytes, '\0') {}

HistoryReader::~HistoryReader() { ::close(descriptor_); }

Result<void> HistoryReader::checkUnchanged() const {
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0) return failed(path_, errno);
  if (identityOf(status) == identity_) return {};
  return Error{ErrorCode::kIo, "the history '" + path_ +
                                   "' was changed while it was read: its hash is another's now; "
                                   "begin again once it is at rest"};
}

// Whether there is more. Moves what is not read yet to the front.
Result<bool> HistoryReader::fill() {
  std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
  const ssize_t got = readSome(descriptor_, buffer_.data() + end_, kReadBytes);
  if (got < 0) return failed(path_, errno);
  if (got == 0) {
    at_end_of_file_ = true;
    if (auto unchanged = checkUnchanged(); !unchanged) return unchanged.error();
    return false;
  }
  end_ += static_cast<std::size_t>(got);
  return true;
}

// Nothing for a blank one.
std::optional<HistoryText> HistoryReader::lineOf(std::string_view bytes) const {
  if (bytes.ends_with('\r')) bytes.remove_suffix(1);
  if (bytes.size() > kMaxHistoryLineBytes)
    return HistoryText{line_, HistoryText::Kind::kTooLong, {}};
  if (isBlank(bytes)) return std::nullopt;
  return HistoryText{line_, HistoryText::Kind::kLine, bytes};
}

Result<std::optional<HistoryText>> HistoryReader::next() {
  std::size_t looked_at = begin_;
  while (true) {
    const std::string_view rest(buffer_.data() + looked_at, end_ - looked_at);
    const std::size_t newline = rest.find('\n');
    if (newline != std::string_view::npos || (at_end_of_file_ && begin_ != end_)) {
      const std::size_t line_end = newline == std::string_view::npos ? end_ : looked_at + newline;
      const std::string_view bytes(buffer_.data() + begin_, line_end - begin_);
      begin_ = looked_at = std::min(line_end + 1, end_);
      if (std::exchange(skipping_, false)) continue;
      line_ += 1;
      if (auto line = lineOf(bytes)) return line;
      continue;
    }
    if (at_end_of_file_) return std::optional<HistoryText>();
    // No end in sight: what is kept is a line's beginning, or the tail of one too long.
    if (!skipping_ && end_ - begin_ > kMaxHistoryLineBytes + 1) {
      line_ += 1;
      skipping_ = true;
      begin_ = end_;
      return std::optional(HistoryText{line_, HistoryText::Kind::kTooLong, {}});
    }
    if (skipping_) begin_ = end_;
    const std::size_t kept = end_ - begin_;
    auto more = fill();
    if (!more) return more.error();
    looked_at = kept;
  }
}

}  // namespace robotledger
