#include "api/http/harbor_system.h"

#include "api/embed/robotledger/robotledger.h"
#include "api/harbor/robot_json.h"
#include "api/http/harbor_answers.h"
#include "api/http/operator_routes.h"
#include "core/base/limits.h"
#include "core/domain/names.h"

namespace robotledger::http {
namespace {

// The version of Harbor whose interface this is; what follows says that it is none.
constexpr const char* kHarborVersion = "v2.12.0-robotledger-";

Json setting(const Json& value, bool is_editable) {
  return {{"value", value}, {"editable", is_editable}};
}

Response configurations(const OperatorParts& parts) {
  return jsonAnswer(200, {{"robot_token_duration", setting(parts.authorizer.systemDays(), true)},
                          {"robot_name_prefix", setting(std::string(kRobotPrefix), false)}});
}

Handled configure(const OperatorParts& parts, const Request& request, const SignedIn& by) {
  auto json = harborBody(request);
  if (auto* wrong = std::get_if<Response>(&json)) return std::move(*wrong);
  const Json& body = std::get<Json>(json);
  if (const auto prefix = body.find("robot_name_prefix");
      prefix != body.end() && *prefix != std::string(kRobotPrefix)) {
    return harborError(400, "robot_name_prefix cannot be changed: it is robot$");
  }
  const auto days = body.find("robot_token_duration");
  if (days == body.end()) return Response{.status = 200};
  if (!days->is_number_integer()) {
    return harborError(422, "robot_token_duration has to be a whole number of days");
  }
  const bool is_small = days->is_number_unsigned() && days->get<std::uint64_t>() <= kMaxDays;
  if (!is_small || days->get<std::int64_t>() < kMinDays) {
    return harborError(400, "robot_token_duration is 1 to 2147483646 days");
  }
  auto context = contextOf(request, by);
  if (auto* wrong = std::get_if<Response>(&context)) return std::move(*wrong);
  return submitLater(
      parts.ledger.ledger(),
      {SetSystemExpiry{days->get<std::int64_t>()}, std::get<Context>(std::move(context))},
      [](const Receipt&) -> Answered { return Response{.status = 200}; },
      [](const std::variant<Refusal, Error>& why) {
        const auto* refusal = std::get_if<Refusal>(&why);
        if (refusal != nullptr && refusal->code == RefusalCode::kNoChange) {
          return Response{.status = 200};
        }
        return harborRefused(why);
      });
}

Json grantable(bool (*can_be)(Capability)) {
  Json list = Json::array();
  for (std::size_t i = 0; i < capabilityCount(); ++i) {
    const Capability capability{static_cast<std::uint16_t>(i)};
    if (!can_be(capability)) continue;
    list.push_back({{"resource", std::string(capability.resource())},
                    {"action", std::string(capability.action())}});
  }
  return list;
}

Response permissions(const SignedIn& by) {
  if (!isReader(by.who) && by.who.administers.empty()) {
    return harborError(403, "this is for auditors and administrators");
  }
  Json json = Json::object();
  if (isReader(by.who)) json["system"] = grantable(grantableInSystem);
  json["project"] = grantable(grantableInProject);
  return jsonAnswer(200, json);
}

Response currentUser(const OperatorParts& parts, const SignedIn& by) {
  const auto person = parts.ledger.findOperator(by.who.name);
  if (!person) return failureAnswer(person.error());
  // Removed since he signed in.
  if (!*person) return harborError(401, "unauthorized");
  return jsonAnswer(200, {{"user_id", (*person)->id.value},
                          {"username", by.who.name},
                          {"realname", by.who.name},
                          {"email", ""},
                          {"sysadmin_flag", isSystemAdmin(by.who)},
                          {"admin_role_in_auth", false}});
}

Response health() {
  Json components = Json::array();
  for (const char* name : {"core", "database", "registry"}) {
    components.push_back({{"name", name}, {"status", "healthy"}});
  }
  return jsonAnswer(200, {{"status", "healthy"}, {"components", std::move(components)}});
}

Response systemInfo(const OperatorParts& parts) {
  return jsonAnswer(200, {{"auth_mode", "db_auth"},
                          {"primary_auth_mode", false},
                          {"harbor_version", std::string(kHarborVersion) + v1::version()},
                          {"current_time", harbor::harborTime(parts.clock.now())},
                          {"read_only", false},
                          {"self_registration", false},
                          {"has_ca_root", false}});
}

Route openRoute(std::string path, Handler handler) {
  return {.method = "GET",
          .path = std::move(path),
          .handler = std::move(handler),
          .access = Access::kAnyone,
          .statuses = {200},
          .body_limit = 0};
}

using SystemHandler = std::function<Handled(const Request&, const SignedIn&)>;

}  // namespace

std::vector<Route> harborSystemRoutes(const OperatorParts& parts) {
  const std::string base(kHarborBase);
  const auto route = [&](const char* method, const char* path, Access access, SystemHandler handler,
                         std::vector<int> statuses) {
    return OperatorRoute{.method = method,
                         .path = base + path,
                         .access = access,
                         .statuses = std::move(statuses),
                         .handler = std::move(handler)};
  };
  OperatorRoute current = route("GET", "/users/current", Access::kOperators,
                                [&parts](const Request&, const SignedIn& by) -> Handled {
                                  return [&parts, by] { return currentUser(parts, by); };
                                },
                                {200});
  current.robot_status = 412;
  const auto made = [&](OperatorRoute one) { return operatorRoute(parts.sign_in, std::move(one)); };
  return {made(route("GET", "/configurations", Access::kSystemAdmins,
                     [&parts](const Request&, const SignedIn&) -> Handled {
                       return configurations(parts);
                     },
                     {200})),
          made(route("PUT", "/configurations", Access::kSystemAdmins,
                     [&parts](const Request& request, const SignedIn& by) {
                       return configure(parts, request, by);
                     },
                     {200, 400, 409, 422})),
          made(route("GET", "/permissions", Access::kOperators,
                     [](const Request&, const SignedIn& by) -> Handled { return permissions(by); },
                     {200})),
          made(std::move(current)),
          openRoute(base + "/ping",
                    [](const Request&) -> Handled {
                      return Response{.status = 200,
                                      .headers = {{"Content-Type", std::string(kText)}},
                                      .body = "Pong"};
                    }),
          openRoute(base + "/health", [](const Request&) -> Handled { return health(); }),
          openRoute(base + "/systeminfo",
                    [&parts](const Request&) -> Handled { return systemInfo(parts); }),
          openRoute("/api/version", [](const Request&) -> Handled {
            return jsonAnswer(200, {{"version", "v2.0"}});
          })};
}

}  // namespace robotledger::http
