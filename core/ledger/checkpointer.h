// Checkpointer: signs what the log is, as it grows, on a thread of its own.
//
//   Checkpointer checkpointer(log, std::move(key), keep);    // an Observer of the ledger
//   auto now = checkpointer.fresh();                         // covers all that is acknowledged
//   if (!now) return now.error();
//   publish(now->note);
//
// The first event after a quiet time is signed at once, and under load the head every 50 ms. Never
// are two checkpoints signed that disagree: all that is signed are roots of the one log, which only
// grows, and whoever opens a log makes sure that it has what was signed before (core/log/guard.h).
#pragma once

#include <array>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "core/base/result.h"
#include "core/ledger/observer.h"
#include "core/log/log_store.h"
#include "core/merkle/checkpoint.h"
#include "core/merkle/signing_key.h"

namespace robotledger {

struct SignedCheckpoint {
  Checkpoint checkpoint;
  std::string note;                                       // as it is published
  std::array<std::uint8_t, kSignatureBytes> signature{};  // the one in the note
};

// Keeps a checkpoint before anybody gets it, so that what was signed is not forgotten.
using KeepCheckpoint = std::function<Result<void>(const SignedCheckpoint&)>;

class Checkpointer final : public Observer {
 public:
  // The log outlives it. `keep` is called on its thread, and may be empty. What the log has already
  // is signed at once.
  Checkpointer(const LogStore& log, std::unique_ptr<SigningKey> key, KeepCheckpoint keep);
  // Signs what is not yet signed, and ends the thread.
  ~Checkpointer() override;
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;

  // All of these: any thread.

  void onCommitted(const CommittedEvents& events) override;

  // One of the log as it is now or later. Fails as `keep` does.
  Result<SignedCheckpoint> fresh();

  // The newest that was signed, however old; nothing where none was yet.
  std::optional<SignedCheckpoint> newest() const;

  // One of the log as it was, the same bytes whenever it is asked for. The root is proved to be of
  // the beginning of today's log before it is signed: kDamaged where it is not; kNotFound where the
  // log never was so large; kInvalidArgument for an empty one.
  Result<SignedCheckpoint> at(TreeSize size) const;

  // A text of another kind as a signed note. kInvalidArgument for one that could be taken for a
  // checkpoint, beginning with the key's name.
  Result<std::string> signText(std::string_view text) const;

  const VerifierKey& verifierKey() const { return key_->verifierKey(); }

 private:
  Result<SignedCheckpoint> sign(TreeSize size, const Digest& root) const;
  void work();
  // With the lock held, which it gives up meanwhile.
  void signHead(std::unique_lock<std::mutex>& lock);

  const LogStore& log_;
  std::unique_ptr<SigningKey> key_;
  KeepCheckpoint keep_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;    // for the thread
  std::condition_variable signed_;  // for those who wait for a fresh one
  // All of these are guarded by mutex_.
  bool behind_ = true;  // the log has what is not signed
  bool asked_ = false;  // somebody waits
  bool stopping_ = false;
  std::uint64_t rounds_begun_ = 0;
  std::uint64_t rounds_done_ = 0;
  std::optional<SignedCheckpoint> newest_;
  std::optional<Error> failed_;  // why the last one could not be signed

  std::thread thread_;  // the last: it uses all of the above
};

}  // namespace robotledger
