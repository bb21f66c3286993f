// The beginning of a log, as a log of its own: what it was when it had so many records. To be read
// alone.
//
//   auto prefix = openLogPrefix(log, TreeSize{5385});
//   if (!prefix) return prefix.error();
//   auto verified = verifyLog(**prefix, {});
#pragma once

#include <memory>

#include "core/log/log_store.h"

namespace robotledger {

// Its head has the root that the log's tree had at that size, by the tiles: verifyLog() tells
// whether the records give it, too. kNotFound where the log never had that size or for 0; else as
// the log's tiles are read. The log outlives it, and may grow meanwhile. Any thread.
Result<std::unique_ptr<LogStore>> openLogPrefix(const LogStore& log, TreeSize size);

}  // namespace robotledger
