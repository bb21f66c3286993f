#include "api/http/router.h"

#include <set>

#include "core/base/check.h"

namespace robotledger::http {

Router::Router(std::vector<Route> routes) : routes_(std::move(routes)) {
  std::set<std::pair<std::string_view, std::string_view>> known;
  for (std::size_t i = 0; i < routes_.size(); ++i) {
    const Route& route = routes_[i];
    RL_CHECK(route.method != "HEAD", "a HEAD is served where a GET is");
    RL_CHECK(known.emplace(route.path, route.method).second, "a route stands once");
    Place& place = places_[route.path];
    place.routes.push_back(i);
    place.allowed += (place.allowed.empty() ? "" : ", ") + route.method;
    if (route.method == "GET") place.allowed += ", HEAD";
  }
}

Routed Router::find(std::string_view method, std::string_view path) const {
  const auto place = places_.find(path);
  if (place == places_.end()) return {};
  const std::string_view wanted = method == "HEAD" ? "GET" : method;
  for (const std::size_t index : place->second.routes) {
    if (routes_[index].method == wanted) {
      return {.found = RouteFound::kFound,
              .route = &routes_[index],
              .index = index,
              .allowed = place->second.allowed};
    }
  }
  return {.found = RouteFound::kWrongMethod,
          .route = nullptr,
          .index = 0,
          .allowed = place->second.allowed};
}

Response notFound() { return errorAnswer(404, "NOT_FOUND", "there is nothing at this path"); }

Response wrongMethod(std::string_view allowed) {
  Response answer =
      errorAnswer(405, "METHOD_NOT_ALLOWED", "this path takes " + std::string(allowed));
  answer.headers.push_back({"Allow", std::string(allowed)});
  return answer;
}

}  // namespace robotledger::http
