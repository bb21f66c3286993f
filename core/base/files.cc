#include "core/base/files.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

namespace robotledger {

Result<void> syncDirectory(const std::string& path) {
  const int directory = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = directory >= 0 && ::fsync(directory) == 0;
  const int error = errno;
  if (directory >= 0) ::close(directory);
  if (synced) return {};
  return Error{ErrorCode::kIo, "cannot sync the directory " + path + ": " + std::strerror(error)};
}

}  // namespace robotledger
