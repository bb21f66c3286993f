// Events as they are wanted elsewhere:
//
//   GET /audit/export?format=csv&project=web        all that match, as a file
//   GET /audit/stream?format=ocsf                   those to come, as Server-Sent Events
//
// `format` is one of api/export; jsonl where it is not given. Which events: account, project,
// actor, kind, from, to as /audit/events has them; who may read them too. An export is as of the
// event that it began at, which its header X-Robotledger-As-Of names.
//
// A stream begins behind the event that the header Last-Event-ID or the parameter `after` names,
// else with the next one to come; an event's id is its sequence, its `event` the kind, its `data`
// the line that an export has. It ends when the operator has changed, and where he signed in with a
// session, when that has ended: who then reconnects is let in or not.
// https://html.spec.whatwg.org/multipage/server-sent-events.html
#pragma once

#include <vector>

#include "api/http/exchange.h"
#include "api/http/operator_parts.h"

namespace robotledger::http {

// `parts` outlives them.
std::vector<Route> eventStreamRoutes(const OperatorParts& parts);

}  // namespace robotledger::http
