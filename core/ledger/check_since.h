// Whether a checkpoint that an auditor kept is a beginning of today's log: then nothing that it
// covers was changed, left out or put in since.
//
//   auto verified = verifyLog(log, {});               // the tiles are those of the records
//   auto since = checkSince(log, note, key);
//   if (!since) return since.error();                 // what was expected, and what was found
#pragma once

#include <string_view>

#include "core/base/result.h"
#include "core/log/log_store.h"
#include "core/merkle/checkpoint.h"
#include "core/merkle/verifier_key.h"

namespace robotledger {

// The old checkpoint, once its signature by the key is good and the log's tree had its root at its
// size. The root is computed from the log's tiles; that they are what the records give is for
// verifyLog() to find. kDamaged where the note is none or not signed by the key, the log has fewer
// records, or another root there: it says what was expected and what was found. Else as the log
// fails. Any thread.
Result<Checkpoint> checkSince(const LogStore& log, std::string_view note, const VerifierKey& key);

}  // namespace robotledger
