// Which commands came under an idempotency key of late, and what became of them.
//
// Remembers the last 24 hours or 1,000,000 keyed commands, whichever is less. It knows of keys from
// events alone: a command that was accepted with no events is not remembered, and the same again is
// decided again.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <unordered_map>

#include "core/domain/event.h"
#include "core/ledger/receipt.h"

namespace robotledger {

class IdempotencyTable {
 public:
  // The outcome for a command that comes under a key: its first receipt, a refusal where the key
  // was another command's, or nothing where the key is new. `key` is not empty.
  std::optional<Outcome> find(const std::string& actor, const std::string& key,
                              const std::optional<Digest>& digest) const;

  // Takes an event in, in order of sequence. Events of one command have one key.
  void add(const Event& event);

  // Forgets what came before `now` by more than 24 hours.
  void forgetBefore(Instant now);

  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    Digest digest{};
    Receipt receipt;
  };
  struct Age {
    Instant recorded_at;
    Sequence first;
    std::string name;
  };
  static std::string nameOf(const std::string& actor, const std::string& key);
  void forgetOldest();

  std::unordered_map<std::string, Entry> entries_;
  std::deque<Age> ages_;
};

}  // namespace robotledger
