// Bundles of evidence over HTTP: an answer and its proofs, in a file that stands for itself.
//
//   GET /audit/evidence/who-could?capability=&project=&at=|on=&tz=|from=&to=
//   GET /audit/evidence/history?account=
//   GET /audit/evidence/events?account=&project=&actor=&kind=&from=&to=&after=&limit=
//
// With slim=true only the answer's own events are in it; else the whole log, for who may read
// everything. as_of and at_least as everywhere. One is made at a time, since each reads the whole
// log: who comes meanwhile is answered 503.
#pragma once

#include <vector>

#include "api/http/exchange.h"
#include "api/http/operator_parts.h"

namespace robotledger::http {

// `parts` outlives them.
std::vector<Route> evidenceRoutes(const OperatorParts& parts);

}  // namespace robotledger::http
