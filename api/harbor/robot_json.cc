#include "api/harbor/robot_json.h"

#include <map>

#include <fmt/format.h>

#include "core/base/limits.h"
#include "core/domain/text.h"
#include "projections/access.h"

namespace robotledger::harbor {
namespace {

// Reads the fields of an object; what is wrong first is remembered.
class Reader {
 public:
  explicit Reader(const Json& json) : json_(json) {}

  const Json* find(const char* field) const {
    const auto found = json_.find(field);
    return found == json_.end() || found->is_null() ? nullptr : &*found;
  }
  std::string text(const char* field) {
    const Json* value = find(field);
    if (value == nullptr) return "";
    if (value->is_string()) return value->get<std::string>();
    wrongType(field, "a text");
    return "";
  }
  bool flag(const char* field) {
    const Json* value = find(field);
    if (value == nullptr) return false;
    if (value->is_boolean()) return value->get<bool>();
    wrongType(field, "true or false");
    return false;
  }
  std::optional<std::int64_t> number(const char* field) {
    const Json* value = find(field);
    if (value == nullptr) return std::nullopt;
    if (value->is_number_integer() && !isBeyond(*value)) return value->get<std::int64_t>();
    wrongType(field, "a whole number");
    return std::nullopt;
  }
  const Json* list(const char* field) {
    const Json* value = find(field);
    if (value == nullptr || value->is_array()) return value;
    wrongType(field, "a list");
    return nullptr;
  }
  const std::optional<WrongBody>& wrong() const { return wrong_; }

 private:
  static bool isBeyond(const Json& number) {
    return number.is_number_unsigned() &&
           number.get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX);
  }
  void wrongType(const char* field, const char* type) {
    if (!wrong_) wrong_ = WrongBody{422, std::string(field) + " has to be " + type};
  }

  const Json& json_;
  std::optional<WrongBody> wrong_;
};

WrongBody wrongValue(std::string message) { return {400, std::move(message)}; }

std::optional<WrongBody> readExpiry(Reader& reader, RobotBody& body) {
  const auto days = reader.number("duration");
  if (!days) return reader.wrong();
  if (*days == -1) {
    body.expiry = ExpiryRequest{.kind = Expiry::Kind::kNever};
  } else if (*days == 0) {
    body.expiry = ExpiryRequest{};
  } else if (*days >= kMinDays && *days <= kMaxDays) {
    body.expiry = ExpiryRequest{.kind = Expiry::Kind::kDays, .days = *days};
  } else {
    return wrongValue(
        "duration is -1 for never, 0 for the system's setting, or 1 to 2147483646 "
        "days");
  }
  return std::nullopt;
}

// One {resource, action, effect} in a place.
std::optional<WrongBody> readAccess(const Json& json, const std::string& scope, RobotBody& body) {
  if (!json.is_object()) return WrongBody{422, "an access has to be an object"};
  Reader reader(json);
  const std::string resource = reader.text("resource");
  const std::string action = reader.text("action");
  const std::string effect = reader.text("effect");
  if (reader.wrong()) return reader.wrong();
  if (!effect.empty() && effect != "allow") {
    return wrongValue("effect can only be allow: nothing denies here");
  }
  const auto capability = findCapability(resource, action);
  const bool can_be = capability && (scope == "/" ? grantableInSystem(*capability)
                                                  : grantableInProject(*capability));
  if (!can_be) {
    return wrongValue("there is no permission " + inQuotes(resource + ":" + action) +
                      (scope == "/" ? " of the system" : " in a project"));
  }
  body.permissions.push_back({.scope = scope, .capability = resource + ":" + action});
  return std::nullopt;
}

// One entry {kind, namespace, access}.
std::optional<WrongBody> readPermission(const Json& json, RobotBody& body) {
  if (!json.is_object()) return WrongBody{422, "a permission has to be an object"};
  Reader reader(json);
  const std::string kind = reader.text("kind");
  const std::string place = reader.text("namespace");
  const Json* access = reader.list("access");
  if (reader.wrong()) return reader.wrong();
  if (kind != "project" && kind != "system") {
    return wrongValue("the kind of a permission is project or system");
  }
  if (kind == "system" && place != "/") {
    return wrongValue("the namespace of a permission of the kind system is /");
  }
  if (kind == "project" && place != "*" && !isName(place)) {
    return wrongValue("the namespace " + inQuotes(place) + " is no project's name");
  }
  if (body.level == RobotLevel::kProject) {
    if (kind != "project" || place == "*") {
      return wrongValue("a project's robot has permissions in its own project alone");
    }
    body.project = place;
  }
  if (access == nullptr || access->empty()) return wrongValue("a permission names no access");
  for (const Json& one : *access) {
    if (auto wrong = readAccess(one, place, body)) return wrong;
  }
  return std::nullopt;
}

std::optional<WrongBody> readPermissions(Reader& reader, NoPermissions none, RobotBody& body) {
  const Json* list = reader.list("permissions");
  if (reader.wrong()) return reader.wrong();
  const std::size_t count = list == nullptr ? 0 : list->size();
  if (count == 0 && (none == NoPermissions::kWrong || body.level == RobotLevel::kProject)) {
    return wrongValue("permissions is empty");
  }
  if (count != 1 && body.level == RobotLevel::kProject) {
    return wrongValue("a project's robot has permissions in one project, its own");
  }
  for (std::size_t i = 0; i < count; ++i) {
    if (auto wrong = readPermission((*list)[i], body)) return wrong;
  }
  return std::nullopt;
}

Json accessJson(Capability capability) {
  return {{"resource", std::string(capability.resource())},
          {"action", std::string(capability.action())},
          {"effect", "allow"}};
}

// As they were granted; of a project's robot that was granted nothing the pull that is always
// there.
Json permissionsOf(const View& view, const Account& account) {
  Permissions shown = account.permissions;
  if (shown.empty() && !account.isSystemLevel()) {
    shown.push_back({Scope::inProject(account.project), kPullImage});
  }
  Json list = Json::array();
  for (auto at = shown.begin(); at != shown.end();) {
    const Scope scope = at->scope;
    Json access = Json::array();
    for (; at != shown.end() && at->scope == scope; ++at) {
      access.push_back(accessJson(at->capability));
    }
    std::string place = "/";
    if (scope.kind == Scope::Kind::kAllProjects) place = "*";
    if (scope.kind == Scope::Kind::kProject) place = view.catalog->nameOf(scope.project);
    list.push_back({{"kind", scope.kind == Scope::Kind::kSystem ? "system" : "project"},
                    {"namespace", place},
                    {"access", std::move(access)}});
  }
  return list;
}

std::int64_t durationOf(const Expiry& expiry) {
  if (expiry.kind == Expiry::Kind::kNever) return -1;
  return expiry.kind == Expiry::Kind::kSystem ? 0 : expiry.count;
}

}  // namespace

std::variant<RobotBody, WrongBody> parseRobotBody(const Json& json, NoPermissions none) {
  Reader reader(json);
  RobotBody body{.name = reader.text("name"), .description = reader.text("description")};
  const std::string level = reader.text("level");
  body.is_disabled = reader.flag("disable");
  if (reader.wrong()) return *reader.wrong();
  if (level != "project" && level != "system") return wrongValue("level is project or system");
  if (level == "system") body.level = RobotLevel::kSystem;
  if (!isText(body.description)) {
    return wrongValue("description is UTF-8 of at most 1024 bytes without control characters");
  }
  if (auto wrong = readExpiry(reader, body)) return *wrong;
  if (auto wrong = readPermissions(reader, none, body)) return *wrong;
  if (body.permissions.size() > kMaxPermissions) return wrongValue("more than 500 permissions");
  return body;
}

Json robotJson(const View& view, const AccountRow& row) {
  const Account& account = row.account;
  const auto end = expiresAt(account.terms, view.catalog->settings);
  return {{"id", account.id.value},
          {"name", qualifiedNameOf(view, row)},
          {"description", account.description},
          {"level", account.isSystemLevel() ? "system" : "project"},
          {"duration", durationOf(account.terms.expiry)},
          {"editable", true},
          {"disable", account.status == AccountStatus::kDisabled},
          {"expires_at", harborExpiry(end)},
          {"permissions", permissionsOf(view, account)},
          {"creator_type", "local"},
          {"creator_ref", 0},
          {"creation_time", harborTime(row.created_at)},
          {"update_time", harborTime(row.last.time)}};
}

std::string harborTime(Instant instant) {
  // Milliseconds, rounded down; all of them, where formatInstant() leaves out what is zero.
  const std::int64_t ms = (instant.us % kUsPerSecond + kUsPerSecond) % kUsPerSecond / 1000;
  std::string text = formatInstant(instant);
  text.resize(std::string_view("2026-11-24T22:13:15").size());
  return fmt::format("{}.{:03}Z", text, ms);
}

std::int64_t harborExpiry(const std::optional<Instant>& end) {
  return end ? end->us / kUsPerSecond : -1;
}

}  // namespace robotledger::harbor
