#include "api/embed/command_json.h"

#include <array>
#include <limits>

#include "api/embed/strict_object.h"
#include "core/domain/text.h"

namespace robotledger::v1 {
namespace {

Permission permissionIn(StrictObject& command, const Json& json) {
  if (json.is_string()) return {json.get<std::string>(), {}};
  StrictObject object(json, "a permission");
  Permission permission;
  permission.scope = object.textOr("scope", "");
  if (object.has("scope") && permission.scope.empty()) object.fail("field 'scope' is empty");
  permission.capability = object.has("capability")
                              ? object.text("capability")
                              : object.text("resource") + ":" + object.text("action");
  if (auto whole = object.finish(); !whole) command.fail(whole.error().message, "permissions");
  return permission;
}

std::vector<Permission> permissionsIn(StrictObject& command) {
  std::vector<Permission> permissions;
  const Json& all = command.any("permissions");
  if (!all.is_array()) command.fail("field 'permissions' has to be a list", "permissions");
  for (const Json& one : all) permissions.push_back(permissionIn(command, one));
  return permissions;
}

Expiry expiryIn(StrictObject& command) {
  const Json& expires = command.any("expires");
  if (expires.is_null() && !command.has("expires")) return {};
  if (expires.is_string() && expires == "system") return {};
  if (expires.is_string() && expires == "never") return Expiry::never();
  if (!expires.is_number_integer()) {
    command.fail("field 'expires' has to be \"system\", \"never\" or a number of days", "expires");
    return {};
  }
  return Expiry::inDays(command.number("expires"));
}

Command createAccountIn(StrictObject& command) {
  CreateAccount made;
  made.project = command.textOr("project", "");
  // A script's unset variable must not make a system account.
  if (command.has("project") && made.project.empty()) {
    command.fail("field 'project' is empty", "project");
  }
  made.name = command.text("name");
  made.permissions = permissionsIn(command);
  made.expiry = expiryIn(command);
  made.description = command.textOr("description", "");
  const bool system = command.has("level");
  if (system && command.text("level") != "system")
    command.fail("field 'level' has to be \"system\"", "level");
  if (system == command.has("project")) {
    command.fail("an account has either a 'project' or \"level\":\"system\"", "project");
  }
  return made;
}

Command setServiceIn(StrictObject& command) {
  ChangeServiceSettings made;
  const std::int64_t seconds = command.number("token_lifetime_s");
  // What does not fit is as far out as the largest that does.
  made.token_lifetime_s = static_cast<std::int32_t>(std::clamp<std::int64_t>(
      seconds, std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max()));
  made.charts_segment = command.text("charts_segment");
  made.service_name = command.text("service_name");
  return made;
}

using Reader = Command (*)(StrictObject&);
struct Verb {
  std::string_view name;
  Reader read;
};

template <class Named>
Command named(StrictObject& command) {
  return Named{command.text("account")};
}

constexpr std::array<Verb, 18> kVerbs{{
    {"create_account", createAccountIn},
    {"grant",
     [](StrictObject& c) -> Command {
       return GrantPermissions{c.text("account"), permissionsIn(c)};
     }},
    {"revoke",
     [](StrictObject& c) -> Command {
       return RevokePermissions{c.text("account"), permissionsIn(c)};
     }},
    {"disable", named<DisableAccount>},
    {"enable", named<EnableAccount>},
    {"delete", named<DeleteAccount>},
    {"renew", named<RenewAccount>},
    {"rotate_secret", named<RotateSecret>},
    {"set_expiry",
     [](StrictObject& c) -> Command {
       if (!c.has("expires")) c.fail("field 'expires' is missing", "expires");
       return SetAccountExpiry{c.text("account"), expiryIn(c)};
     }},
    {"describe",
     [](StrictObject& c) -> Command {
       return DescribeAccount{c.text("account"), c.text("description")};
     }},
    {"create_project", [](StrictObject& c) -> Command { return CreateProject{c.text("project")}; }},
    {"delete_project", [](StrictObject& c) -> Command { return DeleteProject{c.text("project")}; }},
    {"add_operator", [](StrictObject& c) -> Command { return AddOperator{c.text("operator")}; }},
    {"remove_operator",
     [](StrictObject& c) -> Command { return RemoveOperator{c.text("operator")}; }},
    {"grant_role",
     [](StrictObject& c) -> Command {
       return GrantRole{c.text("operator"), c.text("role"), c.textOr("project", "")};
     }},
    {"revoke_role",
     [](StrictObject& c) -> Command {
       return RevokeRole{c.text("operator"), c.text("role"), c.textOr("project", "")};
     }},
    {"set_system_expiry",
     [](StrictObject& c) -> Command { return SetSystemExpiry{c.number("days")}; }},
    {"set_service", setServiceIn},
}};

}  // namespace

Command readVerb(StrictObject& object) {
  const std::string name = object.text("do");
  const auto* const verb =
      std::find_if(kVerbs.begin(), kVerbs.end(), [&](const Verb& one) { return one.name == name; });
  if (verb != kVerbs.end()) return verb->read(object);
  object.fail("field 'do' is no command: " + inQuotes(name), "do");
  return {};
}

Result<ReadCommand> readCommand(std::string_view text) {
  StrictObject object(text);
  ReadCommand read;
  read.by.actor = object.text("actor");
  read.by.reason = object.textOr("reason", "");
  read.by.request_id = object.textOr("request_id", "");
  read.by.idempotency_key = object.textOr("idempotency_key", "");
  read.command = readVerb(object);
  if (auto whole = object.finish(); !whole) {
    return Failure{Code::kRefused, "malformed_line", whole.error().message};
  }
  return read;
}

}  // namespace robotledger::v1
