#include "core/base/files.h"

#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace robotledger {

namespace {

Error failed(const std::string& what, const std::string& path, int error) {
  return Error{ErrorCode::kIo, "cannot " + what + " " + path + ": " + std::strerror(error)};
}

Result<Bytes> readOpened(int file, const std::string& path, std::size_t max_bytes) {
  struct stat info {};
  if (::fstat(file, &info) != 0) return failed("read", path, errno);
  if (!S_ISREG(info.st_mode)) {
    return Error{ErrorCode::kInvalidArgument, path + " is no file"};
  }
  const Error too_long{ErrorCode::kInvalidArgument,
                       path + " is longer than " + std::to_string(max_bytes) + " bytes"};
  if (static_cast<std::uint64_t>(info.st_size) > max_bytes) return too_long;
  // It may grow meanwhile.
  Bytes bytes(static_cast<std::size_t>(info.st_size) + 1, '\0');
  std::size_t length = 0;
  while (length < bytes.size()) {
    const ssize_t got = ::read(file, bytes.data() + length, bytes.size() - length);
    if (got < 0) return failed("read", path, errno);
    if (got == 0) break;
    length += static_cast<std::size_t>(got);
  }
  if (length > max_bytes) return too_long;
  bytes.resize(length);
  return bytes;
}

Result<void> writeOpened(int file, const std::string& path, BytesView bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written <= 0) return failed("write", path, written < 0 ? errno : ENOSPC);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(file) != 0) return failed("make durable", path, errno);
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  return syncDirectory(folder.empty() ? "." : folder.string());
}

}  // namespace

Result<Bytes> readFile(const std::string& path, std::size_t max_bytes) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0 && (errno == ENOENT || errno == ENOTDIR)) {
    return Error{ErrorCode::kNotFound, "there is no file " + path};
  }
  if (file < 0) return failed("read", path, errno);
  auto bytes = readOpened(file, path, max_bytes);
  ::close(file);
  return bytes;
}

Result<void> writeNewFile(const std::string& path, BytesView bytes) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
  if (file < 0 && errno == EEXIST) {
    return Error{ErrorCode::kInvalidArgument, "there is something at " + path + " already"};
  }
  if (file < 0) return failed("make", path, errno);
  auto written = writeOpened(file, path, bytes);
  ::close(file);
  if (!written) ::unlink(path.c_str());
  return written;
}

Result<void> syncDirectory(const std::string& path) {
  const int directory = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = directory >= 0 && ::fsync(directory) == 0;
  const int error = errno;
  if (directory >= 0) ::close(directory);
  if (synced) return {};
  return Error{ErrorCode::kIo, "cannot sync the directory " + path + ": " + std::strerror(error)};
}

}  // namespace robotledger
