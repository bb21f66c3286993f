// Capabilities: what may be granted, `resource:action`, from Harbor's own table of robot
// permissions and the two chart capabilities of its manual page.
//
//   parseCapability("push-image")->text()        "repository:push"
//   grantableInSystem(*parseCapability("robot:create"))    true
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace robotledger {

// An index into the table, which events store: rows are added at its end and never moved.
struct Capability {
  std::uint16_t index = 0;
  auto operator<=>(const Capability&) const = default;

  std::string_view resource() const;
  std::string_view action() const;
  std::string text() const;       // "repository:push"
  std::string shortName() const;  // "push-image" where there is one, else as text()
};

inline constexpr Capability kPullImage{0};
inline constexpr Capability kPushImage{1};
inline constexpr Capability kPullChart{2};
inline constexpr Capability kPushChart{3};

// How many there are.
std::size_t capabilityCount();

// A short name (pull-image, push-image, pull-chart, push-chart) or `resource:action`; nothing for
// what is not in the table.
std::optional<Capability> parseCapability(std::string_view text);
std::optional<Capability> findCapability(std::string_view resource, std::string_view action);

bool grantableInProject(Capability capability);
bool grantableInSystem(Capability capability);

}  // namespace robotledger
