#include "tools/robotledger/export_file.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/domain/text.h"

namespace robotledger {
namespace {

Error failed(const std::string& what, const std::string& path, int error) {
  const ErrorCode code =
      error == EEXIST || error == ELOOP ? ErrorCode::kInvalidArgument : ErrorCode::kIo;
  return {code, "cannot " + what + " " + inQuotes(path) + ": " + std::strerror(error)};
}

}  // namespace

Result<std::unique_ptr<ExportFile>> ExportFile::create(const std::string& path) {
  const int descriptor =
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (descriptor < 0) return failed("make the file", path, errno);
  return std::unique_ptr<ExportFile>(new ExportFile(path, descriptor));
}

ExportFile::~ExportFile() {
  if (!written_ && isStillThere()) ::unlink(path_.c_str());
  ::close(descriptor_);
}

Result<void> ExportFile::write(std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(descriptor_, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed("write", path_, errno);
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  if (::fsync(descriptor_) != 0 && errno != EINVAL) return failed("write", path_, errno);
  written_ = true;
  return {};
}

bool ExportFile::isStillThere() const {
  struct stat made {};
  struct stat there {};
  return ::fstat(descriptor_, &made) == 0 && ::lstat(path_.c_str(), &there) == 0 &&
         made.st_dev == there.st_dev && made.st_ino == there.st_ino;
}

}  // namespace robotledger
