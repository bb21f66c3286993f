// Which route a request is for: by its path, then by its method. A HEAD is served where a GET is,
// with the same handler, and the body is left out when it is sent.
//
//   const Router router({{.method = "GET", .path = "/robots/{id}", .handler = robot, ...}});
//   const Routed routed = router.find("PUT", "/robots/12");   // kWrongMethod, allowed "GET, HEAD"
//
// A segment that a route spells out comes before one in braces.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/http/exchange.h"

namespace robotledger::http {

enum class RouteFound : std::uint8_t { kFound, kNoPath, kWrongMethod };

struct Routed {
  RouteFound found = RouteFound::kNoPath;
  const Route* route = nullptr;   // the router's
  std::size_t index = 0;          // among its routes
  std::string_view allowed;       // with kWrongMethod, as the Allow header has it
  std::vector<PathPart> parts{};  // with kFound
};

class Router {
 public:
  // No two routes have the same method and path, or differ in the names in braces alone; none is
  // HEAD's; all say who may call them.
  explicit Router(std::vector<Route> routes);

  const std::vector<Route>& routes() const { return routes_; }
  // Any thread. A path with a part in braces that is no text in percent-encoding is none.
  Routed find(std::string_view method, std::string_view path) const;

 private:
  // The routes of one path.
  struct Place {
    std::vector<std::size_t> routes;
    std::string allowed;
    std::vector<std::string> names;  // of its parts in braces
  };
  // The paths by their segments.
  struct Node {
    std::map<std::string, Node, std::less<>> spelled;
    std::unique_ptr<Node> any;    // a segment in braces
    std::unique_ptr<Place> rest;  // all that is left in braces
    std::unique_ptr<Place> here;  // the path ends here
  };
  using Values = std::vector<std::string_view>;

  void add(std::size_t index);
  static const Place* find(const Node& node, std::string_view rest, Values& values);

  std::vector<Route> routes_;
  Node root_;
};

// The answers where there is no route.
Response notFound();
Response wrongMethod(std::string_view allowed);

}  // namespace robotledger::http
