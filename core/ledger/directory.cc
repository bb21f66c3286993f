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
#include "core/ledger/log_key.h"
#include "core/ledger/saved_state.h"
#include "core/log/guard.h"
#include "core/log/rocks_log_store.h"

namespace robotledger {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMarker = "robotledger 1\n";
constexpr std::string_view kMarkerName = "robotledger ";
constexpr std::string_view kGuardLine = "guard ";
constexpr std::string_view kKeyLine = "key ";
constexpr std::size_t kMaxElsewhereBytes = 4096;
constexpr std::size_t kMaxSmallFile = 16384;

std::string markerPath(const std::string& path) { return path + "/LEDGER"; }
std::string unfinishedPath(const std::string& path) { return path + "/LEDGER.new"; }
std::string keysPath(const std::string& path) { return path + "/keys"; }
std::string lockPath(const std::string& path) { return path + "/lock"; }

Error systemFailed(const std::string& what, int error) {
  return Error{ErrorCode::kIo, what + ": " + std::strerror(error)};
}

std::string guardOf(const std::string& path, const Elsewhere& elsewhere) {
  return elsewhere.guard.empty() ? path + "/guard" : elsewhere.guard;
}

std::string keyOf(const std::string& path, const Elsewhere& elsewhere) {
  return elsewhere.key.empty() ? keysPath(path) + "/log-key.pem" : elsewhere.key;
}

std::string readSmall(int fd) {
  std::array<char, kMaxSmallFile> bytes{};
  const ssize_t got = ::pread(fd, bytes.data(), bytes.size(), 0);
  return got > 0 ? std::string(bytes.data(), static_cast<std::size_t>(got)) : std::string();
}

// The beginning of a file; empty where there is none.
Result<std::string> readMarkerFile(const std::string& file) {
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0 && errno == ENOENT) return std::string();
  if (fd < 0) return systemFailed("cannot read " + file, errno);
  std::string text = readSmall(fd);
  ::close(fd);
  return text;
}

// A directory with this file, and without a marker, is one that is being made or was cut short.
Result<void> writeUnfinishedMarker(const std::string& path, const Elsewhere& elsewhere) {
  const std::string file = unfinishedPath(path);
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return systemFailed("cannot make " + file, errno);
  std::string marker(kMarker);
  if (!elsewhere.guard.empty()) marker.append(kGuardLine).append(elsewhere.guard).append("\n");
  if (!elsewhere.key.empty()) marker.append(kKeyLine).append(elsewhere.key).append("\n");
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
  auto synced = syncDirectory(path);
  // What may not last is no ledger, and goes the way of what was cut short.
  if (!synced) (void)::rename(markerPath(path).c_str(), unfinishedPath(path).c_str());
  return synced;
}

// Takes a line that begins so off the front of a marker, and gives what follows on it; empty where
// the next line is another.
std::string takeLine(std::string_view& marker, std::string_view begin) {
  const std::size_t end = marker.find('\n');
  if (!marker.starts_with(begin) || end == std::string_view::npos) return {};
  std::string line(marker.substr(begin.size(), end - begin.size()));
  marker.remove_prefix(end + 1);
  return line;
}

// Where a marker says that parts are; nothing where it is no marker.
std::optional<Elsewhere> elsewhereIn(std::string_view marker) {
  if (!marker.starts_with(kMarker)) return std::nullopt;
  marker.remove_prefix(kMarker.size());
  Elsewhere elsewhere;
  elsewhere.guard = takeLine(marker, kGuardLine);
  elsewhere.key = takeLine(marker, kKeyLine);
  if (!marker.empty()) return std::nullopt;
  return elsewhere;
}

// Where the parts of the ledger there are.
Result<Elsewhere> readMarker(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) {
    if (errno != ENOENT && errno != ENOTDIR) return systemFailed("cannot look at " + path, errno);
    return Error{ErrorCode::kNotFound,
                 "there is no ledger at " + path + "; 'robotledger init' makes one"};
  }
  if (!S_ISDIR(info.st_mode)) {
    return Error{ErrorCode::kInvalidArgument, path + " is a file, and a ledger is a directory"};
  }
  const auto read = readMarkerFile(markerPath(path));
  if (!read) return read.error();
  const std::string& marker = *read;
  if (auto elsewhere = elsewhereIn(marker)) return *elsewhere;
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

std::string userName(uid_t user) {
  std::array<char, 4096> buffer{};
  struct passwd entry {};
  struct passwd* found = nullptr;
  ::getpwuid_r(user, &entry, buffer.data(), buffer.size(), &found);
  return found == nullptr ? std::to_string(user) : std::string(entry.pw_name);
}

// That files made there will be the owner's: what root leaves in it, a service of another user
// could not open afterwards. Whoever has the ledger may be asked by anybody, so that is looked at
// first.
Result<void> checkOwner(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return systemFailed("cannot look at " + path, errno);
  if (info.st_uid == ::geteuid()) return {};
  const int fd = ::open(lockPath(path).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  const bool is_in_use = fd >= 0 && ::flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  if (fd >= 0) ::close(fd);
  if (is_in_use) return {};
  const std::string owner = userName(info.st_uid);
  return Error{ErrorCode::kInvalidArgument,
               "the ledger at " + path + " belongs to user " + owner +
                   ", and what another leaves there it could not open: run this as that user (sudo "
                   "-u " +
                   owner + ")"};
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
      "process " + std::to_string(::getpid()) + " (" + program + ", user " +
      userName(::geteuid()) + ")";
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
// the guard is, where none was: so what it names is nobody else's. A key elsewhere stays: it may
// have been there before.
Result<void> clearUnfinished(const std::string& path, const std::string& guard) {
  const auto unfinished = readMarkerFile(unfinishedPath(path));
  if (!unfinished) return unfinished.error();
  std::error_code failed;
  if (const auto elsewhere = elsewhereIn(*unfinished)) {
    fs::remove(guardOf(path, *elsewhere), failed);
  }
  fs::remove_all(path + "/log", failed);
  fs::remove_all(keysPath(path), failed);
  if (guard.empty() || !fs::exists(fs::symlink_status(guard, failed))) return {};
  return Error{ErrorCode::kInvalidArgument,
               "there is a file at " + guard + " already; each ledger needs a guard of its own"};
}

// What is put into a new ledger's empty log.
using Fill = std::function<Result<void>(LogStore&)>;

Result<void> fillDirectory(const std::string& path, const Elsewhere& elsewhere, const Fill& fill) {
  if (auto cleared = clearUnfinished(path, elsewhere.guard); !cleared) return cleared;
  if (auto begun = writeUnfinishedMarker(path, elsewhere); !begun) return begun;
  GuardState guarded;
  {
    const auto log = openRocksLogStore(path + "/log", {.opening = LogOpening::kCreateIfMissing});
    if (!log) return log.error();
    if (auto filled = fill(**log); !filled) return filled;
    const LogHead head = (*log)->head();
    const auto first = rootAt(**log, TreeSize{1});
    if (!first) return first.error();
    guarded = {.first = *first, .size = head.size, .root = head.root};
  }
  if (auto made = Guard::create(guardOf(path, elsewhere), guarded); !made) {
    // Whose guard came there meanwhile keeps it: nothing says any more that it is this one's.
    std::error_code failed;
    fs::remove(unfinishedPath(path), failed);
    return made;
  }
  // From here on it is a ledger.
  return finishMarker(path);
}

// With the lock held.
Result<void> makeLocked(const std::string& path, const Elsewhere& elsewhere, const Fill& fill) {
  // Somebody else may have made one before the lock was taken.
  if (auto free = checkFree(path); !free) return free;
  if (::chmod(path.c_str(), 0700) != 0) {
    return systemFailed("cannot take others' rights to " + path, errno);
  }
  const auto filled = fillDirectory(path, elsewhere, fill);
  if (filled) return filled;
  // It was empty before, and is again.
  (void)clearUnfinished(path, {});
  std::error_code failed;
  for (const std::string& file : {unfinishedPath(path), lockPath(path)}) fs::remove(file, failed);
  return filled;
}

// Makes the directory, if it is not there, and a ledger in it.
Result<void> makeDirectory(const std::string& path, const Elsewhere& elsewhere, const Fill& fill) {
  const bool made_here = ::mkdir(path.c_str(), 0700) == 0;
  if (!made_here && errno != EEXIST) return systemFailed("cannot make " + path, errno);
  if (auto free = checkFree(path); !free) return free;
  const auto lock = takeLock(path, "robotledger init");
  if (!lock) {
    if (made_here) ::rmdir(path.c_str());  // only where nobody has put anything into it
    return lock.error();
  }
  auto made = makeLocked(path, elsewhere, fill);
  ::close(*lock);
  if (!made && made_here) ::rmdir(path.c_str());
  return made;
}

// The path in full, so that it holds wherever the ledger is opened from.
Result<std::string> inFull(const std::string& path) {
  if (path.empty()) return path;
  std::string full = fs::absolute(path).lexically_normal().string();
  if (full.size() <= kMaxElsewhereBytes && full.find('\n') == std::string::npos) return full;
  return Error{ErrorCode::kInvalidArgument,
               "a path of more than 4096 bytes, or with a newline in it, cannot be remembered"};
}

}  // namespace

Result<VerifierKey> LedgerDirectory::create(const std::string& path, const NewLedger& ledger,
                                            const Elsewhere& elsewhere, Clock& clock) {
  const auto guard = inFull(elsewhere.guard);
  if (!guard) return guard.error();
  const auto key = inFull(elsewhere.key);
  if (!key) return key.error();
  const Elsewhere remembered{.guard = *guard, .key = *key};
  const std::string key_file = keyOf(path, remembered);
  bool key_is_new = false;
  VerifierKey verifier_key;
  const auto made = makeDirectory(path, remembered, [&](LogStore& log) -> Result<void> {
    if (key->empty() && ::mkdir(keysPath(path).c_str(), 0700) != 0) {
      return systemFailed("cannot make " + keysPath(path), errno);
    }
    // What an earlier making left in the directory is gone by now.
    std::error_code failed;
    key_is_new = !fs::exists(fs::symlink_status(key_file, failed));
    const auto signing_key =
        key_is_new ? makeLogKey(key_file, ledger.origin) : readLogKey(key_file, ledger.origin);
    if (!signing_key) return signing_key.error();
    verifier_key = (*signing_key)->verifierKey();
    NewLedger named = ledger;
    named.verifier_key = formatVerifierKey(verifier_key);
    return initializeLedger(log, named, clock);
  });
  if (made) return verifier_key;
  if (key_is_new) ::unlink(key_file.c_str());
  return made.error();
}

Result<void> LedgerDirectory::createCopy(const std::string& path, const std::string& guard,
                                         const std::function<Result<void>(LogStore&)>& fill) {
  const auto full = inFull(guard);
  if (!full) return full.error();
  return makeDirectory(path, {.guard = *full, .key = {}}, fill);
}

Result<std::unique_ptr<LedgerDirectory>> LedgerDirectory::open(const std::string& path,
                                                               const std::string& program) {
  auto elsewhere = readMarker(path);
  if (!elsewhere) return elsewhere.error();
  if (auto ours = checkOwner(path); !ours) return ours.error();
  const auto lock = takeLock(path, program);
  if (!lock) return lock.error();
  std::unique_ptr<LedgerDirectory> opened(new LedgerDirectory(path, *std::move(elsewhere), *lock));
  // What a process left there that was killed.
  std::error_code failed;
  fs::remove_all(opened->scratchPath(), failed);
  return opened;
}

std::string LedgerDirectory::guardPath() const { return guardOf(path_, elsewhere_); }
std::string LedgerDirectory::keyPath() const { return keyOf(path_, elsewhere_); }

LedgerDirectory::~LedgerDirectory() { ::close(lock_); }

}  // namespace robotledger
