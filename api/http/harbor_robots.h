// Harbor's robots: GET and POST /api/v2.0/robots; GET, PUT, PATCH and DELETE /api/v2.0/robots/ID.
//
// A PUT becomes the events for what differs, in one batch. Who may see a robot: of a project its
// administrator, and who may read everything; of the system only the latter. To all others a number
// is 403, whether there is such a robot or not.
#pragma once

#include <memory>
#include <vector>

#include "api/http/exchange.h"
#include "api/http/operator_parts.h"

namespace robotledger::http {

// `parts` outlives them.
std::vector<Route> harborRobotRoutes(const OperatorParts& parts);

}  // namespace robotledger::http
