// Which class and activity of OCSF 1.8 an event is. https://schema.ocsf.io/1.8.0
//
// Account Change (3001) for the lives and the credentials of accounts and operators, User Access
// Management (3005) for what they may, Entity Management (3004) for all the rest: how an account is
// described and when it ends, projects, settings, the ledger itself.
#include <algorithm>

#include "api/export/event_export.h"
#include "api/json/event_json.h"
#include "api/text/event_text.h"

namespace robotledger {
namespace {

constexpr int kIamCategory = 3;
constexpr int kAccountChange = 3001;
constexpr int kEntityManagement = 3004;
constexpr int kUserAccess = 3005;

struct Activity {
  int class_uid = 0;
  int id = 0;
  const char* name = "";
};

constexpr Activity kCreateAccount{kAccountChange, 1, "Create"};
constexpr Activity kEnableAccount{kAccountChange, 2, "Enable"};
constexpr Activity kResetPassword{kAccountChange, 4, "Password Reset"};
constexpr Activity kDisableAccount{kAccountChange, 5, "Disable"};
constexpr Activity kDeleteAccount{kAccountChange, 6, "Delete"};
constexpr Activity kAssignPrivileges{kUserAccess, 1, "Assign Privileges"};
constexpr Activity kRevokePrivileges{kUserAccess, 2, "Revoke Privileges"};
constexpr Activity kCreateEntity{kEntityManagement, 1, "Create"};
constexpr Activity kUpdateEntity{kEntityManagement, 3, "Update"};
constexpr Activity kDeleteEntity{kEntityManagement, 4, "Delete"};
constexpr Activity kImport{kEntityManagement, 99, "Import"};
constexpr Activity kClaim{kEntityManagement, 99, "Claim"};

const char* className(int class_uid) {
  if (class_uid == kAccountChange) return "Account Change";
  return class_uid == kUserAccess ? "User Access Management" : "Entity Management";
}

constexpr int kRegularUser = 1;
constexpr int kServiceUser = 4;

Json userJson(const std::string& name, int type_id) {
  return {
      {"name", name}, {"type", type_id == kServiceUser ? "Service" : "User"}, {"type_id", type_id}};
}

Json robotJson(AccountId id, const std::string& name) {
  Json json = userJson(name, kServiceUser);
  json["uid"] = std::to_string(id.value);
  return json;
}

Json entityJson(const char* type, const std::string& name, const std::string& uid) {
  Json json{{"type", type}};
  if (!name.empty()) json["name"] = name;
  if (!uid.empty()) json["uid"] = uid;
  return json;
}

// Puts what an event's class asks for, and says which class and activity it is.
class Classes {
 public:
  // `account` is the name of the account that the event is about, empty where it is about none.
  Classes(Json& json, EventNames& names, const Event& event, const std::string& account,
          const ExportSource& source)
      : json_(json), names_(names), event_(event), account_(account), source_(source) {}

  Activity operator()(const LedgerInitialized&) const {
    return entity(kCreateEntity, "ledger", source_.origin, "");
  }
  Activity operator()(const HistoryImported& e) const {
    return entity(kImport, "history file", "", toHex(digestBytes(e.file)));
  }
  Activity operator()(const ProjectCreated& e) const { return project(kCreateEntity, e.project); }
  Activity operator()(const ProjectDeleted& e) const { return project(kDeleteEntity, e.project); }
  // What it was created with is in `unmapped`: the class has no privileges.
  Activity operator()(const AccountCreated&) const { return robot(kCreateAccount); }
  Activity operator()(const PermissionsGranted& e) const {
    return access(kAssignPrivileges, e.permissions);
  }
  Activity operator()(const PermissionsRevoked& e) const {
    return access(kRevokePrivileges, e.permissions);
  }
  Activity operator()(const AccountDisabled&) const { return robot(kDisableAccount); }
  Activity operator()(const AccountEnabled&) const { return robot(kEnableAccount); }
  Activity operator()(const AccountDeleted&) const { return robot(kDeleteAccount); }
  Activity operator()(const SecretIssued&) const { return robot(kResetPassword); }
  Activity operator()(const AccountRenewed&) const { return accountUpdated(); }
  Activity operator()(const AccountExpiryChanged&) const { return accountUpdated(); }
  Activity operator()(const AccountDescribed&) const { return accountUpdated(); }
  Activity operator()(const SystemExpiryChanged&) const {
    return entity(kUpdateEntity, "setting", "system_expiry_days", "");
  }
  Activity operator()(const ServiceSettingsChanged&) const {
    return entity(kUpdateEntity, "setting", "token_service", "");
  }
  Activity operator()(const OperatorAdded& e) const { return person(kCreateAccount, e.name); }
  Activity operator()(const OperatorRemoved& e) const { return person(kDeleteAccount, e.name); }
  Activity operator()(const OperatorPasswordSet& e) const { return person(kResetPassword, e.name); }
  Activity operator()(const RoleGranted& e) const {
    return role(kAssignPrivileges, e.name, e.role, e.project);
  }
  Activity operator()(const RoleRevoked& e) const {
    return role(kRevokePrivileges, e.name, e.role, e.project);
  }
  Activity operator()(const LedgerRolledBack& e) const {
    return entity(kUpdateEntity, "ledger", e.origin, "");
  }
  Activity operator()(const ClaimRecorded& e) const {
    return entity(kClaim, "claim", e.resource, e.source + "/" + e.source_id);
  }

 private:
  Activity entity(Activity activity, const char* type, const std::string& name,
                  const std::string& uid) const {
    json_["entity"] = entityJson(type, name, uid);
    if (!event_.reason.empty()) json_["comment"] = event_.reason;
    return activity;
  }
  Activity project(Activity activity, ProjectId id) const {
    return entity(activity, "project", names_.project(id), std::to_string(id.value));
  }
  Activity accountUpdated() const {
    return entity(kUpdateEntity, "user", account_, std::to_string(accountOf(event_.body).value));
  }
  void robot() const { json_["user"] = robotJson(accountOf(event_.body), account_); }
  Activity robot(Activity activity) const {
    robot();
    return activity;
  }
  Activity person(Activity activity, const std::string& name) const {
    json_["user"] = userJson(name, kRegularUser);
    return activity;
  }
  Json privileges(const Permissions& permissions) const {
    Json list = Json::array();
    for (const Permission& one : permissions) {
      std::string text = one.capability.text();
      if (std::find(list.begin(), list.end(), Json(text)) == list.end())
        list.push_back(std::move(text));
    }
    return list;
  }
  Json resource(const Scope& scope) const {
    Json json{{"name", names_.scope(scope)}, {"type", "project"}};
    if (scope.kind == Scope::Kind::kSystem) json["type"] = "system";
    if (scope.kind == Scope::Kind::kAllProjects) json["type"] = "all projects";
    if (scope.kind == Scope::Kind::kProject) json["uid"] = std::to_string(scope.project.value);
    return json;
  }
  Activity access(Activity activity, const Permissions& permissions) const {
    robot();
    json_["privileges"] = privileges(permissions);
    Json resources = Json::array();
    for (const Permission& one : permissions) {
      Json json = resource(one.scope);
      if (std::find(resources.begin(), resources.end(), json) == resources.end()) {
        resources.push_back(std::move(json));
      }
    }
    json_["resources"] = std::move(resources);
    return activity;
  }
  Activity role(Activity activity, const std::string& name, Role role, ProjectId project) const {
    json_["user"] = userJson(name, kRegularUser);
    json_["privileges"] = Json::array({std::string(roleName(role))});
    const Scope scope = project.value == 0 ? Scope::system() : Scope::inProject(project);
    json_["resources"] = Json::array({resource(scope)});
    return activity;
  }

  Json& json_;
  EventNames& names_;
  const Event& event_;
  const std::string& account_;
  const ExportSource& source_;
};

Json actorJson(const Event& event) {
  if (event.actor.empty()) return {{"app_name", "robotledger"}};
  Json json{{"user", userJson(event.actor, kRegularUser)}};
  if (const auto* program = std::get_if<Embedder>(&event.channel)) {
    json["app_name"] = program->program;
  }
  return json;
}

// Where the command came from; null where that is not known.
Json sourceJson(const Channel& channel) {
  if (const auto* http = std::get_if<Http>(&channel)) return {{"ip", http->address}};
  if (const auto* cli = std::get_if<CommandLine>(&channel)) {
    return cli->host.empty() ? Json() : Json{{"hostname", cli->host}};
  }
  return {};
}

Json metadataJson(const Event& event, const ExportSource& source) {
  Json json{
      {"version", "1.8.0"},
      {"product",
       {{"name", "robotledger"}, {"vendor_name", "robotledger"}, {"version", source.version}}},
      {"uid", source.origin + "#" + std::to_string(event.sequence.value)},
      {"sequence", event.sequence.value},
      {"log_name", source.origin},
      {"event_code", eventKindName(event.body.index())},
      {"logged_time", event.recorded_at.us / 1000}};
  if (!event.request_id.empty()) json["correlation_uid"] = event.request_id;
  return json;
}

}  // namespace

Result<Json> ocsfJson(const Event& event, EventNames& names, const ExportSource& source) {
  std::string account;
  if (const AccountId id = accountOf(event.body); id.value != 0) {
    auto name = names.account(id);
    if (!name) return name.error();
    account = *std::move(name);
  }
  const auto message = eventText(event, names);
  if (!message) return message.error();
  auto whole = eventJson(event, names);
  if (!whole) return whole.error();
  Json details;
  const Activity activity = std::visit(Classes(details, names, event, account, source), event.body);
  Json json{{"activity_id", activity.id},
            {"activity_name", activity.name},
            {"category_uid", kIamCategory},
            {"category_name", "Identity & Access Management"},
            {"class_uid", activity.class_uid},
            {"class_name", className(activity.class_uid)},
            {"type_uid", activity.class_uid * 100 + activity.id},
            {"type_name", std::string(className(activity.class_uid)) + ": " + activity.name},
            {"severity_id", 1},
            {"severity", "Informational"},
            {"status_id", 1},
            {"status", "Success"},
            {"time", event.time.us / 1000},
            {"message", *message},
            {"metadata", metadataJson(event, source)},
            {"actor", actorJson(event)}};
  Json from = sourceJson(event.channel);
  if (!from.is_null()) json["src_endpoint"] = std::move(from);
  json.update(details);
  json["unmapped"] = *std::move(whole);
  return json;
}

}  // namespace robotledger
