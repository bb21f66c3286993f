#include "core/domain/decide.h"

#include <algorithm>

#include "core/base/limits.h"
#include "core/domain/checks.h"
#include "core/domain/decide_accounts.h"
#include "core/domain/text.h"

namespace robotledger {
namespace {

using Bodies = std::vector<EventBody>;

// Each of these looks at one command and gives its events, or stops at the first refusal.

Bodies decideOn(Checks& checks, const CreateProject& c) {
  checks.needSystemAdmin();
  checks.needName(c.project);
  checks.needReason();
  if (checks.state().findProject(c.project) != nullptr) {
    checks.refuse(RefusalCode::kProjectExists, "there is a project '" + c.project + "' already");
  }
  return {ProjectCreated{checks.state().nextProject(), c.project}};
}

// Those of the living that the project's end concerns, by id.
std::vector<const Account*> accountsReaching(const State& state, ProjectId project) {
  std::vector<const Account*> accounts;
  for (const auto& [id, account] : state.accounts()) {
    if (hasScope(account, Scope::inProject(project))) accounts.push_back(&account);
  }
  std::ranges::sort(accounts, {}, &Account::id);
  return accounts;
}

std::vector<std::string> administratorsOf(const State& state, ProjectId project) {
  std::vector<std::string> names;
  for (const auto& [name, person] : state.operators()) {
    if (person.administers.contains(project)) names.push_back(name);
  }
  std::ranges::sort(names);
  return names;
}

Bodies decideOn(Checks& checks, const DeleteProject& c) {
  checks.needSystemAdmin();
  const Project* project = checks.needProject(c.project);
  checks.needReason();
  if (!checks.ok()) return {};
  const Scope scope = Scope::inProject(project->id);
  const auto accounts = accountsReaching(checks.state(), project->id);
  Bodies bodies;
  for (const Account* account : accounts) {
    if (!account->isSystemLevel()) bodies.emplace_back(AccountDeleted{account->id});
  }
  for (const Account* account : accounts) {
    if (!account->isSystemLevel()) continue;
    PermissionsRevoked revoked{account->id, {}};
    std::ranges::copy_if(account->permissions, std::back_inserter(revoked.permissions),
                         [&](const Permission& p) { return p.scope == scope; });
    bodies.emplace_back(std::move(revoked));
  }
  for (std::string& name : administratorsOf(checks.state(), project->id)) {
    bodies.emplace_back(RoleRevoked{std::move(name), Role::kProjectAdmin, project->id});
  }
  bodies.emplace_back(ProjectDeleted{project->id});
  return bodies;
}

Bodies decideOn(Checks& checks, const AddOperator& c) {
  checks.needSystemAdmin();
  checks.needOperatorName(c.name);
  checks.needReason();
  if (checks.state().findOperator(c.name) != nullptr) {
    checks.refuse(RefusalCode::kOperatorExists, "there is an operator '" + c.name + "' already");
  }
  return {OperatorAdded{checks.state().nextOperator(), c.name}};
}

void needAnotherSystemAdmin(Checks& checks, const Operator* person) {
  if (!checks.ok()) return;
  if (!person->has(Role::kSystemAdmin) || checks.state().systemAdmins() > 1) return;
  checks.refuse(RefusalCode::kLastSystemAdmin,
                "'" + person->name + "' is the last system administrator");
}

Bodies decideOn(Checks& checks, const RemoveOperator& c) {
  checks.needSystemAdmin();
  const Operator* person = checks.needOperator(c.name);
  checks.needReason();
  needAnotherSystemAdmin(checks, person);
  return {OperatorRemoved{c.name}};
}

Bodies decideOn(Checks& checks, const SetOperatorPassword& c) {
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
  if (!parsed) {
    checks.refuse(RefusalCode::kInvalidRole,
                  inQuotes(role) + " is none of system_admin, auditor, project_admin");
  } else if ((*parsed == Role::kProjectAdmin) != project.has_value()) {
    checks.refuse(RefusalCode::kInvalidRole,
                  "only project_admin is a role in a project, and has to name one");
  }
  checks.needReason();
  if (!checks.ok()) return named;
  named.role = *parsed;
  named.held = named.role == Role::kProjectAdmin ? named.person->administers.contains(named.project)
                                                 : named.person->has(named.role);
  return named;
}

Bodies decideOn(Checks& checks, const GrantRole& c) {
  const NamedRole role = needRole(checks, c.name, c.role, c.project);
  if (role.held) checks.refuse(RefusalCode::kNoChange, "'" + c.name + "' has the role already");
  return {RoleGranted{c.name, role.role, role.project}};
}

Bodies decideOn(Checks& checks, const RevokeRole& c) {
  const NamedRole role = needRole(checks, c.name, c.role, c.project);
  if (!role.held) checks.refuse(RefusalCode::kNoChange, "'" + c.name + "' does not have the role");
  if (role.role == Role::kSystemAdmin) needAnotherSystemAdmin(checks, role.person);
  return {RoleRevoked{c.name, role.role, role.project}};
}

Bodies decideOn(Checks& checks, const SetSystemExpiry& c) {
  checks.needSystemAdmin();
  checks.needDays(c.days);
  checks.needReason();
  if (c.days == checks.state().systemDays()) {
    checks.refuse(RefusalCode::kNoChange,
                  "the setting is " + std::to_string(c.days) + " days already");
  }
  return {SystemExpiryChanged{checks.state().systemDays(), static_cast<std::int32_t>(c.days)}};
}

void needServiceSettings(Checks& checks, const ServiceSettings& settings) {
  if (settings.token_lifetime_s < kMinTokenLifetimeSeconds ||
      settings.token_lifetime_s > kMaxTokenLifetimeSeconds) {
    checks.refuse(RefusalCode::kInvalidSettings,
                  "a token lives for " + std::to_string(kMinTokenLifetimeSeconds) + " to " +
                      std::to_string(kMaxTokenLifetimeSeconds) + " seconds");
  }
  if (!settings.charts_segment.empty() && !isName(settings.charts_segment)) {
    checks.refuse(RefusalCode::kInvalidSettings,
                  "the segment of charts is a name such as charts, or empty");
  }
  if (!isPrintable(settings.service_name, kMaxNameBytes)) {
    checks.refuse(RefusalCode::kInvalidSettings,
                  "the service's name is printable ASCII of at most 255 bytes");
  }
}

Bodies decideOn(Checks& checks, const ChangeServiceSettings& c) {
  checks.needSystemAdmin();
  needServiceSettings(checks, c.settings);
  checks.needReason();
  if (c.settings == checks.state().service()) {
    checks.refuse(RefusalCode::kNoChange, "the settings are these already");
  }
  return {ServiceSettingsChanged{checks.state().service(), c.settings}};
}

Bodies decideOn(Checks& checks, const ImportHistory& c) {
  checks.needSystemAdmin();
  checks.needReason();
  return {HistoryImported{c.file, c.first_line}};
}

// Of both levels, by id; the expired too, which a renewal would bring back.
std::vector<AccountId> enabledAccounts(const State& state) {
  std::vector<AccountId> ids;
  for (const auto& [id, account] : state.accounts()) {
    if (account.status == AccountStatus::kEnabled) ids.push_back(id);
  }
  std::ranges::sort(ids);
  return ids;
}

// That the lost history is not a part of this one is not seen here, where no roots are known.
Bodies decideOn(Checks& checks, const RollBackLedger& c) {
  checks.needSystemAdmin();
  checks.needNewOrigin(c.origin);
  checks.needVerifierKey(c.verifier_key);
  checks.needReason();
  if (c.lost_size.value == 0) {
    checks.refuse(RefusalCode::kNoChange,
                  "nothing was lost: a history without events is a part of any other");
  }
  if (!checks.ok()) return {};
  Bodies bodies{LedgerRolledBack{c.lost_size, c.lost_root, checks.state().origin(), c.origin,
                                 c.verifier_key}};
  if (c.accounts == RollBackLedger::Accounts::kKeepEnabled) return bodies;
  for (const AccountId id : enabledAccounts(checks.state())) {
    bodies.emplace_back(AccountDisabled{id});
  }
  return bodies;
}

// Texts are looked at in the order of the struct.
void needClaim(Checks& checks, const RecordClaim& c) {
  if (c.source.empty() || c.source_id.empty()) {
    checks.refuse(RefusalCode::kInvalidClaim,
                  "a claim names its source and what the source calls the record");
  }
  for (const std::string* text :
       {&c.source, &c.source_id, &c.actor, &c.operation, &c.resource, &c.resource_type}) {
    if (isText(*text)) continue;
    checks.refuse(RefusalCode::kInvalidClaim,
                  "a claim's texts are UTF-8 of at most 1024 bytes without control characters; one "
                  "of " +
                      inQuotes(c.source_id) + " is not");
  }
  if (c.time < kStartOfTime || c.time >= kEndOfTime) {
    checks.refuse(RefusalCode::kInvalidTime, "a claim's time is in the years 0 to 9999");
  }
}

Bodies decideOn(Checks& checks, const RecordClaim& c) {
  checks.needSystemAdmin();
  const Account* account = c.account ? checks.needAccount(*c.account) : nullptr;
  const Project* project = c.project ? checks.needProject(*c.project) : nullptr;
  needClaim(checks, c);
  checks.needReason();
  if (!checks.ok()) return {};
  return {ClaimRecorded{.account = account == nullptr ? AccountId{0} : account->id,
                        .project = project == nullptr ? ProjectId{0} : project->id,
                        .source = c.source,
                        .source_id = c.source_id,
                        .time = c.time,
                        .actor = c.actor,
                        .operation = c.operation,
                        .resource = c.resource,
                        .resource_type = c.resource_type}};
}

}  // namespace

Decision decide(const State& state, const Command& command, const Context& context) {
  Checks checks(state, context);
  if (!checks.ok()) return checks.refusal();
  Bodies bodies = std::visit([&](const auto& c) { return decideOn(checks, c); }, command);
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
