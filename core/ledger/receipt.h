// What a caller is told of a command: a receipt for what it became, or the domain's no.
#pragma once

#include <cstdint>
#include <variant>

#include "core/domain/event.h"
#include "core/domain/refusal.h"

namespace robotledger {

enum class ReceiptKind : std::uint8_t {
  kFresh,     // the command was accepted now
  kRepeated,  // the same command under the same idempotency key had become them before
};

// A command that found everything as it wants it to be is accepted with no events: nothing was
// written.
struct Receipt {
  Sequence first;           // of the command's events; with none, that of the next event
  std::uint32_t count = 0;  // how many there are, one after the other
  AccountId account;        // the account that the first is about; 0 for none
  Instant time;
  ReceiptKind kind = ReceiptKind::kFresh;
  bool operator==(const Receipt&) const = default;
};

using Outcome = std::variant<Refusal, Receipt>;

}  // namespace robotledger
