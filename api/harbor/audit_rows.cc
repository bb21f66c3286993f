#include "api/harbor/audit_rows.h"

#include <array>

#include "api/harbor/robot_json.h"
#include "api/text/event_text.h"
#include "core/base/check.h"

namespace robotledger::harbor {
namespace {

struct Kind {
  std::string_view operation;
  std::string_view resource_type;
};
// In the order of EventBody.
constexpr std::array<Kind, std::variant_size_v<EventBody>> kKinds{{
    {"create", "ledger"},    {"import", "history"},      {"create", "project"},
    {"delete", "project"},   {"create", "robot"},        {"grant", "robot"},
    {"revoke", "robot"},     {"disable", "robot"},       {"enable", "robot"},
    {"delete", "robot"},     {"renew", "robot"},         {"set_expiry", "robot"},
    {"describe", "robot"},   {"rotate_secret", "robot"}, {"update", "configuration"},
    {"create", "user"},      {"delete", "user"},         {"set_password", "user"},
    {"grant_role", "user"},  {"revoke_role", "user"},    {"update", "configuration"},
    {"roll_back", "ledger"}, {"claim", "claim"},
}};

// The name of what an event without an account is about.
class Resource {
 public:
  explicit Resource(const EventNames& names) : names_(names) {}

  std::string operator()(const LedgerInitialized& e) const { return e.origin; }
  std::string operator()(const HistoryImported& e) const { return toHex(digestBytes(e.file)); }
  std::string operator()(const ProjectCreated& e) const { return e.name; }
  std::string operator()(const ProjectDeleted& e) const { return names_.project(e.project); }
  std::string operator()(const SystemExpiryChanged&) const { return "robot_token_duration"; }
  std::string operator()(const ServiceSettingsChanged&) const { return "token_service"; }
  std::string operator()(const OperatorAdded& e) const { return e.name; }
  std::string operator()(const OperatorRemoved& e) const { return e.name; }
  std::string operator()(const OperatorPasswordSet& e) const { return e.name; }
  std::string operator()(const RoleGranted& e) const { return e.name; }
  std::string operator()(const RoleRevoked& e) const { return e.name; }
  std::string operator()(const LedgerRolledBack& e) const { return e.origin; }
  std::string operator()(const ClaimRecorded& e) const { return e.resource; }
  template <class OfAnAccount>
  std::string operator()(const OfAnAccount&) const {
    return "";
  }

 private:
  const EventNames& names_;
};

}  // namespace

std::string_view operationOf(std::size_t kind) { return kKinds.at(kind).operation; }
std::string_view resourceTypeOf(std::size_t kind) { return kKinds.at(kind).resource_type; }

Result<Json> auditRow(const Event& event, EventNames& names) {
  std::string resource = std::visit(Resource(names), event.body);
  if (const AccountId id = accountOf(event.body); resource.empty() && id.value != 0) {
    auto name = names.account(id);
    if (!name) return name.error();
    resource = *std::move(name);
  }
  auto what = eventText(event, names);
  if (!what) return what.error();
  const std::size_t kind = event.body.index();
  return Json{{"id", event.sequence.value},
              {"username", event.actor},
              {"operation", operationOf(kind)},
              {"resource", std::move(resource)},
              {"resource_type", resourceTypeOf(kind)},
              {"op_time", harborTime(event.time)},
              {"operation_description", *std::move(what)},
              {"operation_result", true}};
}

}  // namespace robotledger::harbor
