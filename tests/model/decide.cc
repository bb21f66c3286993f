// What a command becomes: DOMAIN.md's "Order of checks" and the rules of each verb, top to bottom.
#include <algorithm>
#include <optional>

#include "tests/model/naive_ledger.h"
#include "tests/model/vocabulary.h"

namespace robotledger::model {
namespace {

// The project in a qualified name, "" where it has none: only a system administrator may act on
// what is named so.
std::string projectInName(const std::string& account) {
  const std::string prefix = "robot$";
  auto plus = account.find('+');
  if (account.rfind(prefix, 0) != 0 || plus == std::string::npos) return "";
  return account.substr(prefix.size(), plus - prefix.size());
}

// The project whose administrators may give the command; nothing where no project's may.
std::optional<std::string> projectConcerned(const Command& command) {
  if (command.verb == "record_claim") return std::nullopt;
  if (command.verb == "create_account") {
    return command.has("issued_at") ? std::nullopt : command.project;
  }
  if (command.account.empty()) return std::nullopt;
  std::string project = projectInName(command.account);
  if (project.empty()) return std::nullopt;
  return project;
}

}  // namespace

NaiveLedger::Decision NaiveLedger::decide(const Command& command, std::int64_t now_us) const {
  if (command.at_us < events_.back().time_us) return "time_goes_back";
  // The living clock is never before the last event, even where the system's was set back.
  if (command.at_us > std::max(now_us, events_.back().time_us)) return "invalid_time";
  if (auto code = checkActor(command); !code.empty()) return code;

  if (command.verb == "create_project") return createProject(command);
  if (command.verb == "delete_project") return deleteProject(command);
  if (command.verb == "add_operator") return addOperator(command);
  if (command.verb == "remove_operator") return removeOperator(command);
  if (command.verb == "grant_role") return grantRole(command);
  if (command.verb == "revoke_role") return revokeRole(command);
  if (command.verb == "set_system_expiry") return setSystemExpiry(command);
  if (command.verb == "create_account") return createAccount(command);
  if (command.verb == "record_claim") return recordClaim(command);

  // The other verbs act on one account.
  if (!accounts_.contains(command.account)) return "unknown_account";
  if (command.verb == "grant") return grant(command);
  if (command.verb == "revoke") return revoke(command);
  if (command.verb == "set_expiry") return setExpiry(command);
  if (command.verb == "describe") return describe(command);
  if (command.verb == "update") return update(command);
  return actOnAccount(command);
}

NaiveLedger::Check NaiveLedger::checkActor(const Command& command) const {
  auto actor = operators_.find(command.actor);
  if (actor == operators_.end()) return "unknown_operator";
  if (actor->second.contains({"system_admin", ""})) return "";
  auto project = projectConcerned(command);
  if (project && actor->second.contains({"project_admin", *project})) return "";
  return "forbidden";
}

NaiveLedger::Decision NaiveLedger::createProject(const Command& command) const {
  if (!isName(*command.project)) return "invalid_name";
  if (!isPlainText(command.reason)) return "invalid_reason";
  if (projects_.contains(*command.project)) return "project_exists";
  Event event;
  event.kind = "ProjectCreated";
  event.project = *command.project;
  return std::vector{event};
}

NaiveLedger::Decision NaiveLedger::deleteProject(const Command& command) const {
  const std::string& project = *command.project;
  if (!projects_.contains(project)) return "unknown_project";
  if (!isPlainText(command.reason)) return "invalid_reason";

  std::map<std::uint64_t, Event> deleted_by_id;
  std::map<std::uint64_t, Event> revoked_by_id;
  for (const auto& [name, account] : accounts_) {
    if (account.project == project) deleted_by_id[account.id] = eventOf("AccountDeleted", name);
    if (!account.project.empty()) continue;
    Event revoked = eventOf("PermissionsRevoked", name);
    for (const auto& permission : account.permissions) {
      if (permission.scope == project) revoked.permissions.insert(permission);
    }
    if (!revoked.permissions.empty()) revoked_by_id[account.id] = revoked;
  }
  std::vector<Event> events;
  for (const auto& [id, event] : deleted_by_id) events.push_back(event);
  for (const auto& [id, event] : revoked_by_id) events.push_back(event);
  for (const auto& [name, roles] : operators_) {
    if (!roles.contains({"project_admin", project})) continue;
    Event event;
    event.kind = "RoleRevoked";
    event.operator_name = name;
    event.role = "project_admin";
    event.project = project;
    events.push_back(event);
  }
  Event event;
  event.kind = "ProjectDeleted";
  event.project = project;
  event.project_id = projects_.at(project);
  events.push_back(event);
  return events;
}

NaiveLedger::Decision NaiveLedger::addOperator(const Command& command) const {
  if (!isOperatorName(command.operator_name)) return "invalid_name";
  if (!isPlainText(command.reason)) return "invalid_reason";
  if (operators_.contains(command.operator_name)) return "operator_exists";
  Event event;
  event.kind = "OperatorAdded";
  event.operator_name = command.operator_name;
  return std::vector{event};
}

NaiveLedger::Decision NaiveLedger::removeOperator(const Command& command) const {
  if (!operators_.contains(command.operator_name)) return "unknown_operator";
  if (!isPlainText(command.reason)) return "invalid_reason";
  if (isLastSystemAdmin(command.operator_name)) return "last_system_admin";
  Event event;
  event.kind = "OperatorRemoved";
  event.operator_name = command.operator_name;
  return std::vector{event};
}

NaiveLedger::Check NaiveLedger::checkRoleCommand(const Command& command) const {
  if (!operators_.contains(command.operator_name)) return "unknown_operator";
  if (command.project && !projects_.contains(*command.project)) return "unknown_project";
  if (!isRole(command.role)) return "invalid_role";
  if (!isPlainText(command.reason)) return "invalid_reason";
  return "";
}

NaiveLedger::Decision NaiveLedger::grantRole(const Command& command) const {
  if (auto code = checkRoleCommand(command); !code.empty()) return code;
  Role role{command.role, command.project.value_or("")};
  if (operators_.at(command.operator_name).contains(role)) return "no_change";
  Event event;
  event.kind = "RoleGranted";
  event.operator_name = command.operator_name;
  event.role = role.first;
  event.project = role.second;
  return std::vector{event};
}

NaiveLedger::Decision NaiveLedger::revokeRole(const Command& command) const {
  if (auto code = checkRoleCommand(command); !code.empty()) return code;
  Role role{command.role, command.project.value_or("")};
  if (!operators_.at(command.operator_name).contains(role)) return "no_change";
  if (role.first == "system_admin" && isLastSystemAdmin(command.operator_name)) {
    return "last_system_admin";
  }
  Event event;
  event.kind = "RoleRevoked";
  event.operator_name = command.operator_name;
  event.role = role.first;
  event.project = role.second;
  return std::vector{event};
}

bool NaiveLedger::isLastSystemAdmin(const std::string& name) const {
  for (const auto& [other, roles] : operators_) {
    if (other != name && roles.contains({"system_admin", ""})) return false;
  }
  return operators_.at(name).contains({"system_admin", ""});
}

NaiveLedger::Decision NaiveLedger::setSystemExpiry(const Command& command) const {
  if (!isDays(command.days)) return "invalid_days";
  if (!isPlainText(command.reason)) return "invalid_reason";
  if (command.days == system_days_) return "no_change";
  Event event;
  event.kind = "SystemExpiryChanged";
  event.days = command.days;
  return std::vector{event};
}

NaiveLedger::Check NaiveLedger::checkPermissions(const Command& command, const std::string& project,
                                                 std::set<Permission>& permissions) const {
  bool at_system_level = project.empty();
  for (const auto& asked : command.permissions) {
    Permission permission{asked.scope.value_or(project), asked.capability};
    const std::string& scope = permission.scope;
    if (at_system_level && !asked.scope) return "scope_not_allowed";
    if (!at_system_level && scope != project) return "scope_not_allowed";
    if (scope != "*" && scope != "/" && !projects_.contains(scope)) return "unknown_project";
    if (!mayBeGranted(scope, permission.capability)) return "invalid_permission";
    permissions.insert(permission);
    if (permissions.size() > kMaxPermissions) return "invalid_permission";
  }
  bool may_be_empty = command.verb == "create_account" && !at_system_level;
  if (command.verb == "update") {
    may_be_empty = !at_system_level || accounts_.at(command.account).permissions.empty();
  }
  if (permissions.empty() && !may_be_empty) return "permissions_required";
  return "";
}

NaiveLedger::Decision NaiveLedger::createAccount(const Command& command) const {
  std::string project = command.project.value_or("");
  if (command.project && !projects_.contains(project)) return "unknown_project";
  if (!isName(command.name)) return "invalid_name";
  if (!isPlainText(command.description)) return "invalid_description";
  if (command.expires.kind == Expiry::Kind::kDays && !isDays(command.expires.days)) {
    return "invalid_days";
  }
  Event event;
  event.issued_us = command.has("issued_at") ? command.issued_us : command.at_us;
  if (event.issued_us < 0 || event.issued_us > command.at_us) return "invalid_time";
  if (auto code = checkPermissions(command, project, event.permissions); !code.empty()) {
    return code;
  }
  if (!isPlainText(command.reason)) return "invalid_reason";
  event.account = qualifiedName(project, command.name);
  if (accounts_.contains(event.account)) return "account_exists";
  event.kind = "AccountCreated";
  event.project = project;
  event.expiry = command.expires;
  event.description = command.description;
  return std::vector{event};
}

NaiveLedger::Decision NaiveLedger::grant(const Command& command) const {
  const Account& account = accounts_.at(command.account);
  std::set<Permission> asked;
  if (auto code = checkPermissions(command, account.project, asked); !code.empty()) return code;
  if (!isPlainText(command.reason)) return "invalid_reason";
  Event event = eventOf("PermissionsGranted", command.account);
  for (const auto& permission : asked) {
    if (!account.permissions.contains(permission)) event.permissions.insert(permission);
  }
  if (event.permissions.empty()) return "no_change";
  if (account.permissions.size() + event.permissions.size() > kMaxPermissions) {
    return "invalid_permission";
  }
  return std::vector{event};
}

NaiveLedger::Decision NaiveLedger::revoke(const Command& command) const {
  const Account& account = accounts_.at(command.account);
  std::set<Permission> asked;
  if (auto code = checkPermissions(command, account.project, asked); !code.empty()) return code;
  if (!isPlainText(command.reason)) return "invalid_reason";
  // The scopes that the account would still have afterwards.
  std::set<std::string> kept_scopes;
  if (!account.project.empty()) kept_scopes.insert(account.project);
  for (const auto& permission : account.permissions) {
    if (!asked.contains(permission)) kept_scopes.insert(permission.scope);
  }
  for (const auto& permission : asked) {
    if (permission.capability == kPull && kept_scopes.contains(permission.scope)) {
      return "pull_is_always_granted";
    }
  }
  Event event = eventOf("PermissionsRevoked", command.account);
  for (const auto& permission : asked) {
    if (account.permissions.contains(permission)) event.permissions.insert(permission);
  }
  if (event.permissions.empty()) return "no_change";
  return std::vector{event};
}

NaiveLedger::Decision NaiveLedger::setExpiry(const Command& command) const {
  if (command.expires.kind == Expiry::Kind::kDays && !isDays(command.expires.days)) {
    return "invalid_days";
  }
  if (!isPlainText(command.reason)) return "invalid_reason";
  if (accounts_.at(command.account).expiry == command.expires) return "no_change";
  Event event = eventOf("AccountExpiryChanged", command.account);
  event.expiry = command.expires;
  return std::vector{event};
}

NaiveLedger::Decision NaiveLedger::describe(const Command& command) const {
  if (!isPlainText(command.description)) return "invalid_description";
  if (!isPlainText(command.reason)) return "invalid_reason";
  if (accounts_.at(command.account).description == command.description) return "no_change";
  Event event = eventOf("AccountDescribed", command.account);
  event.description = command.description;
  return std::vector{event};
}

NaiveLedger::Decision NaiveLedger::actOnAccount(const Command& command) const {
  const Account& account = accounts_.at(command.account);
  if (!isPlainText(command.reason)) return "invalid_reason";
  if (command.verb == "disable" && account.disabled) return "no_change";
  if (command.verb == "enable" && !account.disabled) return "no_change";
  static const std::map<std::string, std::string> kKinds{{"disable", "AccountDisabled"},
                                                         {"enable", "AccountEnabled"},
                                                         {"delete", "AccountDeleted"},
                                                         {"renew", "AccountRenewed"},
                                                         {"rotate_secret", "SecretIssued"}};
  return std::vector{eventOf(kKinds.at(command.verb), command.account)};
}

std::vector<Event> NaiveLedger::permissionChanges(const Command& command,
                                                  const std::set<Permission>& asked) const {
  const Account& account = accounts_.at(command.account);
  const Permission pull{account.project, std::string(kPull)};
  Event revoked = eventOf("PermissionsRevoked", command.account);
  Event granted = eventOf("PermissionsGranted", command.account);
  for (const auto& held : account.permissions) {
    if (!asked.contains(held)) revoked.permissions.insert(held);
  }
  for (const auto& one : asked) {
    if (account.permissions.contains(one)) continue;
    // A project account that has nothing on record is shown with just its pull.
    if (!account.project.empty() && one == pull && asked.size() == 1) continue;
    granted.permissions.insert(one);
  }
  std::vector<Event> events;
  if (!revoked.permissions.empty()) events.push_back(revoked);
  if (!granted.permissions.empty()) events.push_back(granted);
  return events;
}

NaiveLedger::Decision NaiveLedger::update(const Command& command) const {
  const Account& account = accounts_.at(command.account);
  if (!isPlainText(command.description)) return "invalid_description";
  if (command.has("expires") && command.expires.kind == Expiry::Kind::kDays &&
      !isDays(command.expires.days)) {
    return "invalid_days";
  }
  std::set<Permission> asked;
  if (command.has("permissions")) {
    if (auto code = checkPermissions(command, account.project, asked); !code.empty()) return code;
  }
  if (!isPlainText(command.reason)) return "invalid_reason";

  std::vector<Event> events;
  if (command.has("permissions")) events = permissionChanges(command, asked);
  if (command.has("expires") && account.expiry != command.expires) {
    Event event = eventOf("AccountExpiryChanged", command.account);
    event.expiry = command.expires;
    events.push_back(event);
  }
  if (command.has("description") && account.description != command.description) {
    Event event = eventOf("AccountDescribed", command.account);
    event.description = command.description;
    events.push_back(event);
  }
  if (command.status == "disabled" && !account.disabled) {
    events.push_back(eventOf("AccountDisabled", command.account));
  }
  if (command.status == "enabled" && account.disabled) {
    events.push_back(eventOf("AccountEnabled", command.account));
  }
  return events;
}

NaiveLedger::Decision NaiveLedger::recordClaim(const Command& command) const {
  if (command.has("account") && !accounts_.contains(command.account)) return "unknown_account";
  if (command.project && !projects_.contains(*command.project)) return "unknown_project";
  const Claim& claim = command.claim;
  if (claim.source.empty() || claim.source_id.empty()) return "invalid_claim";
  for (const auto& text : {claim.source, claim.source_id, claim.who, claim.operation,
                           claim.resource, claim.resource_type}) {
    if (!isPlainText(text)) return "invalid_claim";
  }
  if (!isPlainText(command.reason)) return "invalid_reason";
  Event event;
  if (command.has("account")) event = eventOf("ClaimRecorded", command.account);
  event.kind = "ClaimRecorded";
  if (command.project) event.project = *command.project;
  event.claim = printClaim(claim);
  return std::vector{event};
}

Event NaiveLedger::eventOf(std::string_view kind, const std::string& account) const {
  Event event;
  event.kind = kind;
  event.account = account;
  event.account_id = accounts_.at(account).id;
  event.project = accounts_.at(account).project;
  return event;
}

}  // namespace robotledger::model
