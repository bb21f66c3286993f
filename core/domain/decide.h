// decide: from a command, what is now, and who asks, the events it becomes or the domain's no.
//
//   Decision decision = decide(state, DisableAccount{{"robot$web+ci"}}, context);
//   if (auto* no = std::get_if<Refusal>(&decision)) ...
//   for (EventBody& body : std::get<Accepted>(decision).bodies) ...
//
// Pure: no clock, no randomness, no I/O. The checks come in this order, for every command, and the
// first that fails is the answer: the time, the actor is known, the actor may, the objects named
// exist, the values are valid, the state allows it.
#pragma once

#include <variant>
#include <vector>

#include "core/domain/command.h"
#include "core/domain/refusal.h"
#include "core/domain/state.h"

namespace robotledger {

struct Accepted {
  Instant time;  // of each of the events
  // To be applied in this order. None where all is as UpdateAccount wants it to be.
  std::vector<EventBody> bodies;
};

using Decision = std::variant<Refusal, Accepted>;

Decision decide(const State& state, const Command& command, const Context& context);

// What a new system setting would do at `now`, in numbers of living accounts.
struct ExpiryPreview {
  std::size_t following = 0;              // follow the setting
  std::size_t would_expire = 0;           // of them enabled, not expired yet, and expired at once
  std::size_t would_expire_disabled = 0;  // the same, disabled
};
ExpiryPreview previewSystemExpiry(const State& state, std::int32_t days, Instant now);

}  // namespace robotledger
