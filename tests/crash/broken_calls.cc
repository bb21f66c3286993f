#include "tests/crash/broken_calls.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <limits>
#include <mutex>
#include <optional>

#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

namespace robotledger {
namespace {

constexpr std::uint64_t kNoLimit = std::numeric_limits<std::uint64_t>::max();
constexpr unsigned kBitsPerByte = 8;
constexpr std::size_t kMaxPath = 4096;

struct Plan {
  std::mutex mutex;
  // All of these are guarded by the mutex.
  std::string below;
  std::uint64_t calls = 0;
  std::uint64_t fail_at = 0;  // none for 0
  int error = 0;
  std::string broken;
  std::uint64_t room = kNoLimit;
  bool got_full = false;
  std::uint64_t reads = 0;
  std::uint64_t flip_at = 0;  // none for 0
  std::uint32_t flip_seed = 0;
  std::string flipped;
};

// Calls come before anything is made, and after all is gone.
std::atomic<bool> is_armed = false;

Plan& plan() {
  static Plan one;
  return one;
}

// The path below the directory, where it is below it; "." for itself. With the mutex held.
std::optional<std::string> nameBelow(const Plan& known, const std::string& path) {
  if (!path.starts_with(known.below)) return std::nullopt;
  if (path.size() == known.below.size()) return ".";
  if (path[known.below.size()] != '/') return std::nullopt;
  return path.substr(known.below.size() + 1);
}

std::string pathOf(int file) {
  std::array<char, kMaxPath> path{};
  const std::string link = "/proc/self/fd/" + std::to_string(file);
  const ssize_t size = ::readlink(link.c_str(), path.data(), path.size());
  return size > 0 ? std::string(path.data(), static_cast<std::size_t>(size)) : std::string();
}

// Counts the call; the error with which it is to fail, or 0.
int errorOf(const char* call, const std::string& path) {
  Plan& known = plan();
  const std::lock_guard lock(known.mutex);
  const auto name = nameBelow(known, path);
  if (!name || ++known.calls != known.fail_at) return 0;
  known.broken = std::string(call) + " " + *name;
  return known.error;
}

// How many of the bytes are to be written; or the error with which that is to fail.
struct Allowed {
  std::size_t bytes = 0;
  int error = 0;
};
Allowed allowedOf(int file, std::size_t bytes) {
  const std::string path = pathOf(file);
  if (const int error = errorOf("write", path); error != 0) return {0, error};
  Plan& known = plan();
  const std::lock_guard lock(known.mutex);
  if (known.room == kNoLimit || !nameBelow(known, path)) return {bytes, 0};
  const std::size_t fits = std::min<std::uint64_t>(bytes, known.room);
  known.room -= fits;
  known.got_full |= fits < bytes;
  return {fits, fits == 0 && bytes > 0 ? ENOSPC : 0};
}

void noteRead(int file, void* bytes, std::size_t size) {
  Plan& known = plan();
  const std::lock_guard lock(known.mutex);
  if (size == 0 || known.flip_at == 0) return;
  const auto name = nameBelow(known, pathOf(file));
  if (!name || ++known.reads != known.flip_at) return;
  const std::size_t at = known.flip_seed / kBitsPerByte % size;
  char& byte = static_cast<char*>(bytes)[at];
  byte = static_cast<char>(byte ^ (1 << known.flip_seed % kBitsPerByte));
  known.flipped = *name + ", byte " + std::to_string(at) + " of " + std::to_string(size);
}

// The C library's own function of that name and type.
template <class Function>
Function* real(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

int failWith(int error) {
  errno = error;
  return -1;
}

}  // namespace

BrokenCalls::BrokenCalls(std::string below) {
  {
    const std::lock_guard lock(plan().mutex);
    plan().below = std::move(below);
  }
  failAt(0, 0);
  leaveAllRoom();
  flipBitInRead(0, 0);
  is_armed = true;
}

BrokenCalls::~BrokenCalls() { is_armed = false; }

void BrokenCalls::failAt(std::uint64_t call, int error) {
  const std::lock_guard lock(plan().mutex);
  plan().calls = 0;
  plan().fail_at = call;
  plan().error = error;
  plan().broken.clear();
}

std::uint64_t BrokenCalls::made() const {
  const std::lock_guard lock(plan().mutex);
  return plan().calls;
}

std::string BrokenCalls::broken() const {
  const std::lock_guard lock(plan().mutex);
  return plan().broken;
}

void BrokenCalls::leaveRoomFor(std::uint64_t bytes) {
  const std::lock_guard lock(plan().mutex);
  plan().room = bytes;
  plan().got_full = false;
}

void BrokenCalls::leaveAllRoom() {
  const std::lock_guard lock(plan().mutex);
  plan().room = kNoLimit;
}

bool BrokenCalls::gotFull() const {
  const std::lock_guard lock(plan().mutex);
  return plan().got_full;
}

void BrokenCalls::flipBitInRead(std::uint64_t read, std::uint32_t seed) {
  const std::lock_guard lock(plan().mutex);
  plan().reads = 0;
  plan().flip_at = read;
  plan().flip_seed = seed;
  plan().flipped.clear();
}

std::string BrokenCalls::flipped() const {
  const std::lock_guard lock(plan().mutex);
  return plan().flipped;
}

}  // namespace robotledger

// ---- in the place of the C library's ------------------------------------------------------------

using namespace robotledger;  // NOLINT: the functions below are not ours to name

extern "C" {

int open(const char* path, int flags, ...) {
  static auto* const next = real<int(const char*, int, mode_t)>("open");
  mode_t mode = 0;
  if ((flags & (O_CREAT | O_TMPFILE)) != 0) {
    va_list more;
    va_start(more, flags);
    mode = va_arg(more, mode_t);
    va_end(more);
  }
  if (is_armed) {
    if (const int error = errorOf("open", path); error != 0) return failWith(error);
  }
  return next(path, flags, mode);
}

ssize_t write(int file, const void* bytes, std::size_t size) {
  static auto* const next = real<ssize_t(int, const void*, std::size_t)>("write");
  if (!is_armed) return next(file, bytes, size);
  const Allowed allowed = allowedOf(file, size);
  return allowed.error != 0 ? failWith(allowed.error) : next(file, bytes, allowed.bytes);
}

ssize_t pwrite(int file, const void* bytes, std::size_t size, off_t at) {
  static auto* const next = real<ssize_t(int, const void*, std::size_t, off_t)>("pwrite");
  if (!is_armed) return next(file, bytes, size, at);
  const Allowed allowed = allowedOf(file, size);
  return allowed.error != 0 ? failWith(allowed.error) : next(file, bytes, allowed.bytes, at);
}

int fsync(int file) {
  static auto* const next = real<int(int)>("fsync");
  const int error = is_armed ? errorOf("fsync", pathOf(file)) : 0;
  return error != 0 ? failWith(error) : next(file);
}

int fdatasync(int file) {
  static auto* const next = real<int(int)>("fdatasync");
  const int error = is_armed ? errorOf("fdatasync", pathOf(file)) : 0;
  return error != 0 ? failWith(error) : next(file);
}

int rename(const char* from, const char* to) noexcept {
  static auto* const next = real<int(const char*, const char*)>("rename");
  const int error = is_armed ? errorOf("rename", from) : 0;
  return error != 0 ? failWith(error) : next(from, to);
}

ssize_t read(int file, void* bytes, std::size_t size) {
  static auto* const next = real<ssize_t(int, void*, std::size_t)>("read");
  const ssize_t got = next(file, bytes, size);
  if (is_armed && got > 0) noteRead(file, bytes, static_cast<std::size_t>(got));
  return got;
}

ssize_t pread(int file, void* bytes, std::size_t size, off_t at) {
  static auto* const next = real<ssize_t(int, void*, std::size_t, off_t)>("pread");
  const ssize_t got = next(file, bytes, size, at);
  if (is_armed && got > 0) noteRead(file, bytes, static_cast<std::size_t>(got));
  return got;
}

std::size_t fread_unlocked(void* bytes, std::size_t size, std::size_t count, FILE* file) {
  static auto* const next =
      real<std::size_t(void*, std::size_t, std::size_t, FILE*)>("fread_unlocked");
  const std::size_t got = next(bytes, size, count, file);
  if (is_armed && got > 0) noteRead(::fileno(file), bytes, got * size);
  return got;
}

}  // extern "C"
