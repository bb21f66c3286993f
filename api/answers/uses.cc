#include "api/answers/uses.h"

#include <algorithm>

namespace robotledger {
namespace {

const LastUse* lastUseOf(const UsesNoted& uses, const AccountAt& account) {
  return uses ? uses->find(account.account.id, account.created_at) : nullptr;
}

}  // namespace

std::string lastUsedText(const UsesNoted& uses, const AccountAt& account) {
  if (!uses) return "";
  const LastUse* last = lastUseOf(uses, account);
  return last == nullptr ? "never" : formatInstant(last->at) + " from " + last->address;
}

void putLastUsed(Json& json, const UsesNoted& uses, const AccountAt& account) {
  const LastUse* last = lastUseOf(uses, account);
  json["last_used_at"] = last == nullptr ? Json(nullptr) : Json(formatInstant(last->at));
  json["last_used_from"] = last == nullptr ? Json(nullptr) : Json(last->address);
}

std::string notedSinceText(const UsesNoted& uses) {
  return uses ? "Uses are noted since " + formatInstant(uses->since) + "."
              : "Uses have not been noted yet.";
}

Instant unusedSince(const LastUses& uses, const AccountAt& account) {
  const LastUse* last = uses.find(account.account.id, account.created_at);
  return last == nullptr ? std::max(account.created_at, uses.since) : last->at;
}

}  // namespace robotledger
