// LivingClock: the clock that the ledger believes.
//
// A reading that is more than a day ahead of both the last event and the clock's own last reading
// is an error: an event written then could not be followed by one of the right time. It stays one
// until the ledger is opened anew, which somebody does who has looked at the clock.
#pragma once

#include <optional>

#include "core/base/instant.h"
#include "core/base/result.h"

namespace robotledger {

class LivingClock {
 public:
  // The clock outlives this.
  explicit LivingClock(Clock& clock) : clock_(clock) {}

  // The system's clock, or kClock. Read it now and then while nothing happens (once an hour), so
  // that a quiet week is no leap. One thread at a time.
  Result<Instant> read(Instant last_event);

 private:
  Clock& clock_;
  std::optional<Instant> last_reading_;
};

}  // namespace robotledger
