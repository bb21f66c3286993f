// Bundles of log entries (https://c2sp.org/tlog-tiles): up to 256 entries one after the other, each
// behind its length in two bytes, the higher one first. The entries of a bundle are those whose
// hashes are in the tile of level 0 of the same index, and the same width.
//
//   Bytes bundle;
//   if (auto put = putEntry(bundle, entry); !put) return put;
//   auto entries = readEntryBundle(bundle, 1);
//
// All functions: any thread.
#pragma once

#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace robotledger {

// Appends an entry to a bundle. kInvalidArgument for one longer than kMaxEntryBytes.
Result<void> putEntry(Bytes& bundle, BytesView entry);

// The entries, as views into the bundle. kDamaged where it does not have `width` of them and
// nothing else. What they say is not checked: that is for their leaf hashes to tell.
Result<std::vector<BytesView>> readEntryBundle(BytesView bundle, unsigned width);

}  // namespace robotledger
