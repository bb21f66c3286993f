#include "core/domain/account.h"

#include <algorithm>

namespace robotledger {
namespace {

Error impossible(std::string why) { return Error{ErrorCode::kDamaged, std::move(why)}; }

Result<void> on(Account& account, const PermissionsGranted& e, Instant) {
  for (const Permission& permission : e.permissions) {
    if (contains(account.permissions, permission)) return impossible("it is granted already");
  }
  addAll(account.permissions, e.permissions);
  return {};
}

Result<void> on(Account& account, const PermissionsRevoked& e, Instant) {
  for (const Permission& permission : e.permissions) {
    if (!contains(account.permissions, permission)) return impossible("it was not granted");
  }
  removeAll(account.permissions, e.permissions);
  return {};
}

Result<void> on(Account& account, const AccountDisabled&, Instant) {
  if (account.status == AccountStatus::kDisabled) return impossible("it is disabled already");
  account.status = AccountStatus::kDisabled;
  return {};
}

Result<void> on(Account& account, const AccountEnabled&, Instant) {
  if (account.status == AccountStatus::kEnabled) return impossible("it is enabled already");
  account.status = AccountStatus::kEnabled;
  return {};
}

Result<void> on(Account& account, const AccountRenewed&, Instant time) {
  account.terms.issued_at = time;
  account.terms.follows_since = time;
  return {};
}

Result<void> on(Account& account, const AccountExpiryChanged& e, Instant time) {
  if (account.terms.expiry != e.before) return impossible("its expiry was another");
  account.terms.expiry = e.after;
  account.terms.follows_since = time;
  return {};
}

Result<void> on(Account& account, const AccountDescribed& e, Instant) {
  if (account.description != e.before) return impossible("its description was another");
  account.description = e.after;
  return {};
}

Result<void> on(Account&, const SecretIssued&, Instant) { return {}; }

Result<void> on(Account&, const ClaimRecorded&, Instant) { return {}; }

}  // namespace

Account accountFrom(const AccountCreated& created, Instant time) {
  return Account{.id = created.account,
                 .name = created.name,
                 .description = created.description,
                 .permissions = created.permissions,
                 .terms = {created.expiry, created.issued_at, time},
                 .project = created.project,
                 .status = AccountStatus::kEnabled};
}

Result<void> applyToAccount(Account& account, const EventBody& body, Instant time) {
  return std::visit(
      [&](const auto& e) -> Result<void> {
        if constexpr (requires { on(account, e, time); }) {
          return on(account, e, time);
        } else {
          return impossible("it is not an event in an account's life");
        }
      },
      body);
}

bool hasScope(const Account& account, Scope scope) {
  if (!account.isSystemLevel()) return scope == Scope::inProject(account.project);
  return anyIn(account.permissions, scope);
}

bool grants(const Account& account, Scope scope, Capability capability) {
  if (contains(account.permissions, {scope, capability})) return true;
  return capability == kPullImage && scope.kind != Scope::Kind::kSystem && hasScope(account, scope);
}

Permissions heldBy(const Account& account) {
  static_assert(kPullImage == Capability{0}, "in its scope the pull sorts first");
  Permissions held;
  held.reserve(account.permissions.size() + 1);
  for (const Permission& permission : account.permissions) {
    const bool new_scope = held.empty() || held.back().scope != permission.scope;
    if (new_scope && permission.scope.kind != Scope::Kind::kSystem) {
      held.push_back({permission.scope, kPullImage});
    }
    if (held.empty() || held.back() != permission) held.push_back(permission);
  }
  if (account.isSystemLevel()) return held;
  const Permission home{Scope::inProject(account.project), kPullImage};
  const auto place = std::lower_bound(held.begin(), held.end(), home);
  if (place == held.end() || *place != home) held.insert(place, home);
  return held;
}

}  // namespace robotledger
