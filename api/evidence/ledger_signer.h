// Evidence of a ledger that is open, signed with its key.
#pragma once

#include "api/embed/ledger_access.h"
#include "api/evidence/bundle.h"

namespace robotledger {

// The ledger's key, which signs what is written now as it would have been signed then; the ledger
// outlives it. As canSign() fails. Any thread.
Result<EvidenceSigner> evidenceSigner(LedgerAccess& ledger);

}  // namespace robotledger
