// When accounts were last used, as the file beside the ledger says, for the subcommands that show
// it. It is about now alone: answers as of an earlier event, or about another instant, leave it
// out.
//
//   const auto uses = readUses(session);
//   table.add({..., lastUsedText(uses, account.id, created_at)});
#pragma once

#include <optional>
#include <string>

#include "api/login/last_used.h"
#include "tools/robotledger/command.h"

namespace robotledger {

// Nothing where uses were never noted, or the file is damaged, which is told of.
std::optional<LastUses> readUses(const Session& session);

// "2026-11-27T13:50:00Z from 10.0.0.7"; "never", where it was not since noting began; empty where
// nothing was noted.
std::string lastUsedText(const std::optional<LastUses>& uses, AccountId account, Instant created);
// Puts "last_used_at" and "last_used_from", null where they are not known.
void putLastUsed(Json& json, const std::optional<LastUses>& uses, AccountId account,
                 Instant created);
// "Uses are noted since 2026-11-01T08:00:00Z."
std::string notedSinceText(const std::optional<LastUses>& uses);

// Since when it was not used: its last use; where there is none, its creation or the beginning of
// noting, whichever is later.
Instant unusedSince(const LastUses& uses, AccountId account, Instant created);

}  // namespace robotledger
