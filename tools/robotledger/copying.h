// Ledgers made from logs: for `restore` and `replay`.
#pragma once

#include "core/merkle/verifier_key.h"
#include "tools/robotledger/command.h"

namespace robotledger {

// A copy of the log in the new directory `to`, with the guard there or, where that is empty, in it;
// once all of the log is verified, and its events replayed. Progress on a terminal.
Result<LogHead> copyVerified(const LogStore& log, const std::string& to, const std::string& guard);

// The same of published tiles, once their checkpoint is found to be signed with the key.
Result<LogHead> copyTiles(const std::string& tiles, const VerifierKey& key, const std::string& to,
                          const std::string& guard);

// Where a backup keeps the verifier key.
std::string backupKeyFile(const std::string& directory);

}  // namespace robotledger
