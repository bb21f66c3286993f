#include "core/domain/decide.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/base/limits.h"
#include "core/domain/names.h"
#include "core/domain/requests.h"
#include "core/domain/text.h"

namespace robotledger {
namespace {

using Bodies = std::vector<EventBody>;

Refusal refuse(RefusalCode code, std::string message) { return {code, std::move(message)}; }
Refusal noChange(std::string message) {
  return {RefusalCode::kNoChange, std::move(message) + " already"};
}

// One command's way through the checks. Each step is looked at in turn, and after the first
// refusal none is: `ok()` stays false and `refusal` is the answer.
class Checks {
 public:
  Checks(const State& state, const Context& context) : state_(state), context_(context) {
    time_ = std::max(context.now, state.lastTime());
    if (context.at) {
      time_ = *context.at;
      fail(time_ >= state.lastTime(), RefusalCode::kTimeGoesBack, [&] {
        return "its time " + formatInstant(time_) + " is before the last event's, " +
               formatInstant(state.lastTime());
      });
      fail(time_ <= context.now, RefusalCode::kInvalidTime,
           [&] { return "its time " + formatInstant(time_) + " is in the future"; });
    }
    actor_ = state.findOperator(context.actor);
    fail(actor_ != nullptr, RefusalCode::kUnknownOperator,
         [&] { return "there is no operator '" + context.actor + "'"; });
  }

  bool ok() const { return !refused_; }
  const Refusal& refusal() const { return refusal_; }
  Instant time() const { return time_; }
  const State& state() const { return state_; }

  // Refuses where the condition does not hold, unless refused already.
  template <class Message>
  bool fail(bool holds, RefusalCode code, Message message) {
    if (ok() && !holds) adopt(refuse(code, message()));
    return ok();
  }

  bool adopt(Refusal refusal) {
    if (ok()) {
      refused_ = true;
      refusal_ = std::move(refusal);
    }
    return false;
  }

  bool needSystemAdmin() {
    return fail(ok() && actor_->has(Role::kSystemAdmin), RefusalCode::kForbidden,
                [&] { return "'" + context_.actor + "' is no system administrator"; });
  }

  // For accounts of a project named so, whether it lives or not; empty for the system level.
  bool needAdminOf(std::string_view project) {
    if (!ok()) return false;
    const Project* living = state_.findProject(project);
    const bool administers = living != nullptr && actor_->administers.contains(living->id);
    return fail(administers || actor_->has(Role::kSystemAdmin), RefusalCode::kForbidden, [&] {
      return "'" + context_.actor + "' may not change accounts " +
             (project.empty() ? "of the system level"
                              : "of project '" + std::string(project) + "'");
    });
  }

  // Whether the actor may change the account and whether it lives, in this order.
  const Account* needAccount(const AccountRef& ref) {
    const Account* account = state_.findAccount(ref);
    std::string project;
    if (ref.name.empty()) {
      const Project* home = account == nullptr ? nullptr : state_.findProject(account->project);
      if (home != nullptr) project = home->name;
    } else if (const auto name = parseQualifiedName(ref.name)) {
      project = name->project;
    }
    if (!needAdminOf(project)) return nullptr;
    fail(account != nullptr, RefusalCode::kUnknownAccount, [&] {
      return "there is no account " +
             (ref.name.empty() ? "#" + std::to_string(ref.id.value) : "'" + ref.name + "'");
    });
    return account;
  }

  const Project* needProject(std::string_view name) {
    const Project* project = state_.findProject(name);
    fail(project != nullptr, RefusalCode::kUnknownProject,
         [&] { return "there is no project '" + std::string(name) + "'"; });
    return project;
  }

  const Operator* needOperator(std::string_view name) {
    const Operator* person = state_.findOperator(name);
    fail(person != nullptr, RefusalCode::kUnknownOperator,
         [&] { return "there is no operator '" + std::string(name) + "'"; });
    return person;
  }

  bool needName(std::string_view name) {
    return fail(isName(name), RefusalCode::kInvalidName, [] {
      return "a name is 1 to 255 of a-z and 0-9, with single '.', '_' or '-' between them";
    });
  }

  bool needDescription(std::string_view description) {
    return fail(isText(description), RefusalCode::kInvalidDescription, [] {
      return "a description is UTF-8 of at most 1024 bytes without control characters";
    });
  }

  // The last of the values.
  bool needReason() {
    return fail(isText(context_.reason), RefusalCode::kInvalidReason, [] {
      return "a reason is UTF-8 of at most 1024 bytes without control characters";
    });
  }

  bool needDays(std::int64_t days) {
    return fail(isDays(days), RefusalCode::kInvalidDays,
                [&] { return "the setting is 1 to 2147483646 days, not " + std::to_string(days); });
  }

  Permissions needPermissions(ProjectId project, const std::vector<PermissionRequest>& requests) {
    if (!ok()) return {};
    auto resolved = resolvePermissions(state_, project, requests);
    if (auto* refused = std::get_if<Refusal>(&resolved)) {
      adopt(*refused);
      return {};
    }
    return std::get<Permissions>(std::move(resolved));
  }

  Expiry needExpiry(const ExpiryRequest& request) {
    if (!ok()) return {};
    auto resolved = resolveExpiry(request);
    if (auto* refused = std::get_if<Refusal>(&resolved)) {
      adopt(*refused);
      return {};
    }
    return std::get<Expiry>(resolved);
  }

 private:
  const State& state_;
  const Context& context_;
  const Operator* actor_ = nullptr;
  Instant time_;
  bool refused_ = false;
  Refusal refusal_;
};

std::string named(const Checks& checks, const Account& account) {
  return "'" + checks.state().qualifiedNameOf(account) + "'";
}

// Each of these looks at one command and gives its events, or stops at the first refusal.

Bodies on(Checks& checks, const CreateProject& c) {
  checks.needSystemAdmin();
  checks.needName(c.project);
  checks.needReason();
  checks.fail(checks.state().findProject(c.project) == nullptr, RefusalCode::kProjectExists,
              [&] { return "there is a project '" + c.project + "' already"; });
  return {ProjectCreated{checks.state().nextProject(), c.project}};
}

Bodies on(Checks& checks, const DeleteProject& c) {
  checks.needSystemAdmin();
  const Project* project = checks.needProject(c.project);
  checks.needReason();
  if (!checks.ok()) return {};
  const Scope scope = Scope::inProject(project->id);
  std::vector<const Account*> accounts;
  for (const auto& [id, account] : checks.state().accounts()) {
    if (account.project == project->id || anyIn(account.permissions, scope)) {
      accounts.push_back(&account);
    }
  }
  std::ranges::sort(accounts, {}, &Account::id);
  Bodies bodies;
  for (const Account* account : accounts) {
    if (account->project == project->id) bodies.emplace_back(AccountDeleted{account->id});
  }
  for (const Account* account : accounts) {
    if (account->project == project->id) continue;
    PermissionsRevoked revoked{account->id, {}};
    std::ranges::copy_if(account->permissions, std::back_inserter(revoked.permissions),
                         [&](const Permission& p) { return p.scope == scope; });
    bodies.emplace_back(std::move(revoked));
  }
  std::vector<std::string> administrators;
  for (const auto& [name, person] : checks.state().operators()) {
    if (person.administers.contains(project->id)) administrators.push_back(name);
  }
  std::ranges::sort(administrators);
  for (std::string& name : administrators) {
    bodies.emplace_back(RoleRevoked{std::move(name), Role::kProjectAdmin, project->id});
  }
  bodies.emplace_back(ProjectDeleted{project->id});
  return bodies;
}

Bodies on(Checks& checks, const AddOperator& c) {
  checks.needSystemAdmin();
  checks.fail(isOperatorName(c.name), RefusalCode::kInvalidName, [] {
    return "an operator's name is 1 to 255 of A-Z, a-z, 0-9, '.', '_', '@' and '-', and begins "
           "with a letter or a digit";
  });
  checks.needReason();
  checks.fail(checks.state().findOperator(c.name) == nullptr, RefusalCode::kOperatorExists,
              [&] { return "there is an operator '" + c.name + "' already"; });
  return {OperatorAdded{checks.state().nextOperator(), c.name}};
}

void needAnotherSystemAdmin(Checks& checks, const Operator* person) {
  if (!checks.ok()) return;
  checks.fail(!person->has(Role::kSystemAdmin) || checks.state().systemAdmins() > 1,
              RefusalCode::kLastSystemAdmin,
              [&] { return "'" + person->name + "' is the last system administrator"; });
}

Bodies on(Checks& checks, const RemoveOperator& c) {
  checks.needSystemAdmin();
  const Operator* person = checks.needOperator(c.name);
  checks.needReason();
  needAnotherSystemAdmin(checks, person);
  return {OperatorRemoved{c.name}};
}

Bodies on(Checks& checks, const SetOperatorPassword& c) {
  checks.needSystemAdmin();
  checks.needOperator(c.name);
  checks.needReason();
  return {OperatorPasswordSet{c.name, c.password}};
}

struct NamedRole {
  const Operator* person = nullptr;
  Role role = Role::kAuditor;
  ProjectId project;
  bool held = false;
};

NamedRole needRole(Checks& checks, const std::string& name, const std::string& role,
                   const std::optional<std::string>& project) {
  NamedRole named;
  checks.needSystemAdmin();
  named.person = checks.needOperator(name);
  if (project) {
    const Project* living = checks.needProject(*project);
    if (checks.ok()) named.project = living->id;
  }
  const auto parsed = parseRole(role);
  const bool fits = parsed && (*parsed == Role::kProjectAdmin) == project.has_value();
  checks.fail(fits, RefusalCode::kInvalidRole, [&] {
    return parsed ? "only project_admin is a role in a project, and has to name one"
                  : "'" + role + "' is none of system_admin, auditor, project_admin";
  });
  checks.needReason();
  if (!checks.ok()) return named;
  named.role = *parsed;
  named.held = named.role == Role::kProjectAdmin ? named.person->administers.contains(named.project)
                                                 : named.person->has(named.role);
  return named;
}

Bodies on(Checks& checks, const GrantRole& c) {
  const NamedRole role = needRole(checks, c.name, c.role, c.project);
  if (checks.ok() && role.held) checks.adopt(noChange("'" + c.name + "' has the role"));
  return {RoleGranted{c.name, role.role, role.project}};
}

Bodies on(Checks& checks, const RevokeRole& c) {
  const NamedRole role = needRole(checks, c.name, c.role, c.project);
  if (checks.ok() && !role.held) {
    checks.adopt(refuse(RefusalCode::kNoChange, "'" + c.name + "' does not have the role"));
  }
  if (checks.ok() && role.role == Role::kSystemAdmin) needAnotherSystemAdmin(checks, role.person);
  return {RoleRevoked{c.name, role.role, role.project}};
}

Bodies on(Checks& checks, const CreateAccount& c) {
  ProjectId home;
  checks.needAdminOf(c.project ? std::string_view(*c.project) : std::string_view());
  if (c.project) {
    const Project* project = checks.needProject(*c.project);
    if (checks.ok()) home = project->id;
  }
  checks.needName(c.name);
  checks.needDescription(c.description);
  const Expiry expiry = checks.needExpiry(c.expiry);
  Permissions permissions = checks.needPermissions(home, c.permissions);
  checks.fail(c.project || !permissions.empty(), RefusalCode::kPermissionsRequired,
              [] { return "a system account is created with at least one permission"; });
  checks.needReason();
  if (!checks.ok()) return {};
  checks.fail(checks.state().findAccount(home, c.name) == nullptr, RefusalCode::kAccountExists,
              [&] {
                return "there is an account '" + qualifiedName(c.project.value_or(""), c.name) +
                       "' already";
              });
  const AccountId id = checks.state().nextAccount();
  Bodies bodies{AccountCreated{id, home, c.name, c.description, std::move(permissions), expiry,
                               checks.time()}};
  if (c.secret) bodies.emplace_back(SecretIssued{id, *c.secret});
  return bodies;
}

Permissions needChanges(Checks& checks, const Account* account,
                        const std::vector<PermissionRequest>& requests) {
  if (!checks.ok()) return {};
  Permissions permissions = checks.needPermissions(account->project, requests);
  checks.fail(!permissions.empty(), RefusalCode::kPermissionsRequired,
              [] { return "no permission is named"; });
  checks.needReason();
  return permissions;
}

Bodies on(Checks& checks, const GrantPermissions& c) {
  const Account* account = checks.needAccount(c.account);
  Permissions fresh = needChanges(checks, account, c.permissions);
  if (!checks.ok()) return {};
  removeAll(fresh, account->permissions);
  if (fresh.empty()) checks.adopt(noChange(named(checks, *account) + " has all of that"));
  checks.fail(account->permissions.size() + fresh.size() <= kMaxPermissions,
              RefusalCode::kInvalidPermission,
              [&] { return named(checks, *account) + " would have more than 500 permissions"; });
  return {PermissionsGranted{account->id, std::move(fresh)}};
}

Bodies on(Checks& checks, const RevokePermissions& c) {
  const Account* account = checks.needAccount(c.account);
  const Permissions asked = needChanges(checks, account, c.permissions);
  if (!checks.ok()) return {};
  Account after = *account;
  removeAll(after.permissions, asked);
  for (const Permission& permission : asked) {
    checks.fail(permission.capability != kPullImage || !hasScope(after, permission.scope),
                RefusalCode::kPullIsAlwaysGranted, [&] {
                  return "pulling is always granted where " + named(checks, *account) +
                         " has anything";
                });
  }
  Permissions held = account->permissions;
  removeAll(held, after.permissions);
  if (checks.ok() && held.empty()) {
    checks.adopt(refuse(RefusalCode::kNoChange,
                        named(checks, *account) + " has been granted nothing of that"));
  }
  return {PermissionsRevoked{account->id, std::move(held)}};
}

Bodies on(Checks& checks, const DisableAccount& c) {
  const Account* account = checks.needAccount(c.account);
  if (!checks.needReason()) return {};
  if (account->status == AccountStatus::kDisabled) {
    checks.adopt(noChange(named(checks, *account) + " is disabled"));
  }
  return {AccountDisabled{account->id}};
}

Bodies on(Checks& checks, const EnableAccount& c) {
  const Account* account = checks.needAccount(c.account);
  if (!checks.needReason()) return {};
  if (account->status == AccountStatus::kEnabled) {
    checks.adopt(noChange(named(checks, *account) + " is enabled"));
  }
  return {AccountEnabled{account->id}};
}

Bodies on(Checks& checks, const DeleteAccount& c) {
  const Account* account = checks.needAccount(c.account);
  if (!checks.needReason()) return {};
  return {AccountDeleted{account->id}};
}

Bodies on(Checks& checks, const RenewAccount& c) {
  const Account* account = checks.needAccount(c.account);
  if (!checks.needReason()) return {};
  return {AccountRenewed{account->id}};
}

Bodies on(Checks& checks, const RotateSecret& c) {
  const Account* account = checks.needAccount(c.account);
  if (!checks.needReason()) return {};
  return {SecretIssued{account->id, c.secret}};
}

Bodies on(Checks& checks, const SetAccountExpiry& c) {
  const Account* account = checks.needAccount(c.account);
  const Expiry expiry = checks.needExpiry(c.expiry);
  if (!checks.needReason()) return {};
  if (account->terms.expiry == expiry) {
    checks.adopt(noChange(named(checks, *account) + " has the expiry " + expiry.text()));
  }
  return {AccountExpiryChanged{account->id, account->terms.expiry, expiry}};
}

Bodies on(Checks& checks, const DescribeAccount& c) {
  const Account* account = checks.needAccount(c.account);
  checks.needDescription(c.description);
  if (!checks.needReason()) return {};
  if (account->description == c.description) {
    checks.adopt(noChange(named(checks, *account) + " has this description"));
  }
  return {AccountDescribed{account->id, account->description, c.description}};
}

Bodies on(Checks& checks, const SetSystemExpiry& c) {
  checks.needSystemAdmin();
  checks.needDays(c.days);
  checks.needReason();
  if (!checks.ok()) return {};
  if (c.days == checks.state().systemDays()) {
    checks.adopt(noChange("the setting is " + std::to_string(c.days) + " days"));
  }
  return {SystemExpiryChanged{checks.state().systemDays(), static_cast<std::int32_t>(c.days)}};
}

Bodies on(Checks& checks, const ChangeServiceSettings& c) {
  checks.needSystemAdmin();
  checks.needReason();
  if (!checks.ok()) return {};
  if (c.settings == checks.state().service()) checks.adopt(noChange("the settings are these"));
  return {ServiceSettingsChanged{checks.state().service(), c.settings}};
}

Bodies on(Checks& checks, const ImportHistory& c) {
  checks.needSystemAdmin();
  checks.needReason();
  return {HistoryImported{c.file, c.first_line}};
}

}  // namespace

Decision decide(const State& state, const Command& command, const Context& context) {
  Checks checks(state, context);
  if (!checks.ok()) return checks.refusal();
  Bodies bodies = std::visit([&](const auto& c) { return on(checks, c); }, command);
  if (!checks.ok()) return checks.refusal();
  return Accepted{checks.time(), std::move(bodies)};
}

ExpiryPreview previewSystemExpiry(const State& state, std::int32_t days, Instant now) {
  ExpiryPreview preview;
  Settings changed = state.settings();
  changed.push_back({now, Sequence{state.size().value}, days});
  for (const auto& [id, account] : state.accounts()) {
    if (account.terms.expiry.kind != Expiry::Kind::kSystem) continue;
    preview.following += 1;
    const auto today = expiresAt(account.terms, state.settings());
    if (today && *today <= now) continue;
    const auto then = expiresAt(account.terms, changed);
    if (!then || *then > now) continue;
    if (account.status == AccountStatus::kDisabled) {
      preview.would_expire_disabled += 1;
    } else {
      preview.would_expire += 1;
    }
  }
  return preview;
}

}  // namespace robotledger
