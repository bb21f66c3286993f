#include "core/log/guard.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "core/base/files.h"
#include "core/log/log_rules.h"

namespace robotledger {
namespace {

constexpr std::string_view kMagic = "RLGUARD1";
constexpr std::size_t kSlotBytes = 512;  // a sector, which a power cut leaves old or new
constexpr std::size_t kSlots = 2;
constexpr std::size_t kSummedBytes = kSlotBytes - sizeof(Digest);
constexpr std::chrono::milliseconds kSyncEvery{50};

Error failed(const std::string& what, const std::string& path, int error) {
  return {ErrorCode::kIo, "cannot " + what + " the guard " + path + ": " + std::strerror(error)};
}

std::string events(TreeSize size) { return std::to_string(size.value) + " events"; }

std::string hex(const Digest& digest) { return toHex(digestBytes(digest)); }

}  // namespace

Result<void> checkAgainst(const GuardState& guard, const LogHead& head, const RootAt& root_at) {
  const auto damaged = [](std::string what) { return Error{ErrorCode::kDamaged, std::move(what)}; };
  if (head.size.value > 0) {
    const auto first = root_at(TreeSize{1});
    if (!first) return first.error();
    if (*first != guard.first) {
      return damaged("the guard is of another log, whose first event has the hash " +
                     hex(guard.first) + ", and here it has " + hex(*first));
    }
  }
  if (head.size < guard.size) {
    return damaged("the log has " + events(head.size) + ", and its guard saw " +
                   events(guard.size) + " with the root " + hex(guard.root) +
                   ": the last of them are missing; keep a copy of all there is");
  }
  const auto root = head.size == guard.size ? Result<Digest>(head.root) : root_at(guard.size);
  if (!root) return root.error();
  if (*root != guard.root) {
    return damaged("the first " + events(guard.size) + " of the log have the root " + hex(*root) +
                   ", and its guard saw the root " + hex(guard.root) +
                   ": they are not those that were written");
  }
  if (!guard.checkpoint) return {};
  const GuardedCheckpoint& signed_one = *guard.checkpoint;
  if (head.size < signed_one.size) {
    return damaged("the log has " + events(head.size) + ", and a checkpoint of " +
                   events(signed_one.size) + " was signed: the last of them are missing");
  }
  const auto signed_root = root_at(signed_one.size);
  if (!signed_root) return signed_root.error();
  if (*signed_root == signed_one.root) return {};
  return damaged("the first " + events(signed_one.size) + " of the log have the root " +
                 hex(*signed_root) + ", and the checkpoint that was signed has the root " +
                 hex(signed_one.root) + ": they are not those that were signed");
}

Bytes Guard::encode(const Slot& slot) {
  Bytes bytes(kMagic);
  putBigEndian64(bytes, slot.count);
  bytes += digestBytes(slot.state.first);
  putBigEndian64(bytes, slot.state.size.value);
  bytes += digestBytes(slot.state.root);
  if (const auto& checkpoint = slot.state.checkpoint) {
    putBigEndian64(bytes, checkpoint->size.value);
    bytes += digestBytes(checkpoint->root);
    bytes.append(checkpoint->signature.begin(), checkpoint->signature.end());
  }
  bytes.resize(kSummedBytes, '\0');
  bytes += digestBytes(sha256(bytes));
  return bytes;
}

std::optional<Guard::Slot> Guard::decode(BytesView bytes) {
  if (bytes.size() != kSlotBytes || !bytes.starts_with(kMagic)) return std::nullopt;
  if (digestBytes(sha256(bytes.substr(0, kSummedBytes))) != bytes.substr(kSummedBytes)) {
    return std::nullopt;
  }
  ByteReader in(bytes.substr(kMagic.size()));
  Slot slot;
  slot.count = in.bigEndian64();
  slot.state.first = digestFrom(in.take(sizeof(Digest)));
  slot.state.size = TreeSize{in.bigEndian64()};
  slot.state.root = digestFrom(in.take(sizeof(Digest)));
  GuardedCheckpoint checkpoint;
  checkpoint.size = TreeSize{in.bigEndian64()};
  checkpoint.root = digestFrom(in.take(sizeof(Digest)));
  std::ranges::copy(in.take(checkpoint.signature.size()), checkpoint.signature.begin());
  // Nobody signs an empty log.
  if (checkpoint.size.value > 0) slot.state.checkpoint = checkpoint;
  return slot;
}

Result<void> Guard::writeSlot(int file, const std::string& path, const Slot& slot) {
  const Bytes bytes = encode(slot);
  const auto at = static_cast<off_t>((slot.count % kSlots) * kSlotBytes);
  const ssize_t written = ::pwrite(file, bytes.data(), bytes.size(), at);
  if (written == static_cast<ssize_t>(bytes.size())) return {};
  return failed("write", path, written < 0 ? errno : ENOSPC);
}

Result<void> Guard::create(const std::string& path, const GuardState& state) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0 && errno == EEXIST) {
    return Error{ErrorCode::kInvalidArgument,
                 "there is a guard at " + path + " already; each ledger needs its own"};
  }
  if (file < 0) return failed("make", path, errno);
  auto made = writeSlot(file, path, {.count = 0, .state = state});
  if (made) made = writeSlot(file, path, {.count = 1, .state = state});
  if (made && ::fsync(file) != 0) made = failed("make durable", path, errno);
  ::close(file);
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  if (made) made = syncDirectory(folder.empty() ? "." : folder.string());
  if (!made) ::unlink(path.c_str());
  return made;
}

Result<Guard::Slot> Guard::readSlots(int file, const std::string& path) {
  std::optional<Slot> newest;
  for (std::size_t i = 0; i < kSlots; ++i) {
    std::array<char, kSlotBytes> bytes{};
    const ssize_t got =
        ::pread(file, bytes.data(), bytes.size(), static_cast<off_t>(i * kSlotBytes));
    if (got < 0) return failed("read", path, errno);
    const auto slot = decode({bytes.data(), static_cast<std::size_t>(got)});
    if (slot && (!newest || slot->count > newest->count)) newest = slot;
  }
  if (newest) return *newest;
  return Error{ErrorCode::kDamaged,
               "the guard " + path +
                   " is damaged in both its places; 'robotledger guard --help' says what can be "
                   "done"};
}

Result<std::unique_ptr<Guard>> Guard::open(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  if (file < 0 && (errno == ENOENT || errno == ENOTDIR)) {
    return Error{ErrorCode::kDamaged,
                 "the guard " + path +
                     " is missing, and without it nobody knows whether the log lost its end; "
                     "'robotledger guard --help' says what can be done"};
  }
  if (file < 0) return failed("open", path, errno);
  const auto slot = readSlots(file, path);
  if (slot) return std::unique_ptr<Guard>(new Guard(path, file, *slot));
  ::close(file);
  return slot.error();
}

Result<GuardState> Guard::read(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.isOpen()) return failed("open", path, errno);
  const auto slot = readSlots(file.get(), path);
  if (!slot) return slot.error();
  return slot->state;
}

Guard::Guard(std::string path, int file, Slot slot)
    : path_(std::move(path)), file_(file), slot_(slot), syncer_([this] { keepDurable(); }) {}

Guard::~Guard() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  syncer_.join();
  ::close(file_);
}

GuardState Guard::state() const {
  const std::lock_guard lock(mutex_);
  return slot_.state;
}

Result<void> Guard::advance(TreeSize size, const Digest& root) {
  return write([&](GuardState& state) {
    state.size = size;
    state.root = root;
  });
}

Result<void> Guard::keep(const std::optional<GuardedCheckpoint>& checkpoint) {
  return write([&](GuardState& state) { state.checkpoint = checkpoint; });
}

Result<void> Guard::write(const std::function<void(GuardState&)>& change) {
  {
    const std::lock_guard lock(mutex_);
    if (failed_) return *failed_;
    Slot next = slot_;
    next.count += 1;
    change(next.state);
    if (auto written = writeSlot(file_, path_, next); !written) {
      failed_ = written.error();
      return written;
    }
    slot_ = next;
    if (unsynced_) return {};
    unsynced_ = true;
  }
  changed_.notify_all();
  return {};
}

void Guard::keepDurable() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return stopping_ || unsynced_; });
    if (unsynced_) {
      unsynced_ = false;
      lock.unlock();
      const int synced = ::fdatasync(file_);
      const int error = errno;
      lock.lock();
      if (synced != 0) failed_ = failed("make durable", path_, error);
    }
    if (stopping_ && !unsynced_) return;
    changed_.wait_for(lock, kSyncEvery, [&] { return stopping_; });
  }
}

namespace {

class GuardedLog final : public LogStore {
 public:
  GuardedLog(std::unique_ptr<LogStore> log, std::unique_ptr<Guard> guard)
      : log_(std::move(log)), guard_(std::move(guard)), head_(log_->head()) {}

  LogHead head() const override {
    const std::lock_guard lock(mutex_);
    return head_;
  }

  AppendOutcome append(TreeSize expected, const LogBatch& batch) override {
    if (auto refused = refuseAppend(head_, state_, expected, batch)) return *refused;
    AppendOutcome outcome = log_->append(expected, batch);
    if (outcome.ending == AppendEnding::kCommitted) {
      if (auto moved = guard_->advance(outcome.head.size, outcome.head.root); !moved) {
        outcome = {.ending = AppendEnding::kUnknown,
                   .head = head_,
                   .error = {ErrorCode::kOutcomeUnknown, moved.error().message}};
      }
    }
    if (outcome.ending == AppendEnding::kUnknown) state_ = AppendState::kClosed;
    const std::lock_guard lock(mutex_);
    head_ = outcome.head;
    return outcome;
  }

  // What is in the log, and past the head, is what ended as unknown.
  Result<Bytes> read(Sequence sequence) const override {
    if (auto refused = refuseRead(head(), sequence)) return *refused;
    return log_->read(sequence);
  }
  Result<std::unique_ptr<LogCursor>> scan(Sequence from, TreeSize until) const override {
    if (auto refused = refuseScan(head(), from, until)) return *refused;
    return log_->scan(from, until);
  }
  Result<Bytes> hashTile(unsigned level, std::uint64_t index, unsigned width) const override {
    if (auto refused = refuseTile(head(), level, index, width)) return *refused;
    return log_->hashTile(level, index, width);
  }

 private:
  std::unique_ptr<LogStore> log_;
  std::unique_ptr<Guard> guard_;
  AppendState state_ = AppendState::kOpen;  // the appending thread's
  mutable std::mutex mutex_;
  LogHead head_;  // changed by the appending thread with the mutex held
};

}  // namespace

std::unique_ptr<LogStore> guardLog(std::unique_ptr<LogStore> log, std::unique_ptr<Guard> guard) {
  return std::make_unique<GuardedLog>(std::move(log), std::move(guard));
}

}  // namespace robotledger
