#include "api/evidence/ledger_signer.h"

namespace robotledger {

Result<EvidenceSigner> evidenceSigner(LedgerAccess& ledger) {
  if (auto can = ledger.canSign(); !can) return can.error();
  return EvidenceSigner{
      .key = *ledger.verifierKey(),
      .checkpoint = [&ledger](const Checkpoint& wanted) -> Result<std::string> {
        auto made = ledger.checkpointAt(wanted.size);
        if (!made) return made.error();
        return std::move(made->note);
      },
      .note = [&ledger](const std::string& text) { return ledger.signText(text); }};
}

}  // namespace robotledger
