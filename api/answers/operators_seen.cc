#include "api/answers/operators_seen.h"

#include <algorithm>
#include <map>

#include "core/domain/text.h"

namespace robotledger {

std::variant<Refusal, std::vector<OperatorSeen>> operatorsSeen(const StateImage& state,
                                                               std::string_view asks) {
  const auto reader = std::ranges::find(state.operators, asks, &Operator::name);
  if (reader == state.operators.end()) {
    return Refusal{RefusalCode::kUnknownOperator, "there is no operator " + inQuotes(asks)};
  }
  const bool everything = reader->has(Role::kSystemAdmin) || reader->has(Role::kAuditor);
  std::map<ProjectId, std::string> names;
  for (const Project& project : state.projects) names[project.id] = project.name;
  std::vector<OperatorSeen> operators;
  for (const Operator& person : state.operators) {
    if (!everything && person.name != asks) continue;
    OperatorSeen seen{.id = person.id, .name = person.name, .roles = {}, .administers = {}};
    for (const Role role : person.roles) seen.roles.emplace_back(roleName(role));
    for (const ProjectId id : person.administers) {
      if (const auto name = names.find(id); name != names.end()) {
        seen.administers.push_back(name->second);
      }
    }
    std::ranges::sort(seen.administers);
    operators.push_back(std::move(seen));
  }
  std::ranges::sort(operators, {}, &OperatorSeen::name);
  return operators;
}

Json operatorsJson(const std::vector<OperatorSeen>& operators) {
  Json rows = Json::array();
  for (const OperatorSeen& person : operators) {
    rows.push_back({{"id", person.id.value},
                    {"name", person.name},
                    {"roles", person.roles},
                    {"administers", person.administers}});
  }
  return {{"operators", std::move(rows)}};
}

}  // namespace robotledger
