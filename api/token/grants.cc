#include "api/token/grants.h"

#include <algorithm>

namespace robotledger {
namespace {

// In the order in which `*` gives them.
constexpr std::string_view kActions[] = {"pull", "push", "delete"};

enum class Content : std::uint8_t { kImages, kCharts };

Content contentOf(const ResourceScope& scope, std::string_view charts_segment) {
  if (scope.type == "artifact-repository") return Content::kCharts;
  std::string_view rest = scope.name;
  rest.remove_prefix(std::min(rest.find('/') + 1, rest.size()));
  const bool is_below = !charts_segment.empty() && scope.name.find('/') != std::string::npos &&
                        rest.size() > charts_segment.size() + 1 &&
                        rest.starts_with(charts_segment) && rest[charts_segment.size()] == '/';
  return is_below ? Content::kCharts : Content::kImages;
}

// The capabilities of which any gives the action.
std::vector<Capability> capabilitiesFor(std::string_view action, Content content) {
  static const Capability kDelete = *findCapability("repository", "delete");
  if (action == "delete") return {kDelete};
  if (content == Content::kImages) {
    return {action == "push" ? kPushImage : kPullImage};
  }
  if (action == "push") return {kPushChart};
  return {kPullChart, kPushChart};
}

}  // namespace

std::vector<ResourceScope> grantedOf(const Authorizer& authorizer, Principal principal,
                                     std::span<const ResourceScope> scopes,
                                     std::string_view charts_segment, Instant now) {
  std::vector<ResourceScope> granted;
  granted.reserve(scopes.size());
  for (const ResourceScope& asked : scopes) {
    granted.push_back({asked.type, asked.name, {}});
    const bool is_repository = asked.type == "repository" || asked.type == "artifact-repository";
    if (!is_repository || !isRepositoryName(asked.name)) continue;
    const auto project =
        authorizer.project(std::string_view(asked.name).substr(0, asked.name.find('/')));
    if (!project) continue;
    const Content content = contentOf(asked, charts_segment);
    const auto holds = [&](std::string_view action) {
      return std::ranges::any_of(capabilitiesFor(action, content), [&](Capability capability) {
        return !authorizer.authorize(principal, capability, *project, now);
      });
    };
    const bool all = std::ranges::find(asked.actions, "*") != asked.actions.end();
    for (const std::string_view action : kActions) {
      const bool is_asked = all || std::ranges::find(asked.actions, action) != asked.actions.end();
      if (is_asked && holds(action)) granted.back().actions.emplace_back(action);
    }
  }
  return granted;
}

}  // namespace robotledger
