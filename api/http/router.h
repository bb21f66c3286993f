// Which route a request is for: by its exact path, then by its method. A HEAD is served where a GET
// is, with the same handler, and the body is left out when it is sent.
//
//   const Router router({{.method = "GET", .path = "/health", .handler = health}});
//   const Routed routed = router.find("PUT", "/health");      // kWrongMethod, allowed "GET, HEAD"
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "api/http/exchange.h"

namespace robotledger::http {

enum class RouteFound : std::uint8_t { kFound, kNoPath, kWrongMethod };

struct Routed {
  RouteFound found = RouteFound::kNoPath;
  const Route* route = nullptr;  // the router's
  std::size_t index = 0;         // among its routes
  std::string_view allowed;      // with kWrongMethod, as the Allow header has it
};

class Router {
 public:
  // No two routes have the same method and path, and none is HEAD's.
  explicit Router(std::vector<Route> routes);

  const std::vector<Route>& routes() const { return routes_; }
  // Any thread.
  Routed find(std::string_view method, std::string_view path) const;

 private:
  struct Place {
    std::vector<std::size_t> routes;
    std::string allowed;
  };
  std::vector<Route> routes_;
  std::map<std::string, Place, std::less<>> places_;  // by path
};

// The answers where there is no route.
Response notFound();
Response wrongMethod(std::string_view allowed);

}  // namespace robotledger::http
