#include "core/domain/decide_accounts.h"

#include "core/base/limits.h"
#include "core/domain/names.h"

namespace robotledger {
namespace {

using Bodies = std::vector<EventBody>;

std::string named(const Checks& checks, const Account& account) {
  return "'" + checks.state().qualifiedNameOf(account) + "'";
}

Permissions needChanges(Checks& checks, const Account* account,
                        const std::vector<PermissionRequest>& requests) {
  if (!checks.ok()) return {};
  Permissions permissions = checks.needPermissions(account->project, requests);
  if (permissions.empty()) {
    checks.refuse(RefusalCode::kPermissionsRequired, "no permission is named");
  }
  checks.needReason();
  return permissions;
}

// The issue time that is claimed, or now.
Instant needIssueTime(Checks& checks, const std::optional<Instant>& claimed) {
  if (!claimed) return checks.time();
  if (*claimed < Instant{0} || *claimed > checks.time()) {
    checks.refuse(RefusalCode::kInvalidTime,
                  "an account is issued in 1970 or later, and not after it is created, " +
                      formatInstant(checks.time()));
  }
  return *claimed;
}

// What is to be on record of the permissions asked for, which are all that the account is to have.
Permissions wanted(const Account& account, Permissions asked) {
  const Permission pull{Scope::inProject(account.project), kPullImage};
  const bool just_pull = !account.isSystemLevel() && asked == Permissions{pull};
  // It is there without a record, and is shown so.
  if (just_pull && !contains(account.permissions, pull)) return {};
  return asked;
}

}  // namespace

Bodies decideOn(Checks& checks, const CreateAccount& c) {
  ProjectId home;
  checks.needAdminOf(c.project ? std::string_view(*c.project) : std::string_view());
  if (c.issued_at) checks.needSystemAdmin();
  if (c.project) {
    const Project* project = checks.needProject(*c.project);
    if (checks.ok()) home = project->id;
  }
  checks.needName(c.name);
  checks.needDescription(c.description);
  const Expiry expiry = checks.needExpiry(c.expiry);
  const Instant issued_at = needIssueTime(checks, c.issued_at);
  Permissions permissions = checks.needPermissions(home, c.permissions);
  if (!c.project && permissions.empty()) {
    checks.refuse(RefusalCode::kPermissionsRequired,
                  "a system account is created with at least one permission");
  }
  checks.needReason();
  if (!checks.ok()) return {};
  if (checks.state().findAccount(home, c.name) != nullptr) {
    checks.refuse(
        RefusalCode::kAccountExists,
        "there is an account '" + qualifiedName(c.project.value_or(""), c.name) + "' already");
  }
  const AccountId id = checks.state().nextAccount();
  Bodies bodies{
      AccountCreated{id, home, c.name, c.description, std::move(permissions), expiry, issued_at}};
  if (c.secret) bodies.emplace_back(SecretIssued{id, *c.secret});
  return bodies;
}

Bodies decideOn(Checks& checks, const GrantPermissions& c) {
  const Account* account = checks.needAccount(c.account);
  Permissions fresh = needChanges(checks, account, c.permissions);
  if (!checks.ok()) return {};
  removeAll(fresh, account->permissions);
  if (fresh.empty()) {
    checks.refuse(RefusalCode::kNoChange, named(checks, *account) + " has all of that already");
  }
  if (account->permissions.size() + fresh.size() > kMaxPermissions) {
    checks.refuse(RefusalCode::kInvalidPermission,
                  named(checks, *account) + " would have more than 500 permissions");
  }
  return {PermissionsGranted{account->id, std::move(fresh)}};
}

Bodies decideOn(Checks& checks, const RevokePermissions& c) {
  const Account* account = checks.needAccount(c.account);
  const Permissions asked = needChanges(checks, account, c.permissions);
  if (!checks.ok()) return {};
  Account after = *account;
  removeAll(after.permissions, asked);
  for (const Permission& permission : asked) {
    if (permission.capability == kPullImage && hasScope(after, permission.scope)) {
      checks.refuse(RefusalCode::kPullIsAlwaysGranted,
                    "pulling is always granted where " + named(checks, *account) + " has anything");
    }
  }
  Permissions held = account->permissions;
  removeAll(held, after.permissions);
  if (held.empty()) {
    checks.refuse(RefusalCode::kNoChange,
                  named(checks, *account) + " has been granted nothing of that");
  }
  return {PermissionsRevoked{account->id, std::move(held)}};
}

Bodies decideOn(Checks& checks, const DisableAccount& c) {
  const Account* account = checks.needAccount(c.account);
  checks.needReason();
  if (!checks.ok()) return {};
  if (account->status == AccountStatus::kDisabled) {
    checks.refuse(RefusalCode::kNoChange, named(checks, *account) + " is disabled already");
  }
  return {AccountDisabled{account->id}};
}

Bodies decideOn(Checks& checks, const EnableAccount& c) {
  const Account* account = checks.needAccount(c.account);
  checks.needReason();
  if (!checks.ok()) return {};
  if (account->status == AccountStatus::kEnabled) {
    checks.refuse(RefusalCode::kNoChange, named(checks, *account) + " is enabled already");
  }
  return {AccountEnabled{account->id}};
}

Bodies decideOn(Checks& checks, const DeleteAccount& c) {
  const Account* account = checks.needAccount(c.account);
  checks.needReason();
  if (!checks.ok()) return {};
  return {AccountDeleted{account->id}};
}

Bodies decideOn(Checks& checks, const RenewAccount& c) {
  const Account* account = checks.needAccount(c.account);
  checks.needReason();
  if (!checks.ok()) return {};
  return {AccountRenewed{account->id}};
}

Bodies decideOn(Checks& checks, const RotateSecret& c) {
  const Account* account = checks.needAccount(c.account);
  checks.needReason();
  if (!checks.ok()) return {};
  return {SecretIssued{account->id, c.secret}};
}

Bodies decideOn(Checks& checks, const SetAccountExpiry& c) {
  const Account* account = checks.needAccount(c.account);
  const Expiry expiry = checks.needExpiry(c.expiry);
  checks.needReason();
  if (!checks.ok()) return {};
  if (account->terms.expiry == expiry) {
    checks.refuse(RefusalCode::kNoChange,
                  named(checks, *account) + " has the expiry " + expiry.text() + " already");
  }
  return {AccountExpiryChanged{account->id, account->terms.expiry, expiry}};
}

Bodies decideOn(Checks& checks, const DescribeAccount& c) {
  const Account* account = checks.needAccount(c.account);
  checks.needDescription(c.description);
  checks.needReason();
  if (!checks.ok()) return {};
  if (account->description == c.description) {
    checks.refuse(RefusalCode::kNoChange,
                  named(checks, *account) + " has this description already");
  }
  return {AccountDescribed{account->id, account->description, c.description}};
}

Bodies decideOn(Checks& checks, const UpdateAccount& c) {
  const Account* account = checks.needAccount(c.account);
  if (c.description) checks.needDescription(*c.description);
  const Expiry expiry = c.expiry ? checks.needExpiry(*c.expiry) : Expiry();
  Permissions permissions;
  if (c.permissions && checks.ok()) {
    permissions = checks.needPermissions(account->project, *c.permissions);
    if (permissions.empty() && account->isSystemLevel() && !account->permissions.empty()) {
      checks.refuse(RefusalCode::kPermissionsRequired,
                    named(checks, *account) + " would be left without any permission");
    }
  }
  checks.needReason();
  if (!checks.ok()) return {};
  Bodies bodies;
  if (c.permissions) {
    Permissions granted = wanted(*account, std::move(permissions));
    Permissions revoked = account->permissions;
    removeAll(revoked, granted);
    removeAll(granted, account->permissions);
    if (!revoked.empty()) bodies.emplace_back(PermissionsRevoked{account->id, std::move(revoked)});
    if (!granted.empty()) bodies.emplace_back(PermissionsGranted{account->id, std::move(granted)});
  }
  if (c.expiry && expiry != account->terms.expiry) {
    bodies.emplace_back(AccountExpiryChanged{account->id, account->terms.expiry, expiry});
  }
  if (c.description && *c.description != account->description) {
    bodies.emplace_back(AccountDescribed{account->id, account->description, *c.description});
  }
  if (c.status && *c.status != account->status) {
    if (*c.status == AccountStatus::kDisabled) {
      bodies.emplace_back(AccountDisabled{account->id});
    } else {
      bodies.emplace_back(AccountEnabled{account->id});
    }
  }
  return bodies;
}

}  // namespace robotledger
