// A log copied whole into an empty one: from tiles that were published into RocksDB, or from one
// database into another. The copy ends with the same root, or is no copy.
//
//   auto head = copyLog(*openTileLog(size, root, read), **new_log, {});
//   if (!head) return head.error();       // what was copied so far is of no use
#pragma once

#include <functional>

#include "core/base/result.h"
#include "core/log/log_store.h"

namespace robotledger {

// Told now and then how many of how many records are copied.
using CopyProgress = std::function<void(TreeSize done, TreeSize all)>;

// Appends every record that `from` has when this begins. The head of the copy, whose size and root
// are then those of `from`'s head. kInvalidArgument where `to` is not empty; kDamaged where a
// record of `from` is, or where the root of what was copied is not what its head says; else as an
// append fails. The thread that appends to `to`; memory for one batch.
Result<LogHead> copyLog(const LogStore& from, LogStore& to, const CopyProgress& progress);

}  // namespace robotledger
