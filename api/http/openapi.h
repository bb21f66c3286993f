// The description of all that is served, OpenAPI 3.0, at /openapi.yaml.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/http/exchange.h"

namespace robotledger::http {

// The text of api/http/openapi.yaml.
std::string_view openapiText();

inline std::vector<Route> openapiRoutes() {
  return {{.method = "GET",
           .path = "/openapi.yaml",
           .handler = [](const Request&) -> Handled {
             return Response{.status = 200,
                             .headers = {{"Content-Type", "application/yaml; charset=utf-8"}},
                             .body = std::string(openapiText())};
           },
           .access = Access::kAnyone,
           .statuses = {200},
           .body_limit = 0}};
}

}  // namespace robotledger::http
