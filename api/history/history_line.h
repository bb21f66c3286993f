// One line of a history file (JSON Lines, one command a line) as a command.
//
//   auto read = parseHistoryLine(R"({"at":"2025-03-01T09:30:00Z","actor":"alice","do":"disable",)"
//                                R"("account":"robot$library+ci"})");
//   if (auto* refused = std::get_if<Refusal>(&read)) return report(line_number, *refused);
//   auto& line = std::get<HistoryLine>(read);
//   Decision decision = decide(state, line.command, contextOf(line));
//
// Strict: whoever writes `"permision"` hears of it. What a value means (a name, a number of days, a
// permission that may be granted) is the domain's to judge; here is judged whether the line has the
// fields of its `do`, each once and of its type.
//
// | do | must have, beside at, actor, do | may have, beside reason |
// |---|---|---|
// | create_project, delete_project | project | |
// | add_operator, remove_operator | operator | |
// | grant_role, revoke_role | operator, role; project for project_admin | |
// | create_account | project or "level":"system"; name, permissions | expires, description |
// | grant, revoke | account, permissions | |
// | disable, enable, delete, renew, rotate_secret | account | |
// | set_expiry | account, expires | |
// | describe | account, description | |
// | set_system_expiry | days | |
//
// `days`, and `expires` where it is neither "system" nor "never", are whole numbers; one that does
// not fit 64 bits is as far out as one that does, so that the domain refuses it as invalid_days. A
// permission is a string, {scope, capability} or {scope, resource, action}.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "core/domain/command.h"
#include "core/domain/refusal.h"

namespace robotledger {

struct HistoryLine {
  Instant at;
  std::string actor;
  std::string reason;
  Command command;
};

// The line's command, or a refusal that is always kMalformedLine, with a message of one line that
// names the field and what was expected and repeats at most some printable bytes of the line. What
// is returned owns its text. Cost: one pass over the line. Any thread.
std::variant<Refusal, HistoryLine> parseHistoryLine(std::string_view line);

}  // namespace robotledger
