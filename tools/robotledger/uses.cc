#include "tools/robotledger/uses.h"

namespace robotledger {

UsesNoted readUses(const Session& session) {
  auto uses = readLastUsed(lastUsedPath(session.globals().ledger_dir));
  if (uses) return *std::move(uses);
  if (uses.error().code != ErrorCode::kNotFound) printNote(uses.error().message);
  return std::nullopt;
}

}  // namespace robotledger
