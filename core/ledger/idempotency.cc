#include "core/ledger/idempotency.h"

#include "core/base/limits.h"

namespace robotledger {

std::string IdempotencyTable::nameOf(const std::string& actor, const std::string& key) {
  // An operator's name has no such byte, so no two pairs share a name.
  return actor + '\n' + key;
}

std::optional<Outcome> IdempotencyTable::find(const std::string& actor, const std::string& key,
                                              const std::optional<Digest>& digest) const {
  const auto found = entries_.find(nameOf(actor, key));
  if (found == entries_.end()) return std::nullopt;
  if (!digest || found->second.digest != *digest) {
    return Refusal{RefusalCode::kIdempotencyKeyReused,
                   "the idempotency key '" + key + "' was used for another command, event " +
                       std::to_string(found->second.receipt.first.value)};
  }
  Receipt receipt = found->second.receipt;
  receipt.kind = ReceiptKind::kRepeated;
  return receipt;
}

void IdempotencyTable::add(const Event& event) {
  if (event.idempotency_key.empty() || !event.command_digest) return;
  std::string name = nameOf(event.actor, event.idempotency_key);
  const auto found = entries_.find(name);
  if (found != entries_.end()) {
    Receipt& receipt = found->second.receipt;
    const bool same_command = found->second.digest == *event.command_digest &&
                              receipt.first.value + receipt.count == event.sequence.value;
    if (same_command) {
      receipt.count += 1;
      return;
    }
    // A key that had been forgotten and came again.
    entries_.erase(found);
  }
  while (entries_.size() >= kMaxKeyedCommands) forgetOldest();
  entries_[name] = Entry{*event.command_digest, Receipt{event.sequence, 1, accountOf(event.body),
                                                        event.time, ReceiptKind::kFresh}};
  ages_.push_back({event.recorded_at, event.sequence, std::move(name)});
}

void IdempotencyTable::forgetOldest() {
  const Age& oldest = ages_.front();
  const auto found = entries_.find(oldest.name);
  // A key that came again has an age of its own.
  if (found != entries_.end() && found->second.receipt.first == oldest.first) entries_.erase(found);
  ages_.pop_front();
}

void IdempotencyTable::forgetBefore(Instant now) {
  while (!ages_.empty() && now.us - ages_.front().recorded_at.us > kIdempotencyWindowUs) {
    forgetOldest();
  }
}

}  // namespace robotledger
