// When accounts were last used, in answers: noted beside the ledger and not in it, and about now
// alone. Answers as of an earlier event, or about another instant, leave it out.
//
//   json = asking.accountJson(account);
//   putLastUsed(json, uses, account);
//
// All functions: any thread.
#pragma once

#include <optional>
#include <string>

#include "api/json/json_text.h"
#include "api/login/last_used.h"
#include "projections/account_queries.h"

namespace robotledger {

// What was noted, or nothing where uses never were.
using UsesNoted = std::optional<LastUses>;

// "2026-11-27T13:50:00Z from 10.0.0.7"; "never", where it was not since noting began; empty where
// nothing was noted.
std::string lastUsedText(const UsesNoted& uses, const AccountAt& account);
// Puts "last_used_at" and "last_used_from", null where they are not known.
void putLastUsed(Json& json, const UsesNoted& uses, const AccountAt& account);
// "Uses are noted since 2026-11-01T08:00:00Z."
std::string notedSinceText(const UsesNoted& uses);

// Since when it was not used: its last use; where there is none, its creation or the beginning of
// noting, whichever is later.
Instant unusedSince(const LastUses& uses, const AccountAt& account);

}  // namespace robotledger
