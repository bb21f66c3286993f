#include "core/ledger/directory.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <pwd.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/log/rocks_log_store.h"

namespace robotledger {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMarker = "robotledger 1\n";
constexpr std::string_view kMarkerName = "robotledger ";
constexpr std::size_t kMaxSmallFile = 512;

std::string markerPath(const std::string& path) { return path + "/LEDGER"; }

Error systemFailed(const std::string& what, int error) {
  return Error{ErrorCode::kIo, what + ": " + std::strerror(error)};
}

std::string readSmall(int fd) {
  std::array<char, kMaxSmallFile> bytes{};
  const ssize_t got = ::pread(fd, bytes.data(), bytes.size(), 0);
  return got > 0 ? std::string(bytes.data(), static_cast<std::size_t>(got)) : std::string();
}

Result<void> syncDirectory(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return systemFailed("cannot open " + path, errno);
  const int synced = ::fsync(fd);
  const int error = errno;
  ::close(fd);
  if (synced != 0) return systemFailed("cannot sync " + path, error);
  return {};
}

Result<void> writeMarker(const std::string& path) {
  const std::string file = markerPath(path);
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return systemFailed("cannot make " + file, errno);
  const ssize_t written = ::write(fd, kMarker.data(), kMarker.size());
  const int synced = ::fsync(fd);
  const int error = errno;
  ::close(fd);
  if (written != static_cast<ssize_t>(kMarker.size()) || synced != 0) {
    return systemFailed("cannot write " + file, error);
  }
  return syncDirectory(path);
}

Result<void> checkMarker(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) {
    if (errno != ENOENT && errno != ENOTDIR) return systemFailed("cannot look at " + path, errno);
    return Error{ErrorCode::kNotFound,
                 "there is no ledger at " + path + "; 'robotledger init' makes one"};
  }
  if (!S_ISDIR(info.st_mode)) {
    return Error{ErrorCode::kInvalidArgument, path + " is a file, and a ledger is a directory"};
  }
  const int fd = ::open(markerPath(path).c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0 && errno != ENOENT) return systemFailed("cannot read " + markerPath(path), errno);
  const std::string marker = fd < 0 ? "" : readSmall(fd);
  if (fd >= 0) ::close(fd);
  if (marker == kMarker) return {};
  if (marker.starts_with(kMarkerName)) {
    return Error{ErrorCode::kInvalidArgument,
                 path + " is a ledger of another format than this program's"};
  }
  return Error{ErrorCode::kInvalidArgument,
               path + " is no ledger: it has no LEDGER file as 'robotledger init' makes it"};
}

std::string userName() {
  std::array<char, 4096> buffer{};
  struct passwd entry {};
  struct passwd* found = nullptr;
  ::getpwuid_r(::geteuid(), &entry, buffer.data(), buffer.size(), &found);
  return found == nullptr ? std::to_string(::geteuid()) : std::string(entry.pw_name);
}

Result<int> takeLock(const std::string& path, const std::string& program) {
  const std::string file = path + "/lock";
  const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return systemFailed("cannot write in " + path, errno);
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    const int error = errno;
    const std::string holder = readSmall(fd);
    ::close(fd);
    if (error != EWOULDBLOCK) return systemFailed("cannot lock " + file, error);
    return Error{ErrorCode::kInUse, "the ledger at " + path + " is in use by " +
                                        (holder.empty() ? "another process" : holder)};
  }
  const std::string self =
      "process " + std::to_string(::getpid()) + " (" + program + ", user " + userName() + ")";
  // Who holds the lock is a courtesy: it is the lock itself that counts.
  if (::ftruncate(fd, 0) == 0) {
    const ssize_t written = ::pwrite(fd, self.data(), std::min(self.size(), kMaxSmallFile), 0);
    (void)written;
  }
  return fd;
}

Result<void> fill(const std::string& path, const NewLedger& ledger, Clock& clock) {
  {
    auto log = openRocksLogStore(path + "/log", {.opening = LogOpening::kCreateIfMissing});
    if (!log) return log.error();
    if (auto made = initializeLedger(**log, ledger, clock); !made) return made;
  }
  // From here on it is a ledger.
  return writeMarker(path);
}

}  // namespace

Result<void> LedgerDirectory::create(const std::string& path, const NewLedger& ledger,
                                     Clock& clock) {
  std::error_code failed;
  const bool there = fs::exists(path, failed);
  if (there && fs::exists(markerPath(path), failed)) {
    return Error{ErrorCode::kInvalidArgument, "there is a ledger at " + path + " already"};
  }
  if (there && (!fs::is_directory(path, failed) || !fs::is_empty(path, failed))) {
    return Error{ErrorCode::kInvalidArgument,
                 path + " is there already and is no empty directory; a ledger needs its own"};
  }
  if (!there && ::mkdir(path.c_str(), 0700) != 0) {
    return systemFailed("cannot make " + path, errno);
  }
  if (there && ::chmod(path.c_str(), 0700) != 0) {
    return systemFailed("cannot take others' rights to " + path, errno);
  }
  const auto filled = fill(path, ledger, clock);
  if (filled) return filled;
  // It was empty before, and is again.
  for (const char* part : {"/log", "/LEDGER"}) fs::remove_all(path + part, failed);
  if (!there) ::rmdir(path.c_str());
  return filled;
}

Result<std::unique_ptr<LedgerDirectory>> LedgerDirectory::open(const std::string& path,
                                                               const std::string& program) {
  if (auto checked = checkMarker(path); !checked) return checked.error();
  const auto lock = takeLock(path, program);
  if (!lock) return lock.error();
  return std::unique_ptr<LedgerDirectory>(new LedgerDirectory(path, *lock));
}

LedgerDirectory::~LedgerDirectory() { ::close(lock_); }

}  // namespace robotledger
