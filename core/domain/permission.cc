#include "core/domain/permission.h"

#include <algorithm>
#include <iterator>

namespace robotledger {

bool contains(const Permissions& permissions, const Permission& permission) {
  return std::ranges::binary_search(permissions, permission);
}

void addAll(Permissions& permissions, const Permissions& changes) {
  Permissions all;
  all.reserve(permissions.size() + changes.size());
  std::ranges::set_union(permissions, changes, std::back_inserter(all));
  permissions = std::move(all);
}

void removeAll(Permissions& permissions, const Permissions& changes) {
  Permissions rest;
  rest.reserve(permissions.size());
  std::ranges::set_difference(permissions, changes, std::back_inserter(rest));
  permissions = std::move(rest);
}

bool anyIn(const Permissions& permissions, Scope scope) {
  return std::ranges::any_of(permissions, [&](const Permission& p) { return p.scope == scope; });
}

}  // namespace robotledger
