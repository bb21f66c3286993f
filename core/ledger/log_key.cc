#include "core/ledger/log_key.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/files.h"
#include "core/base/limits.h"
#include "core/base/secure.h"

namespace robotledger {
namespace {

constexpr mode_t kRightsOfOthers = 077;

Error failed(const std::string& what, const std::string& path, int error) {
  return {ErrorCode::kIo, "cannot " + what + " the key " + path + ": " + std::strerror(error)};
}

Result<void> writeKey(int file, const std::string& path, const std::string& pem) {
  const ssize_t written = ::write(file, pem.data(), pem.size());
  if (written != static_cast<ssize_t>(pem.size())) {
    return failed("write", path, written < 0 ? errno : ENOSPC);
  }
  if (::fsync(file) != 0) return failed("make durable", path, errno);
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  return syncDirectory(folder.empty() ? "." : folder.string());
}

// Whether it is a file that is its owner's alone.
Result<void> checkFile(int file, const std::string& path) {
  struct stat info {};
  if (::fstat(file, &info) != 0) return failed("look at", path, errno);
  if (!S_ISREG(info.st_mode)) {
    return Error{ErrorCode::kInvalidArgument, "the key " + path + " is no file"};
  }
  if ((info.st_mode & kRightsOfOthers) == 0) return {};
  return Error{ErrorCode::kInvalidArgument,
               "others than its owner have rights to the key " + path +
                   ", and who reads it can sign what never was; 'chmod 600' takes them away"};
}

Result<std::unique_ptr<SigningKey>> readKey(int file, const std::string& path,
                                            const std::string& name) {
  if (auto checked = checkFile(file, path); !checked) return checked.error();
  std::string room(kMaxPemBytes + 1, '\0');
  const ssize_t got = ::read(file, room.data(), room.size());
  const int error = errno;
  const SecretText pem(std::move(room));
  if (got < 0) return failed("read", path, error);
  auto key = SigningKey::fromPem(
      name, std::string_view(pem.text()).substr(0, static_cast<std::size_t>(got)));
  if (key) return key;
  return Error{key.error().code, path + ": " + key.error().message};
}

}  // namespace

Result<std::unique_ptr<SigningKey>> makeLogKey(const std::string& path, const std::string& name) {
  auto key = SigningKey::generate(name);
  if (!key) return key;
  const auto pem = (*key)->toPem();
  if (!pem) return pem.error();
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0 && errno == EEXIST) {
    return Error{ErrorCode::kInvalidArgument, "there is a file at " + path + " already"};
  }
  if (file < 0) return failed("make", path, errno);
  const auto written = writeKey(file, path, (*pem)->text());
  ::close(file);
  if (written) return key;
  ::unlink(path.c_str());
  return written.error();
}

Result<std::unique_ptr<SigningKey>> readLogKey(const std::string& path, const std::string& name) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0 && (errno == ENOENT || errno == ENOTDIR)) {
    return Error{ErrorCode::kNotFound, "there is no key at " + path};
  }
  if (file < 0) return failed("read", path, errno);
  auto key = readKey(file, path, name);
  ::close(file);
  return key;
}

}  // namespace robotledger
