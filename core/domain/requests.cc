#include "core/domain/requests.h"

#include <algorithm>
#include <set>

#include "core/base/limits.h"
#include "core/domain/text.h"

namespace robotledger {
namespace {

Refusal notAllowed(std::string message) {
  return {RefusalCode::kScopeNotAllowed, std::move(message)};
}

std::variant<Refusal, Scope> resolveScope(const State& state, ProjectId home,
                                          const std::optional<std::string>& asked) {
  if (home.value != 0) {
    const Project* own = state.findProject(home);
    if (!asked || (own != nullptr && *asked == own->name)) return Scope::inProject(home);
    return notAllowed("a project account has permissions in its own project only, not in " +
                      inQuotes(*asked));
  }
  if (!asked) return notAllowed("a system account's permission has to name a scope");
  if (*asked == "*") return Scope::allProjects();
  if (*asked == "/") return Scope::system();
  const Project* project = state.findProject(*asked);
  if (project != nullptr) return Scope::inProject(project->id);
  return Refusal{RefusalCode::kUnknownProject, "there is no project " + inQuotes(*asked)};
}

}  // namespace

std::variant<Refusal, Permissions> resolvePermissions(const State& state, ProjectId project,
                                                      std::span<const PermissionRequest> requests) {
  std::set<Permission> resolved;
  for (const PermissionRequest& request : requests) {
    auto scope = resolveScope(state, project, request.scope);
    if (auto* refused = std::get_if<Refusal>(&scope)) return *refused;
    const Scope where = std::get<Scope>(scope);
    const auto capability = parseCapability(request.capability);
    const bool system = where.kind == Scope::Kind::kSystem;
    if (!capability ||
        !(system ? grantableInSystem(*capability) : grantableInProject(*capability))) {
      return Refusal{RefusalCode::kInvalidPermission, inQuotes(request.capability) +
                                                          " cannot be granted " +
                                                          (system ? "in '/'" : "in a project")};
    }
    resolved.insert({where, *capability});
    if (resolved.size() > kMaxPermissions) {
      return Refusal{RefusalCode::kInvalidPermission, "more than 500 permissions in one command"};
    }
  }
  return Permissions(resolved.begin(), resolved.end());
}

std::variant<Refusal, Expiry> resolveExpiry(const ExpiryRequest& request) {
  if (request.kind == Expiry::Kind::kSystem) return Expiry::system();
  if (request.kind == Expiry::Kind::kNever) return Expiry::never();
  if (!isDays(request.days)) {
    return Refusal{RefusalCode::kInvalidDays,
                   "an expiry is 1 to 2147483646 days, not " + std::to_string(request.days)};
  }
  return Expiry::days(static_cast<std::int32_t>(request.days));
}

bool isDays(std::int64_t days) { return days >= kMinDays && days <= kMaxDays; }

}  // namespace robotledger
