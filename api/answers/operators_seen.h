// The operators and their roles, as far as one of them may see: all of them for who may read
// everything, for anybody else himself.
//
//   auto seen = operatorsSeen(outline->image, "petra");
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "api/json/json_text.h"
#include "core/domain/refusal.h"
#include "core/domain/state.h"

namespace robotledger {

struct OperatorSeen {
  OperatorId id;
  std::string name;
  std::vector<std::string> roles;        // "system_admin", "auditor"
  std::vector<std::string> administers;  // projects, by their names
};

// In order of their names, or why he who asks is refused: there is no such operator. Any thread.
std::variant<Refusal, std::vector<OperatorSeen>> operatorsSeen(const StateImage& state,
                                                               std::string_view asks);

// {"operators":[{"id","name","roles","administers"}]}. Any thread.
Json operatorsJson(const std::vector<OperatorSeen>& operators);

}  // namespace robotledger
