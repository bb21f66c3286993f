// Harbor's audit log, from the events: GET /api/v2.0/audit-logs and /auditlog-exts, and of one
// project GET /api/v2.0/projects/NAME_OR_ID/logs. The newest first, unless `sort` is op_time.
//
// Who may read everything reads all; a project's administrator what is about his projects.
#pragma once

#include <vector>

#include "api/http/exchange.h"
#include "api/http/operator_parts.h"

namespace robotledger::http {

// Events that a question may have to look at one by one, since no index knows what it asks for.
inline constexpr std::size_t kMaxSearchedEvents = 200000;

// `parts` outlives them.
std::vector<Route> harborAuditRoutes(const OperatorParts& parts);

}  // namespace robotledger::http
