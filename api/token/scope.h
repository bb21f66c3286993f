// Scopes, as clients of a registry ask for them: what is to be done to which resource.
//
//   auto scopes = parseScopes({"repository:web/app:pull,push repository:web/base:pull"});
//   (*scopes)[0]   {"repository", "web/app", {"pull", "push"}}
//
// The grammar is that of the distribution project's token authentication: `type:name:actions`,
// where the name may have colons of its own, several parted by spaces.
// https://distribution.github.io/distribution/spec/auth/scope/
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace robotledger {

struct ResourceScope {
  std::string type;                  // "repository"
  std::string name;                  // "web/app"
  std::vector<std::string> actions;  // each once, in the order in which they came
  bool operator==(const ResourceScope&) const = default;
};

inline constexpr std::size_t kMaxScopes = 32;
inline constexpr std::size_t kMaxScopeBytes = 1024;
inline constexpr std::size_t kMaxActions = 16;

// Each resource once, with all actions that any of the texts asks for. Nothing where a scope has no
// two colons, an empty type or name, characters outside of printable ASCII, or where there are
// more, or longer ones, than the limits above allow. Any thread.
std::optional<std::vector<ResourceScope>> parseScopes(std::span<const std::string> texts);

// Whether it is a name that a repository may have: components of lower-case letters and digits,
// with
// '.', '_', '__' or dashes within them, parted by slashes; at most 255 bytes. The grammar of
// https://github.com/distribution/reference. Any thread.
bool isRepositoryName(std::string_view name);

}  // namespace robotledger
