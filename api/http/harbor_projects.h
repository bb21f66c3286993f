// Harbor's projects: GET and POST /api/v2.0/projects; GET, HEAD and DELETE
// /api/v2.0/projects/NAME_OR_ID.
//
// A project named by digits only is an id, unless the header X-Is-Resource-Name is true. Who may
// read everything sees all of them, a project's administrator his own; to all others a project is
// 403, whether there is one or not. Deleting one deletes its robots, in one batch.
#pragma once

#include <variant>
#include <vector>

#include "api/http/exchange.h"
#include "api/http/operator_parts.h"
#include "projections/catalog.h"
#include "projections/view.h"

namespace robotledger::http {

// The living project that the path's {name_or_id} names, as he may see it; else what he is
// answered. Lives as long as the view. Any thread.
std::variant<Response, const ProjectLife*> seenProject(const View& view, const Request& request,
                                                       const SignedIn& by);

// `parts` outlives them.
std::vector<Route> harborProjectRoutes(const OperatorParts& parts);

}  // namespace robotledger::http
