#include "api/evidence/new_file.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/domain/text.h"

namespace robotledger {
namespace {

Error failed(const std::string& what, const std::string& path, int error) {
  ErrorCode code = ErrorCode::kIo;
  if (error == ENOENT) code = ErrorCode::kNotFound;
  if (error == EEXIST) code = ErrorCode::kInvalidArgument;
  const std::string why =
      error == EEXIST ? "there is something of that name" : std::strerror(error);
  return {code, "cannot " + what + " " + inQuotes(path) + ": " + why};
}

std::string folderOf(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

// Gives a file without a name that one, without replacing anything; 0, or the error.
int nameFile(int descriptor, const std::string& to) {
  const std::string itself = "/proc/self/fd/" + std::to_string(descriptor);
  const int done = ::linkat(AT_FDCWD, itself.c_str(), AT_FDCWD, to.c_str(), AT_SYMLINK_FOLLOW);
  return done == 0 ? 0 : errno;
}

// The same for one that has another name. Where a file system cannot do that in one step, a second
// name is given and the first taken away.
int renameToNew(const std::string& from, const std::string& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return errno;
  if (::link(from.c_str(), to.c_str()) != 0) return errno;
  return ::unlink(from.c_str()) == 0 ? 0 : errno;
}

}  // namespace

Result<std::unique_ptr<NewFile>> NewFile::create(const std::string& path) {
  struct stat there {};
  if (::lstat(path.c_str(), &there) == 0) return failed("make", path, EEXIST);
  int descriptor = ::open(folderOf(path).c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
  std::string written;
  if (descriptor < 0) {
    written = path + ".XXXXXX";
    descriptor = ::mkostemp(written.data(), O_CLOEXEC);
    if (descriptor < 0) return failed("make", path, errno);
  }
  return std::unique_ptr<NewFile>(new NewFile(path, std::move(written), descriptor));
}

NewFile::~NewFile() {
  if (!written_.empty()) ::unlink(written_.c_str());
}

Result<void> NewFile::write(BytesView bytes) { return writeAll(file_.get(), bytes, path_); }

Result<void> NewFile::publish() {
  if (::fsync(file_.get()) != 0) return failed("write", path_, errno);
  const int error = written_.empty() ? nameFile(file_.get(), path_) : renameToNew(written_, path_);
  if (error != 0) return failed("make", path_, error);
  written_.clear();
  return syncDirectory(folderOf(path_));
}

}  // namespace robotledger
