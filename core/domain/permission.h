// Scopes and permissions: where something may be done, and what.
//
//   Permission{Scope::inProject(web), kPushImage}    push images to one project
//   Permission{Scope::allProjects(), kPullImage}     pull from every project, those to come too
#pragma once

#include <compare>
#include <vector>

#include "core/base/ids.h"
#include "core/domain/capability.h"

namespace robotledger {

struct Scope {
  enum class Kind : std::uint8_t { kProject, kAllProjects, kSystem };
  ProjectId project;  // 0 unless kind is kProject
  Kind kind = Kind::kProject;
  auto operator<=>(const Scope&) const = default;

  static Scope inProject(ProjectId project) { return {project, Kind::kProject}; }
  static Scope allProjects() { return {ProjectId{0}, Kind::kAllProjects}; }
  static Scope system() { return {ProjectId{0}, Kind::kSystem}; }
};

struct Permission {
  Scope scope;
  Capability capability;
  auto operator<=>(const Permission&) const = default;
};

// Sorted, each once.
using Permissions = std::vector<Permission>;

bool contains(const Permissions& permissions, const Permission& permission);
// Adds or removes those of `changes`; a set's union or difference.
void addAll(Permissions& permissions, const Permissions& changes);
void removeAll(Permissions& permissions, const Permissions& changes);
// Whether any of them is in the scope.
bool anyIn(const Permissions& permissions, Scope scope);

}  // namespace robotledger
