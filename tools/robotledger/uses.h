// When accounts were last used, as the file beside the ledger says, for the subcommands that show
// it; in words and JSON by api/answers/uses.h.
#pragma once

#include "api/answers/uses.h"
#include "tools/robotledger/command.h"

namespace robotledger {

// Nothing where uses were never noted, or the file is damaged, which is told of.
UsesNoted readUses(const Session& session);

}  // namespace robotledger
