// Guard: how far a log has come, kept apart from it. A log that lost its end looks whole, since a
// torn tail cannot be told from a changed one; its guard knows better, and such a log is not
// opened.
//
//   Guard::create("ledger/guard", {.first = root, .size = TreeSize{1}, .root = root});
//   auto guard = Guard::open("ledger/guard");
//   auto fits = checkAgainst((*guard)->state(), log_head, root_at);
//   if (!fits) return fits.error();
//   auto guarded = guardLog(std::move(log), std::move(*guard));      // moves it with every append
//
// A guard that lies with its log is put back with it, by who restores an old copy of both: only one
// on another disk or host finds that. The bytes are described in core/FORMAT.md.
#pragma once

#include <array>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "core/log/log_store.h"

namespace robotledger {

// The newest checkpoint that was signed: what is in it, and the Ed25519 signature over its text.
// The guard keeps it, and does not know the key.
struct GuardedCheckpoint {
  TreeSize size;
  Digest root{};
  std::array<std::uint8_t, 64> signature{};
  bool operator==(const GuardedCheckpoint&) const = default;
};

// What a guard says.
struct GuardState {
  Digest first{};  // the root of the log's first record alone, by which logs are told apart
  TreeSize size;
  Digest root{};
  std::optional<GuardedCheckpoint> checkpoint{};
  bool operator==(const GuardState&) const = default;
};

// The root that a log's tree had at an earlier size. Not kept beyond the call it is given to.
using RootAt = std::function<Result<Digest>(TreeSize)>;

// Whether the log has all that the guard saw, and all that was signed. It may have more: what was
// durable when the guard was not yet. kDamaged with what was expected and what was found; else as
// `root_at` fails. Any thread.
Result<void> checkAgainst(const GuardState& guard, const LogHead& head, const RootAt& root_at);

class Guard {
 public:
  // Makes the file (mode 0600, no link followed), and makes it durable. kInvalidArgument where
  // there is one, kIo where the system fails.
  static Result<void> create(const std::string& path, const GuardState& state);
  // kDamaged where there is none or nothing in it can be believed, kIo where the system fails.
  static Result<std::unique_ptr<Guard>> open(const std::string& path);
  // What it says, without taking it. Errors likewise.
  static Result<GuardState> read(const std::string& path);

  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;
  // Makes it durable.
  ~Guard();

  // All of these: any thread.

  GuardState state() const;
  const std::string& path() const { return path_; }

  // Tells that the log has so many records. In the file when it returns, so that it holds after a
  // killed process; on the disk within 50 ms. kIo where it cannot be written, or could not be
  // made durable before.
  Result<void> advance(TreeSize size, const Digest& root);

  // Keeps a checkpoint in the place of the one before, or none; as advance() otherwise.
  Result<void> keep(const std::optional<GuardedCheckpoint>& checkpoint);

 private:
  struct Slot {
    std::uint64_t count = 0;  // of writes; the higher of two slots is the later
    GuardState state;
  };

  Guard(std::string path, int file, Slot slot);
  static Bytes encode(const Slot& slot);
  static std::optional<Slot> decode(BytesView bytes);
  static Result<Slot> readSlots(int file, const std::string& path);
  static Result<void> writeSlot(int file, const std::string& path, const Slot& slot);
  // Writes what `change` makes of the newest slot.
  Result<void> write(const std::function<void(GuardState&)>& change);
  void keepDurable();

  std::string path_;
  int file_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  // All of these are guarded by mutex_.
  Slot slot_;
  bool unsynced_ = false;
  bool stopping_ = false;
  std::optional<Error> failed_;  // why nothing it takes would be durable

  std::thread syncer_;  // the last: it uses all of the above
};

// The log, whose guard moves with each append before that returns. Where the guard cannot be
// written, the append ends as unknown, and opening the log again finds it.
std::unique_ptr<LogStore> guardLog(std::unique_ptr<LogStore> log, std::unique_ptr<Guard> guard);

}  // namespace robotledger
