#include "core/ledger/checkpointer.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "core/ledger/saved_state.h"
#include "core/merkle/proof.h"

namespace robotledger {
namespace {

constexpr std::chrono::milliseconds kBetweenCheckpoints{50};

}  // namespace

Checkpointer::Checkpointer(const LogStore& log, std::unique_ptr<SigningKey> key,
                           KeepCheckpoint keep)
    : log_(log), key_(std::move(key)), keep_(std::move(keep)), thread_([this] { work(); }) {}

Checkpointer::~Checkpointer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void Checkpointer::onCommitted(const CommittedEvents&) {
  {
    const std::lock_guard lock(mutex_);
    if (behind_) return;
    behind_ = true;
  }
  wake_.notify_one();
}

void Checkpointer::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [&] { return stopping_ || behind_ || asked_; });
    const bool last = stopping_;
    if (behind_ || asked_) signHead(lock);
    if (last) return;
    wake_.wait_for(lock, kBetweenCheckpoints, [&] { return stopping_ || asked_; });
  }
}

void Checkpointer::signHead(std::unique_lock<std::mutex>& lock) {
  behind_ = false;
  asked_ = false;
  const std::uint64_t round = ++rounds_begun_;
  const TreeSize signed_before = newest_ ? newest_->checkpoint.size : TreeSize{0};
  lock.unlock();
  const LogHead head = log_.head();
  std::optional<Result<SignedCheckpoint>> made;
  if (head.size != signed_before) {
    made = sign(head.size, head.root);
    if (*made && keep_) {
      if (auto kept = keep_(**made); !kept) made = kept.error();
    }
  }
  lock.lock();
  rounds_done_ = round;
  if (made) {
    failed_.reset();
    if (*made) {
      newest_ = std::move(**made);
    } else {
      failed_ = made->error();
    }
  }
  signed_.notify_all();
}

Result<SignedCheckpoint> Checkpointer::fresh() {
  std::unique_lock lock(mutex_);
  // A round that has begun may have looked at the head already.
  const std::uint64_t round = rounds_begun_ + 1;
  asked_ = true;
  wake_.notify_one();
  signed_.wait(lock, [&] { return rounds_done_ >= round; });
  if (failed_) return *failed_;
  return *newest_;
}

std::optional<SignedCheckpoint> Checkpointer::newest() const {
  const std::lock_guard lock(mutex_);
  return newest_;
}

Result<SignedCheckpoint> Checkpointer::at(TreeSize size) const {
  const LogHead head = log_.head();
  if (size.value == 0) {
    return Error{ErrorCode::kInvalidArgument, "a checkpoint is of at least one event"};
  }
  const auto root = rootAt(log_, size);
  if (!root) return root.error();
  const HashTileReader read = std::bind_front(&LogStore::hashTile, &log_);
  const auto path = proveConsistency(size, head.size, read);
  if (!path) return path.error();
  if (auto fits = checkConsistency(size, *root, head.size, head.root, *path); !fits) {
    return fits.error();
  }
  return sign(size, *root);
}

Result<SignedCheckpoint> Checkpointer::sign(TreeSize size, const Digest& root) const {
  SignedCheckpoint made{.checkpoint = {.origin = verifierKey().name, .size = size, .root = root},
                        .note = {}};
  auto note = signCheckpoint(made.checkpoint, *key_);
  if (!note) return note.error();
  made.note = *std::move(note);
  const auto parts = parseNote(made.note);
  RL_CHECK(parts.has_value() && parts->signatures.front().bytes.size() == kSignatureBytes,
           "what was just signed has its signature");
  std::ranges::copy(parts->signatures.front().bytes, made.signature.begin());
  return made;
}

Result<std::string> Checkpointer::signText(std::string_view text) const {
  const std::string_view first = text.substr(0, text.find('\n'));
  if (first == verifierKey().name) {
    return Error{ErrorCode::kInvalidArgument,
                 "a text that begins with the origin could be taken for a checkpoint"};
  }
  return signNote(text, *key_);
}

}  // namespace robotledger
