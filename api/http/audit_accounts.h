// Questions about accounts: the part of the audit interface that lists and shows them.
//
//   GET /audit/accounts?project=&at=                  and never_expiring, expired, all_projects,
//       creator_gone (true), expiring_within, secret_older_than, unused_for (days), limit, cursor
//   GET /audit/accounts/ACCOUNT?at=                   as it stands, or stood; the dead, by their
//       number, as they last stood
//   GET /audit/accounts/ACCOUNT/history
//   GET /audit/expiring?days=&project=                the soonest first
//
// What is noted of uses is told where an answer is about now: without `at` and `as_of`.
#pragma once

#include <vector>

#include "api/http/exchange.h"
#include "api/http/operator_parts.h"

namespace robotledger::http {

// A part of auditRoutes(). `parts` outlives them.
std::vector<Route> auditAccountRoutes(const OperatorParts& parts);

}  // namespace robotledger::http
