#include "api/json/event_json.h"

#include <fmt/format.h>

namespace robotledger {
namespace {

using Json = nlohmann::ordered_json;

Json settingsJson(const ServiceSettings& settings) {
  return {{"token_lifetime_s", settings.token_lifetime_s},
          {"charts_segment", settings.charts_segment},
          {"service_name", settings.service_name}};
}

// Puts what one kind of event has of its own.
class Fields {
 public:
  Fields(Json& json, const EventNames& names) : json_(json), names_(names) {}

  void operator()(const LedgerInitialized& e) const {
    json_["origin"] = e.origin;
    const BytesView id(reinterpret_cast<const char*>(e.ledger_id.data()), e.ledger_id.size());
    json_["ledger_id"] = toHex(id);
    json_["system_expiry_days"] = e.system_expiry_days;
    json_["admin"] = e.admin;
    json_["verifier_key"] = e.verifier_key;
  }
  void operator()(const HistoryImported& e) const {
    json_["file_sha256"] = toHex(digestBytes(e.file));
    json_["first_line"] = e.first_line;
  }
  void operator()(const ProjectCreated& e) const { putProject(e.project); }
  void operator()(const ProjectDeleted& e) const { putProject(e.project); }
  void operator()(const AccountCreated& e) const {
    json_["level"] = e.project.value == 0 ? "system" : "project";
    if (e.project.value != 0) putProject(e.project);
    json_["name"] = e.name;
    json_["description"] = e.description;
    json_["permissions"] = permissionsJson(e.permissions, names_);
    json_["expires"] = expiryJson(e.expiry);
    json_["issued_at"] = formatInstant(e.issued_at);
  }
  void operator()(const PermissionsGranted& e) const {
    json_["permissions"] = permissionsJson(e.permissions, names_);
  }
  void operator()(const PermissionsRevoked& e) const {
    json_["permissions"] = permissionsJson(e.permissions, names_);
  }
  void operator()(const AccountDisabled&) const {}
  void operator()(const AccountEnabled&) const {}
  void operator()(const AccountDeleted&) const {}
  void operator()(const AccountRenewed&) const {}
  void operator()(const AccountExpiryChanged& e) const {
    json_["before"] = expiryJson(e.before);
    json_["after"] = expiryJson(e.after);
  }
  void operator()(const AccountDescribed& e) const {
    json_["before"] = e.before;
    json_["after"] = e.after;
  }
  void operator()(const SecretIssued& e) const { json_["secret"] = secretJson(e.secret); }
  void operator()(const SystemExpiryChanged& e) const {
    json_["before_days"] = e.before_days;
    json_["after_days"] = e.after_days;
  }
  void operator()(const OperatorAdded& e) const {
    json_["operator_id"] = e.id.value;
    json_["operator"] = e.name;
  }
  void operator()(const OperatorRemoved& e) const { json_["operator"] = e.name; }
  void operator()(const OperatorPasswordSet& e) const { json_["operator"] = e.name; }
  void operator()(const RoleGranted& e) const { putRole(e.name, e.role, e.project); }
  void operator()(const RoleRevoked& e) const { putRole(e.name, e.role, e.project); }
  void operator()(const ServiceSettingsChanged& e) const {
    json_["before"] = settingsJson(e.before);
    json_["after"] = settingsJson(e.after);
  }
  void operator()(const LedgerRolledBack& e) const {
    json_["lost_size"] = e.lost_size.value;
    json_["lost_root"] = toHex(digestBytes(e.lost_root));
    json_["old_origin"] = e.old_origin;
    json_["origin"] = e.origin;
    json_["verifier_key"] = e.verifier_key;
  }
  void operator()(const ClaimRecorded& e) const {
    if (e.project.value != 0) putProject(e.project);
    json_["claim"] = {{"source", e.source},
                      {"source_id", e.source_id},
                      {"time", formatInstant(e.time)},
                      {"actor", e.actor},
                      {"operation", e.operation},
                      {"resource", e.resource},
                      {"resource_type", e.resource_type}};
  }

 private:
  void putProject(ProjectId project) const {
    json_["project_id"] = project.value;
    json_["project"] = names_.project(project);
  }
  void putRole(const std::string& name, Role role, ProjectId project) const {
    json_["operator"] = name;
    json_["role"] = roleName(role);
    if (project.value != 0) putProject(project);
  }

  Json& json_;
  const EventNames& names_;
};

}  // namespace

Json channelJson(const Channel& channel) {
  struct Way {
    Json operator()(const LedgerItself&) const { return {{"kind", "ledger"}}; }
    Json operator()(const CommandLine& c) const {
      Json json{{"kind", "cli"}, {"system_user", c.system_user}};
      if (!c.sudo_user.empty()) json["sudo_user"] = c.sudo_user;
      json["host"] = c.host;
      return json;
    }
    Json operator()(const Http& c) const { return {{"kind", "http"}, {"address", c.address}}; }
    Json operator()(const Import& c) const {
      return {{"kind", "import"}, {"opened", c.opened.value}, {"line", c.line}};
    }
    Json operator()(const Embedder& c) const {
      return {{"kind", "program"}, {"program", c.program}};
    }
  };
  return std::visit(Way{}, channel);
}

Json permissionsJson(const Permissions& permissions, const EventNames& names) {
  Json list = Json::array();
  for (const Permission& one : permissions) {
    list.push_back({{"scope", names.scope(one.scope)}, {"capability", one.capability.text()}});
  }
  return list;
}

Json expiryJson(const Expiry& expiry) {
  if (expiry.kind == Expiry::Kind::kDays) return expiry.count;
  return expiry.kind == Expiry::Kind::kNever ? "never" : "system";
}

const char* secretKindName(SecretHash::Kind kind) {
  if (kind == SecretHash::Kind::kGenerated) return "generated";
  return kind == SecretHash::Kind::kChosen ? "chosen" : "asserted";
}

Json secretJson(const SecretHash& secret) {
  Json json{{"kind", secretKindName(secret.kind)}};
  if (secret.kind == SecretHash::Kind::kGenerated) {
    json["fingerprint"] = fmt::format("{:016x}", secret.fingerprint);
  }
  return json;
}

Result<Json> eventJson(const Event& event, EventNames& names) {
  Json json;
  json["sequence"] = event.sequence.value;
  json["time"] = formatInstant(event.time);
  json["recorded_at"] = formatInstant(event.recorded_at);
  json["kind"] = eventKindName(event.body.index());
  json["actor"] = event.actor;
  json["channel"] = channelJson(event.channel);
  if (isAsserted(event)) json["asserted"] = true;
  if (!event.reason.empty()) json["reason"] = event.reason;
  if (!event.request_id.empty()) json["request_id"] = event.request_id;
  if (!event.idempotency_key.empty()) json["idempotency_key"] = event.idempotency_key;
  if (const AccountId id = accountOf(event.body); id.value != 0) {
    const auto account = names.account(id);
    if (!account) return account.error();
    json["account_id"] = id.value;
    json["account"] = *account;
  }
  std::visit(Fields(json, names), event.body);
  return json;
}

}  // namespace robotledger
