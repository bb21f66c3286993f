#include "core/ledger/living_clock.h"

#include <algorithm>

#include "core/base/limits.h"

namespace robotledger {

Result<Instant> LivingClock::read(Instant last_event) {
  const Instant now = clock_.now();
  if (last_reading_) {
    const Instant known = std::max(last_event, *last_reading_);
    if (now.us - known.us > kClockLeapUs) {
      return Error{ErrorCode::kClock, "the system's clock leapt from " + formatInstant(known) +
                                          " to " + formatInstant(now) +
                                          "; nothing is written until the ledger is opened again"};
    }
    last_reading_ = std::max(now, *last_reading_);
  } else {
    last_reading_ = now;
  }
  return now;
}

}  // namespace robotledger
