#include "core/base/files.h"

#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace robotledger {
namespace {

Error failed(const std::string& what, const std::string& file, int error) {
  return {ErrorCode::kIo, "cannot " + what + " " + file + ": " + std::strerror(error)};
}

// `wrong` is the code for what is no file, or a larger one.
Result<Bytes> readOpened(const Descriptor& file, const std::string& name, std::size_t most,
                         ErrorCode wrong) {
  struct stat info {};
  if (::fstat(file.get(), &info) != 0) return failed("look at", name, errno);
  if (!S_ISREG(info.st_mode)) return Error{wrong, name + " is no file"};
  if (static_cast<std::uint64_t>(info.st_size) > most) {
    return Error{wrong, name + " has " + std::to_string(info.st_size) +
                            " bytes, and cannot have more than " + std::to_string(most)};
  }
  Bytes bytes(static_cast<std::size_t>(info.st_size), '\0');
  std::size_t have = 0;
  while (have < bytes.size()) {
    const ssize_t got = ::read(file.get(), bytes.data() + have, bytes.size() - have);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed("read", name, errno);
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  bytes.resize(have);
  return bytes;
}

Descriptor openBelow(const std::string& directory, std::string_view path) {
  Descriptor at(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  while (at.isOpen()) {
    const std::size_t slash = path.find('/');
    const std::string name(path.substr(0, slash));
    const bool is_last = slash == std::string_view::npos;
    // A pipe must not make the reader wait.
    const int flags = is_last ? O_NONBLOCK : O_DIRECTORY;
    at = Descriptor(::openat(at.get(), name.c_str(), flags | O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (is_last) break;
    path.remove_prefix(slash + 1);
  }
  return at;
}

}  // namespace

Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

Result<Bytes> readFile(const std::string& path, std::size_t most) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.isOpen()) return readOpened(file, path, most, ErrorCode::kInvalidArgument);
  if (errno != ENOENT && errno != ENOTDIR) return failed("read", path, errno);
  return Error{ErrorCode::kNotFound, "there is no file " + path};
}

Result<void> writeNewFile(const std::string& path, BytesView bytes) {
  const Descriptor file(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666));
  if (!file.isOpen() && errno == EEXIST) {
    return Error{ErrorCode::kInvalidArgument, "there is something at " + path + " already"};
  }
  if (!file.isOpen()) return failed("make", path, errno);
  auto written = writeAll(file.get(), bytes, path);
  if (written && ::fsync(file.get()) != 0) written = failed("make durable", path, errno);
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  if (written) written = syncDirectory(folder.empty() ? "." : folder.string());
  if (!written) ::unlink(path.c_str());
  return written;
}

Result<void> syncDirectory(const std::string& path) {
  const int directory = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = directory >= 0 && ::fsync(directory) == 0;
  const int error = errno;
  if (directory >= 0) ::close(directory);
  if (synced) return {};
  return failed("sync the directory", path, error);
}

Result<Bytes> readFileBelow(const std::string& directory, const std::string& path,
                            std::size_t most) {
  const std::string name = directory + "/" + path;
  const Descriptor file = openBelow(directory, path);
  if (!file.isOpen()) {
    const int error = errno;
    if (error == ENOENT) return Error{ErrorCode::kNotFound, "there is no " + name};
    if (error == ELOOP || error == ENOTDIR || error == ENXIO) {
      return Error{ErrorCode::kDamaged, name + " is no file, or lies behind a symbolic link"};
    }
    return failed("open", name, error);
  }
  return readOpened(file, name, most, ErrorCode::kDamaged);
}

Result<void> writeAll(int fd, BytesView bytes, const std::string& file) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return failed("write", file, errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace robotledger
