// What else Harbor's clients ask: /api/v2.0/configurations, /permissions, /users/current, /ping,
// /health, /systeminfo, and /api/version. The last four need no login.
#pragma once

#include <vector>

#include "api/http/exchange.h"
#include "api/http/operator_parts.h"

namespace robotledger::http {

// `parts` outlives them.
std::vector<Route> harborSystemRoutes(const OperatorParts& parts);

}  // namespace robotledger::http
