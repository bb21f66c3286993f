#include "tools/robotledger/uses.h"

#include <algorithm>

namespace robotledger {

std::optional<LastUses> readUses(const Session& session) {
  auto uses = readLastUsed(lastUsedPath(session.globals().ledger_dir));
  if (uses) return *std::move(uses);
  if (uses.error().code != ErrorCode::kNotFound) printNote(uses.error().message);
  return std::nullopt;
}

std::string lastUsedText(const std::optional<LastUses>& uses, AccountId account, Instant created) {
  if (!uses) return "";
  const LastUse* last = uses->find(account, created);
  return last == nullptr ? "never" : formatInstant(last->at) + " from " + last->address;
}

void putLastUsed(Json& json, const std::optional<LastUses>& uses, AccountId account,
                 Instant created) {
  const LastUse* last = uses ? uses->find(account, created) : nullptr;
  json["last_used_at"] = last == nullptr ? Json(nullptr) : Json(formatInstant(last->at));
  json["last_used_from"] = last == nullptr ? Json(nullptr) : Json(last->address);
}

std::string notedSinceText(const std::optional<LastUses>& uses) {
  return uses ? "Uses are noted since " + formatInstant(uses->since) + "."
              : "Uses have not been noted yet.";
}

Instant unusedSince(const LastUses& uses, AccountId account, Instant created) {
  const LastUse* last = uses.find(account, created);
  return last == nullptr ? std::max(created, uses.since) : last->at;
}

}  // namespace robotledger
