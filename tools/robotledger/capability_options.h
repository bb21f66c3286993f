// CAPABILITY arguments: `push-image`, in the account's own project, or `SCOPE=push-image`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/domain/command.h"

namespace robotledger {

// What is before the first `=` is the scope. Whether it may be granted is the domain's to say.
inline PermissionRequest permissionFrom(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) {
    return {.scope = std::nullopt, .capability = std::string(text)};
  }
  return {.scope = std::string(text.substr(0, equals)),
          .capability = std::string(text.substr(equals + 1))};
}

inline std::vector<PermissionRequest> permissionsFrom(const std::vector<std::string>& texts) {
  std::vector<PermissionRequest> permissions;
  permissions.reserve(texts.size());
  for (const std::string& text : texts) permissions.push_back(permissionFrom(text));
  return permissions;
}

}  // namespace robotledger
