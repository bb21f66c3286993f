#include "tests/model/command.h"

#include <limits>
#include <map>
#include <set>
#include <utility>

#include "tests/model/civil_time.h"
#include "tests/model/json_line.h"
#include "tests/model/vocabulary.h"

namespace robotledger::model {
namespace {

using nlohmann::json;
using Fields = std::set<std::string>;

// The fields of each verb beside `at`, `actor`, `do` and `reason`: those it must have, and those
// it may have.
struct Shape {
  Fields must;
  Fields may;
};
const std::map<std::string, Shape>& shapes() {
  static const std::map<std::string, Shape> kShapes{
      {"create_project", {{"project"}, {}}},
      {"delete_project", {{"project"}, {}}},
      {"add_operator", {{"operator"}, {}}},
      {"remove_operator", {{"operator"}, {}}},
      {"grant_role", {{"operator", "role"}, {"project"}}},
      {"revoke_role", {{"operator", "role"}, {"project"}}},
      {"create_account",
       {{"name", "permissions"}, {"project", "level", "expires", "description", "issued_at"}}},
      {"grant", {{"account", "permissions"}, {}}},
      {"revoke", {{"account", "permissions"}, {}}},
      {"disable", {{"account"}, {}}},
      {"enable", {{"account"}, {}}},
      {"delete", {{"account"}, {}}},
      {"renew", {{"account"}, {}}},
      {"rotate_secret", {{"account"}, {}}},
      {"set_expiry", {{"account", "expires"}, {}}},
      {"describe", {{"account", "description"}, {}}},
      {"set_system_expiry", {{"days"}, {}}},
      {"update", {{"account"}, {"permissions", "expires", "description", "status"}}},
      {"record_claim",
       {{"source", "source_id", "when", "who", "operation", "resource", "resource_type"},
        {"account", "project"}}},
  };
  return kShapes;
}

bool hasTheFieldsOf(const json& object, const Shape& shape) {
  static const Fields kAlways{"at", "actor", "do"};
  for (const auto& field : kAlways) {
    if (!object.contains(field)) return false;
  }
  for (const auto& field : shape.must) {
    if (!object.contains(field)) return false;
  }
  for (const auto& item : object.items()) {
    const std::string& field = item.key();
    if (!kAlways.contains(field) && field != "reason" && !shape.must.contains(field) &&
        !shape.may.contains(field)) {
      return false;
    }
  }
  return true;
}

// An integer; the nearest that fits where it is too large.
std::optional<std::int64_t> readInteger(const json& value) {
  if (!value.is_number_integer()) return std::nullopt;
  constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > std::uint64_t{kMost}) {
    return kMost;
  }
  return value.get<std::int64_t>();
}

std::optional<Expiry> readExpiry(const json& value) {
  if (value == "system") return Expiry{Expiry::Kind::kSystem, 0};
  if (value == "never") return Expiry{Expiry::Kind::kNever, 0};
  auto days = readInteger(value);
  if (!days) return std::nullopt;
  return Expiry{Expiry::Kind::kDays, *days};
}

std::optional<AskedPermission> readPermission(const json& value) {
  if (value.is_string()) {
    return AskedPermission{std::nullopt, capabilityOf(value.get<std::string>())};
  }
  if (!value.is_object()) return std::nullopt;
  for (const auto& field : value) {
    if (!field.is_string()) return std::nullopt;
  }
  if (!value.contains("scope")) return std::nullopt;
  auto scope = value["scope"].get<std::string>();
  if (value.size() == 2 && value.contains("capability")) {
    return AskedPermission{scope, capabilityOf(value["capability"].get<std::string>())};
  }
  if (value.size() == 3 && value.contains("resource") && value.contains("action")) {
    return AskedPermission{
        scope, value["resource"].get<std::string>() + ":" + value["action"].get<std::string>()};
  }
  return std::nullopt;
}

std::optional<std::vector<AskedPermission>> readPermissions(const json& value) {
  if (!value.is_array()) return std::nullopt;
  std::vector<AskedPermission> permissions;
  for (const auto& element : value) {
    auto permission = readPermission(element);
    if (!permission) return std::nullopt;
    permissions.push_back(*std::move(permission));
  }
  return permissions;
}

// Fills what is a plain string; false where one is of another type.
bool readStrings(const json& object, Command& command) {
  const std::map<std::string, std::string*> strings{
      {"actor", &command.actor},
      {"do", &command.verb},
      {"reason", &command.reason},
      {"name", &command.name},
      {"account", &command.account},
      {"operator", &command.operator_name},
      {"role", &command.role},
      {"description", &command.description},
      {"status", &command.status},
      {"source", &command.claim.source},
      {"source_id", &command.claim.source_id},
      {"who", &command.claim.who},
      {"operation", &command.claim.operation},
      {"resource", &command.claim.resource},
      {"resource_type", &command.claim.resource_type},
  };
  for (const auto& [field, target] : strings) {
    if (!object.contains(field)) continue;
    if (!object[field].is_string()) return false;
    *target = object[field].get<std::string>();
  }
  if (object.contains("project")) {
    if (!object["project"].is_string()) return false;
    command.project = object["project"].get<std::string>();
  }
  return true;
}

// Fills the times; false where one is none.
bool readTimes(const json& object, Command& command) {
  const std::map<std::string, std::int64_t*> times{
      {"at", &command.at_us}, {"issued_at", &command.issued_us}, {"when", &command.claim.when_us}};
  for (const auto& [field, target] : times) {
    if (!object.contains(field)) continue;
    if (!object[field].is_string()) return false;
    auto time = readTime(object[field].get<std::string>());
    if (!time) return false;
    *target = *time;
  }
  return true;
}

// Fills the rest; false where something is wrongly typed.
bool readValues(const json& object, Command& command) {
  if (!readTimes(object, command)) return false;
  if (object.contains("permissions")) {
    auto permissions = readPermissions(object["permissions"]);
    if (!permissions) return false;
    command.permissions = *std::move(permissions);
  }
  if (object.contains("expires")) {
    auto expires = readExpiry(object["expires"]);
    if (!expires) return false;
    command.expires = *expires;
  }
  if (object.contains("days")) {
    auto days = readInteger(object["days"]);
    if (!days) return false;
    command.days = *days;
  }
  return true;
}

// The fields that may or must stand beside each other.
bool fieldsFitTogether(const json& object, const Command& command) {
  if (command.has("status") && command.status != "enabled" && command.status != "disabled") {
    return false;
  }
  if (command.verb == "create_account") {
    if (object.contains("level") && object["level"] != "system") return false;
    return object.contains("level") != object.contains("project");
  }
  if (command.verb == "grant_role" || command.verb == "revoke_role") {
    if (!isRole(command.role)) return true;
    return object.contains("project") == (command.role == "project_admin");
  }
  return true;
}

}  // namespace

std::optional<Command> readCommand(std::string_view line) {
  auto object = parseJsonLine(line);
  if (!object || !object->is_object()) return std::nullopt;
  if (!object->contains("do") || !(*object)["do"].is_string()) return std::nullopt;
  auto shape = shapes().find((*object)["do"].get<std::string>());
  if (shape == shapes().end() || !hasTheFieldsOf(*object, shape->second)) return std::nullopt;
  Command command;
  for (const auto& item : object->items()) command.fields.insert(item.key());
  if (!readStrings(*object, command) || !readValues(*object, command) ||
      !fieldsFitTogether(*object, command)) {
    return std::nullopt;
  }
  return command;
}

}  // namespace robotledger::model
