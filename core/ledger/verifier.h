// The verifier: reads a log from its first byte to its last, believes none of it, and names the
// first thing that is wrong.
//
//   auto verified = verifyLog(log, {.copies = copies});
//   if (!verified) return verified.error();     // "record 785 was changed: ..."
//
// From the stored bytes it recomputes every leaf, every tile of every level, and the root; decodes
// every event at its place; and replays them through the domain, which says no to a sequence that
// is out of turn, a time that goes back, and what cannot follow on what came before. Last comes the
// saved copy of the state, which has to be what the replay gives at its size.
//
// Ranges of whole tiles are read, hashed and decoded by several threads, some ranges ahead of the
// replay, which goes through them in order. So memory is bounded, but for the state itself.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "core/base/result.h"
#include "core/ledger/saved_state.h"
#include "core/log/log_store.h"

namespace robotledger {

struct VerifyLogOptions {
  SavedStates* copies = nullptr;  // of the state; not looked at where null
  unsigned workers = 0;           // threads beside the caller's; as many as there are cores for 0
  // Told now and then, on the caller's thread, how many of how many events are done.
  std::function<void(TreeSize done, TreeSize all)> progress;
};

// What was found to be as it should be.
struct VerifiedLog {
  TreeSize size;
  Digest root{};
  std::uint64_t tiles = 0;       // of hashes, at all levels, those at the right edge included
  std::optional<TreeSize> copy;  // how many events the saved state was made of, where there is one
  bool operator==(const VerifiedLog&) const = default;
};

// The log up to the head that it has when this begins; it may grow meanwhile. kDamaged names the
// first record or tile in order of sequence that is wrong, or says what the saved state differs in;
// kIo where the system fails. Any thread.
Result<VerifiedLog> verifyLog(const LogStore& log, const VerifyLogOptions& options);

}  // namespace robotledger
