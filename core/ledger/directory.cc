#include "core/ledger/directory.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>

#include <fcntl.h>
#include <pwd.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/files.h"
#include "core/log/guard.h"
#include "core/log/rocks_log_store.h"

namespace robotledger {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMarker = "robotledger 1\n";
constexpr std::string_view kMarkerName = "robotledger ";
constexpr std::string_view kGuardLine = "guard ";
constexpr std::size_t kMaxGuardPathBytes = 4096;
constexpr std::size_t kMaxSmallFile = 8192;

std::string markerPath(const std::string& path) { return path + "/LEDGER"; }
std::string unfinishedPath(const std::string& path) { return path + "/LEDGER.new"; }
std::string ownGuardPath(const std::string& path) { return path + "/guard"; }
std::string lockPath(const std::string& path) { return path + "/lock"; }

Error systemFailed(const std::string& what, int error) {
  return Error{ErrorCode::kIo, what + ": " + std::strerror(error)};
}

std::string readSmall(int fd) {
  std::array<char, kMaxSmallFile> bytes{};
  const ssize_t got = ::pread(fd, bytes.data(), bytes.size(), 0);
  return got > 0 ? std::string(bytes.data(), static_cast<std::size_t>(got)) : std::string();
}

// The beginning of a file; empty where there is none.
Result<std::string> readFile(const std::string& file) {
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0 && errno == ENOENT) return std::string();
  if (fd < 0) return systemFailed("cannot read " + file, errno);
  std::string text = readSmall(fd);
  ::close(fd);
  return text;
}

// A directory with this file, and without a marker, is one that is being made or was cut short.
Result<void> writeUnfinishedMarker(const std::string& path, const std::string& guard) {
  const std::string file = unfinishedPath(path);
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return systemFailed("cannot make " + file, errno);
  std::string marker(kMarker);
  if (!guard.empty()) marker.append(kGuardLine).append(guard).append("\n");
  const ssize_t written = ::write(fd, marker.data(), marker.size());
  const int synced = ::fsync(fd);
  const int error = errno;
  ::close(fd);
  if (written != static_cast<ssize_t>(marker.size()) || synced != 0) {
    return systemFailed("cannot write " + file, error);
  }
  return syncDirectory(path);
}

Result<void> finishMarker(const std::string& path) {
  if (::rename(unfinishedPath(path).c_str(), markerPath(path).c_str()) != 0) {
    return systemFailed("cannot make " + markerPath(path), errno);
  }
  return syncDirectory(path);
}

// Where a marker says that the guard is; nothing where it is no marker.
std::optional<std::string> guardIn(std::string_view marker, const std::string& path) {
  if (!marker.starts_with(kMarker)) return std::nullopt;
  marker.remove_prefix(kMarker.size());
  if (marker.empty()) return ownGuardPath(path);
  if (!marker.starts_with(kGuardLine) || !marker.ends_with('\n')) return std::nullopt;
  marker.remove_prefix(kGuardLine.size());
  marker.remove_suffix(1);
  return std::string(marker);
}

// Where the guard of the ledger there is.
Result<std::string> readMarker(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) {
    if (errno != ENOENT && errno != ENOTDIR) return systemFailed("cannot look at " + path, errno);
    return Error{ErrorCode::kNotFound,
                 "there is no ledger at " + path + "; 'robotledger init' makes one"};
  }
  if (!S_ISDIR(info.st_mode)) {
    return Error{ErrorCode::kInvalidArgument, path + " is a file, and a ledger is a directory"};
  }
  const auto read = readFile(markerPath(path));
  if (!read) return read.error();
  const std::string& marker = *read;
  if (auto guard = guardIn(marker, path)) return *guard;
  if (marker.starts_with(kMarkerName)) {
    return Error{ErrorCode::kInvalidArgument,
                 path + " is a ledger of another format than this program's"};
  }
  std::error_code failed;
  if (fs::exists(unfinishedPath(path), failed)) {
    return Error{ErrorCode::kInvalidArgument,
                 "the making of the ledger at " + path +
                     " was cut short and nothing is in it; 'robotledger init' makes it anew"};
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
  const std::string file = lockPath(path);
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

// Whether a ledger may be made there: nothing is there but what an earlier making left that was cut
// short. What a ledger or anybody else has there is never touched.
Result<void> checkFree(const std::string& path) {
  std::error_code failed;
  if (fs::exists(markerPath(path), failed)) {
    return Error{ErrorCode::kInvalidArgument, "there is a ledger at " + path + " already"};
  }
  const Error taken{ErrorCode::kInvalidArgument,
                    path + " is there already and is no empty directory; a ledger needs its own"};
  if (!fs::is_directory(path, failed)) return taken;
  if (fs::exists(unfinishedPath(path), failed)) return {};
  for (const auto& entry : fs::directory_iterator(path, failed)) {
    if (entry.path() != fs::path(lockPath(path))) return taken;
  }
  if (failed) {
    return Error{ErrorCode::kIo, "cannot look into " + path + ": " + failed.message()};
  }
  return {};
}

// Takes away what a making that was cut short left, its guard too; and sees that no other ledger's
// guard is where this one's is to be. The file that says where the guard will be is written before
// the guard is, where none was: so what it names is nobody else's.
Result<void> clearUnfinished(const std::string& path, const std::string& guard) {
  const auto unfinished = readFile(unfinishedPath(path));
  if (!unfinished) return unfinished.error();
  std::error_code failed;
  if (const auto its_guard = guardIn(*unfinished, path)) fs::remove(*its_guard, failed);
  fs::remove_all(path + "/log", failed);
  if (guard.empty() || !fs::exists(fs::symlink_status(guard, failed))) return {};
  return Error{ErrorCode::kInvalidArgument,
               "there is a file at " + guard + " already; each ledger needs a guard of its own"};
}

Result<void> fill(const std::string& path, const NewLedger& ledger, const std::string& guard,
                  Clock& clock) {
  if (auto cleared = clearUnfinished(path, guard); !cleared) return cleared;
  if (auto begun = writeUnfinishedMarker(path, guard); !begun) return begun;
  GuardState guarded;
  {
    auto log = openRocksLogStore(path + "/log", {.opening = LogOpening::kCreateIfMissing});
    if (!log) return log.error();
    if (auto made = initializeLedger(**log, ledger, clock); !made) return made;
    const LogHead head = (*log)->head();
    guarded = {.first = head.root, .size = head.size, .root = head.root};
  }
  const std::string where = guard.empty() ? ownGuardPath(path) : guard;
  if (auto made = Guard::create(where, guarded); !made) {
    // Whose guard came there meanwhile keeps it: nothing says any more that it is this one's.
    std::error_code failed;
    fs::remove(unfinishedPath(path), failed);
    return made;
  }
  // From here on it is a ledger.
  return finishMarker(path);
}

// With the lock held.
Result<void> make(const std::string& path, const NewLedger& ledger, const std::string& guard,
                  Clock& clock) {
  // Somebody else may have made one before the lock was taken.
  if (auto free = checkFree(path); !free) return free;
  if (::chmod(path.c_str(), 0700) != 0) {
    return systemFailed("cannot take others' rights to " + path, errno);
  }
  const auto filled = fill(path, ledger, guard, clock);
  if (filled) return filled;
  // It was empty before, and is again.
  (void)clearUnfinished(path, {});
  std::error_code failed;
  for (const std::string& file : {unfinishedPath(path), lockPath(path)}) fs::remove(file, failed);
  return filled;
}

}  // namespace

Result<void> LedgerDirectory::create(const std::string& path, const NewLedger& ledger,
                                     const std::string& guard, Clock& clock) {
  std::string elsewhere;
  if (!guard.empty()) elsewhere = fs::absolute(guard).lexically_normal().string();
  if (elsewhere.size() > kMaxGuardPathBytes || elsewhere.find('\n') != std::string::npos) {
    return Error{ErrorCode::kInvalidArgument,
                 "the guard's path is longer than 4096 bytes or has a newline in it"};
  }
  const bool made_here = ::mkdir(path.c_str(), 0700) == 0;
  if (!made_here && errno != EEXIST) return systemFailed("cannot make " + path, errno);
  if (auto free = checkFree(path); !free) return free;
  const auto lock = takeLock(path, "robotledger init");
  if (!lock) return lock.error();
  auto made = make(path, ledger, elsewhere, clock);
  ::close(*lock);
  if (!made && made_here) ::rmdir(path.c_str());
  return made;
}

Result<std::unique_ptr<LedgerDirectory>> LedgerDirectory::open(const std::string& path,
                                                               const std::string& program) {
  auto guard = readMarker(path);
  if (!guard) return guard.error();
  const auto lock = takeLock(path, program);
  if (!lock) return lock.error();
  std::unique_ptr<LedgerDirectory> opened(new LedgerDirectory(path, *std::move(guard), *lock));
  // What a process left there that was killed.
  std::error_code failed;
  fs::remove_all(opened->scratchPath(), failed);
  return opened;
}

LedgerDirectory::~LedgerDirectory() { ::close(lock_); }

}  // namespace robotledger
