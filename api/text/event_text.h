// Events in words, for people: what happened, on one line, and who did it by which way.
//
//   eventText(event, names)                   "granted push-image in web to robot$web+ci"
//   actorText(event.actor, event.channel)     "admin (cli, bob)"
#pragma once

#include <string>
#include <string_view>

#include "api/text/event_names.h"
#include "core/domain/event.h"

namespace robotledger {

// What happened, in the past tense, without who and when. kViewsDamaged as EventNames. One thread.
Result<std::string> eventText(const Event& event, EventNames& names);

// "admin (cli, bob)", under sudo "admin (cli, root, sudo by bob)"; "alice (http, 10.0.0.1)",
// "alice (import line 12)", "admin (program my-registry)", "the ledger itself". Any thread.
std::string actorText(std::string_view actor, const Channel& channel);

// "push-image, pull-chart in web; repository:delete in *". Any thread.
std::string permissionsText(const Permissions& permissions, const EventNames& names);

// The text on one line, for a terminal: control characters as \xNN, what is not UTF-8 as '?'.
std::string printableText(std::string_view text);

}  // namespace robotledger
