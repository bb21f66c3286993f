// A robot of a Harbor in the domain's words.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "api/import/harbor_data.h"
#include "core/domain/command.h"

namespace robotledger {

// One thing that did not come over, or not whole.
struct HarborNote {
  std::string what;  // "robot$library+ci"
  std::string why;
};

struct WantedRobot {
  const HarborRobot* robot = nullptr;
  std::uint64_t line = 0;
  std::string qualified_name;
  std::optional<std::string> project;
  std::string name;
  std::vector<PermissionRequest> permissions;
  ExpiryRequest expiry;
};

// Nothing, and a note, where its name is none here; what it may and cannot be granted here is left
// out, with a note each. The robot outlives it. Any thread.
std::optional<WantedRobot> wantedRobot(const HarborRobot& robot, const std::string& prefix,
                                       std::uint64_t line, std::vector<HarborNote>& notes);

}  // namespace robotledger
