#include "api/http/router.h"

#include <optional>

#include "api/token/form.h"
#include "core/base/check.h"

namespace robotledger::http {
namespace {

// Takes the next segment off a path, and the '/' before it.
std::string_view takeSegment(std::string_view& path) {
  const std::size_t end = path.find('/', 1);
  const std::string_view segment = path.substr(1, end == path.npos ? path.npos : end - 1);
  path = end == path.npos ? std::string_view() : path.substr(end);
  return segment;
}

// The name in "{name}" or "{name...}"; nothing for a segment that is spelled out.
std::optional<std::string_view> nameIn(std::string_view segment) {
  if (!segment.starts_with('{') || !segment.ends_with('}')) return std::nullopt;
  std::string_view name = segment.substr(1, segment.size() - 2);
  if (name.ends_with("...")) name.remove_suffix(3);
  return name;
}

}  // namespace

Router::Router(std::vector<Route> routes) : routes_(std::move(routes)) {
  for (std::size_t i = 0; i < routes_.size(); ++i) add(i);
}

void Router::add(std::size_t index) {
  const Route& route = routes_[index];
  RL_CHECK(route.method != "HEAD", "a HEAD is served where a GET is");
  RL_CHECK(route.access != Access::kUnstated, "a route says who may call it");
  Node* node = &root_;
  std::vector<std::string> names;
  std::string_view path = route.path;
  std::unique_ptr<Place>* place = nullptr;
  while (!path.empty()) {
    const std::string_view segment = takeSegment(path);
    const auto name = nameIn(segment);
    if (!name) {
      node = &node->spelled[std::string(segment)];
      continue;
    }
    names.emplace_back(*name);
    if (segment.ends_with("...}")) {
      RL_CHECK(path.empty(), "what stands for all that is left is the last");
      place = &node->rest;
      break;
    }
    if (!node->any) node->any = std::make_unique<Node>();
    node = node->any.get();
  }
  if (place == nullptr) place = &node->here;
  if (!*place) *place = std::make_unique<Place>(Place{.names = names});
  Place& at = **place;
  RL_CHECK(at.names == names, "two routes of one path call its parts the same");
  for (const std::size_t other : at.routes) {
    RL_CHECK(routes_[other].method != route.method, "a route stands once");
  }
  at.routes.push_back(index);
  at.allowed += (at.allowed.empty() ? "" : ", ") + route.method;
  if (route.method == "GET") at.allowed += ", HEAD";
}

const Router::Place* Router::find(const Node& node, std::string_view rest, Values& values) {
  if (rest.empty()) return node.here.get();
  std::string_view after = rest;
  const std::string_view segment = takeSegment(after);
  if (const auto spelled = node.spelled.find(segment); spelled != node.spelled.end()) {
    if (const Place* place = find(spelled->second, after, values)) return place;
  }
  if (node.any && !segment.empty()) {
    values.push_back(segment);
    if (const Place* place = find(*node.any, after, values)) return place;
    values.pop_back();
  }
  if (node.rest && rest.size() > 1) {
    values.push_back(rest.substr(1));
    return node.rest.get();
  }
  return nullptr;
}

Routed Router::find(std::string_view method, std::string_view path) const {
  if (!path.starts_with('/')) return {};
  Values values;
  const Place* place = find(root_, path, values);
  if (place == nullptr) return {};
  Routed routed{.found = RouteFound::kWrongMethod, .allowed = place->allowed};
  const std::string_view wanted = method == "HEAD" ? "GET" : method;
  for (const std::size_t index : place->routes) {
    if (routes_[index].method != wanted) continue;
    routed.found = RouteFound::kFound;
    routed.route = &routes_[index];
    routed.index = index;
  }
  if (routed.found != RouteFound::kFound) return routed;
  for (std::size_t i = 0; i < values.size(); ++i) {
    auto value = percentDecoded(values[i], Plus::kItself);
    if (!value) return {};
    routed.parts.push_back({place->names[i], *std::move(value)});
  }
  return routed;
}

Response notFound() { return errorAnswer(404, "NOT_FOUND", "there is nothing at this path"); }

Response wrongMethod(std::string_view allowed) {
  Response answer =
      errorAnswer(405, "METHOD_NOT_ALLOWED", "this path takes " + std::string(allowed));
  answer.headers.push_back({"Allow", std::string(allowed)});
  return answer;
}

}  // namespace robotledger::http
