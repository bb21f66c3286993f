// Events of the log as the public header gives them.
//
//   auto events = readEvents(ledger, Sequence{7}, 100);
//
// For the files of the front only. Any thread.
#pragma once

#include <vector>

#include "api/embed/core.h"

namespace robotledger::v1 {

// How many are read at once.
inline constexpr std::size_t kMaxEventsAtOnce = 1000;

// From `from` on, as many as there are, `limit` at most; none past the end. kDamaged where one
// cannot be read.
robotledger::Result<std::vector<v1::Event>> readEvents(OpenLedger& ledger, Sequence from,
                                                       std::size_t limit);

}  // namespace robotledger::v1
