#include "api/http/token_routes.h"

#include <utility>

#include "api/http/ascii.h"
#include "api/http/basic.h"
#include "api/http/check_login.h"
#include "api/http/sessions.h"
#include "api/json/json_text.h"
#include "api/token/grants.h"
#include "api/token/token.h"
#include "core/base/secure.h"
#include "core/domain/text.h"

namespace robotledger::http {
namespace {

constexpr std::string_view kTokenPath = "/service/token";
constexpr std::string_view kKeysPath = "/service/keys";
constexpr std::string_view kAuthorizePath = "/authorize";
constexpr std::string_view kAccountHeader = "X-Robotledger-Account";
constexpr std::string_view kFormType = "application/x-www-form-urlencoded";
constexpr std::string_view kBehindOriginal = "&original=";
// A proxy may hand on what the client asked for, with its method.
constexpr const char* kMethods[] = {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};

Response badRequest(std::string_view code, std::string_view message) {
  Response answer = errorAnswer(400, code, message);
  answer.why = code;
  return answer;
}

Response challenged(Response answer) {
  answer.headers.push_back({"WWW-Authenticate", "Basic realm=\"robotledger\", charset=\"UTF-8\""});
  return answer;
}

// The same bytes whatever the reason, which is for the log.
Response refused(LoginRefused why) {
  Response answer = refusedLogin(why);
  return answer.status == 401 ? challenged(std::move(answer)) : answer;
}

Response notLoggedIn(std::string why) {
  Response answer = refused(LoginRefused::kUnknown);
  answer.why = std::move(why);
  return answer;
}

Response cannotTell() {
  Response answer = errorAnswer(503, "UNAVAILABLE", "the ledger has to be opened again");
  answer.why = "ledger_closed";
  answer.headers.push_back({"Retry-After", "1"});
  return answer;
}

bool isForm(const Request& request) {
  std::string_view type = request.header("Content-Type").value_or("");
  return sameIgnoringCase(trimmed(takeUntil(type, ';')), kFormType);
}

// Takes the value of a parameter that comes just once out of the form.
std::string taken(Form& form, std::string_view name) {
  for (auto& [key, value] : form.parameters) {
    if (key == name) return std::exchange(value, {});
  }
  return {};
}

void wipe(Form& form) {
  for (auto& [key, value] : form.parameters) robotledger::wipe(value);
}

std::string scopeText(const std::vector<ResourceScope>& access) {
  std::string text;
  for (const ResourceScope& scope : access) {
    if (scope.actions.empty()) continue;
    if (!text.empty()) text.push_back(' ');
    text += scope.type + ":" + scope.name + ":";
    for (std::size_t i = 0; i < scope.actions.size(); ++i) {
      if (i > 0) text.push_back(',');
      text += scope.actions[i];
    }
  }
  return text;
}

}  // namespace

// What a request for a token asks for.
struct TokenRoutes::Asked {
  enum class Form : std::uint8_t { kGet, kPost };
  Form form = Form::kGet;
  std::vector<ResourceScope> scopes;
};

std::string tokenServiceName(const ServiceSettings& settings, const std::string& origin) {
  return settings.service_name.empty() ? origin : settings.service_name;
}

std::string registryConfigText(const RegistryConfig& config) {
  // A JSON text is a YAML one, whatever is in it.
  const auto quoted = [](const std::string& text) { return jsonText(Json(text)); };
  return "auth:\n  token:\n    realm: " + quoted(config.realm) +
         "\n    service: " + quoted(config.service) + "\n    issuer: " + quoted(config.issuer) +
         "\n    # The registry's user has to be able to read it: name a copy that he can.\n"
         "    rootcertbundle: " +
         quoted(config.certificate) + "\n";
}

bool TokenRoutes::isOtherService(const Form& form) const {
  if (form.count("service") == 0) return false;
  const Authorizer& authorizer = parts_.authorizer;
  return form.one("service") != tokenServiceName(authorizer.service(), authorizer.origin());
}

Handled TokenRoutes::withLogin(LoginAttempt attempt, Then then) const {
  if (parts_.may_decide && !parts_.may_decide()) {
    robotledger::wipe(attempt.secret);
    return cannotTell();
  }
  const std::string name = attempt.name;
  return checkLogin(parts_.logins, std::move(attempt),
                    [this, name, then = std::move(then)](const CheckedLogin& login) -> Handled {
                      Response answer;
                      // A slow check may have taken long enough for that to change.
                      if (parts_.may_decide && !parts_.may_decide()) return cannotTell();
                      if (const auto* robot = std::get_if<RobotLogin>(&login)) {
                        answer = then(*robot, parts_.clock.now());
                        answer.who = robot->name;
                        return answer;
                      }
                      const auto* no = std::get_if<LoginRefused>(&login);
                      answer = no != nullptr ? refused(*no) : notLoggedIn("operator");
                      answer.who = nameForLogs(parts_.authorizer, name);
                      return answer;
                    });
}

Handled TokenRoutes::withBasic(const Request& request, Then then) const {
  if (request.headerCount("Authorization") != 1) return notLoggedIn("no_credentials");
  auto basic = basicCredentials(*request.header("Authorization"));
  if (!basic) return notLoggedIn("no_basic");
  LoginAttempt attempt{.name = std::move(basic->name),
                       .secret = std::move(basic->secret),
                       .address = request.address,
                       .now = parts_.clock.now()};
  robotledger::wipe(basic->secret);
  return withLogin(std::move(attempt), std::move(then));
}

Handled TokenRoutes::getToken(const Request& request) const {
  const auto form = parseForm(request.query);
  if (!form) return badRequest("INVALID_QUERY", "the query cannot be read");
  if (isOtherService(*form)) {
    return badRequest("UNKNOWN_SERVICE", "there is no such service here");
  }
  auto scopes = parseScopes(form->all("scope"));
  if (!scopes) return badRequest("INVALID_SCOPE", "a scope is type:name:actions");
  return withBasic(request, [this, asked = Asked{Asked::Form::kGet, *std::move(scopes)},
                             address = request.address](const RobotLogin& robot, Instant now) {
    return issue(robot, now, asked, address);
  });
}

Handled TokenRoutes::postToken(const Request& request) const {
  if (!isForm(request)) {
    return badRequest("INVALID_BODY",
                      "a token is asked for with a form: " + std::string(kFormType));
  }
  auto form = parseForm(request.body);
  if (!form) return badRequest("INVALID_BODY", "the form cannot be read");
  std::string name = form->one("username").value_or("");
  const bool one_secret = form->count("password") == 1;
  std::string secret = one_secret ? taken(*form, "password") : "";
  const auto grant = form->one("grant_type");
  const bool other_service = isOtherService(*form);
  auto scopes = parseScopes(form->all("scope"));
  wipe(*form);
  LoginAttempt attempt{.name = std::move(name),
                       .secret = std::move(secret),
                       .address = request.address,
                       .now = parts_.clock.now()};
  robotledger::wipe(secret);
  std::optional<Response> wrong;
  if (grant != "password") {
    wrong = badRequest("unsupported_grant_type", "grant_type has to be password");
  } else if (other_service) {
    wrong = badRequest("UNKNOWN_SERVICE", "there is no such service here");
  } else if (!scopes) {
    wrong = badRequest("INVALID_SCOPE", "a scope is type:name:actions");
  } else if (attempt.name.empty() || !one_secret) {
    wrong = notLoggedIn("no_credentials");
  }
  if (wrong) {
    robotledger::wipe(attempt.secret);
    return *std::move(wrong);
  }
  return withLogin(
      std::move(attempt),
      [this, asked = Asked{Asked::Form::kPost, *std::move(scopes)}, address = request.address](
          const RobotLogin& robot, Instant now) { return issue(robot, now, asked, address); });
}

Response TokenRoutes::issue(const RobotLogin& robot, Instant now, const Asked& asked,
                            const std::string& address) const {
  const ServiceSettings settings = parts_.authorizer.service();
  // Before what is decided, which is then as of this size or a later one.
  const TreeSize decided_at = parts_.authorizer.size();
  auto access =
      grantedOf(parts_.authorizer, robot.principal, asked.scopes, settings.charts_segment, now);
  const Instant issued{now.us - now.us % kUsPerSecond};
  const std::string origin = parts_.authorizer.origin();
  const auto token = signToken(parts_.key, {.issuer = origin,
                                            .subject = robot.name,
                                            .audience = tokenServiceName(settings, origin),
                                            .issued = issued,
                                            .lifetime_s = settings.token_lifetime_s,
                                            .decided_at = decided_at,
                                            .access = access});
  if (!token) return internalError(token.error().message);
  issued_.fetch_add(1, std::memory_order_relaxed);
  if (parts_.used) parts_.used(robot.principal, address, now);
  Json json;
  if (asked.form == Asked::Form::kGet) json["token"] = *token;
  json["access_token"] = *token;
  if (asked.form == Asked::Form::kPost) json["scope"] = scopeText(access);
  json["expires_in"] = settings.token_lifetime_s;
  json["issued_at"] = formatInstant(issued);
  Response answer;
  answer.headers = {{"Content-Type", std::string(kJson)}, {"Cache-Control", "no-store"}};
  answer.body = jsonText(json);
  answer.why = scopeText(access);
  return answer;
}

Handled TokenRoutes::keys() const {
  Response answer;
  answer.headers = {{"Content-Type", "application/jwk-set+json"},
                    {"Cache-Control", "public, max-age=300"}};
  answer.body = parts_.keys.jwks(parts_.clock.now());
  return answer;
}

Handled TokenRoutes::authorize(const Request& request) const {
  const auto form =
      parseForm(std::string_view(request.query).substr(0, request.query.find(kBehindOriginal)));
  if (!form) return badRequest("INVALID_QUERY", "the query cannot be read");
  const auto capability = parseCapability(form->one("capability").value_or(""));
  const std::string project = form->one("project").value_or("");
  if (form->parameters.size() != 2 || !capability || (!isName(project) && project != "/")) {
    return badRequest("INVALID_QUERY",
                      "it takes a capability and a project, each once, and nothing else");
  }
  return withBasic(request, [this, capability = *capability, project, address = request.address](
                                const RobotLogin& robot, Instant now) {
    return decide(robot, now, capability, project, address);
  });
}

Response TokenRoutes::decide(const RobotLogin& robot, Instant now, Capability capability,
                             const std::string& project, const std::string& address) const {
  const Authorizer& authorizer = parts_.authorizer;
  std::optional<Denial> denial = Denial::kNoProject;
  if (project == "/") {
    denial = authorizer.authorizeSystem(robot.principal, capability, now);
  } else if (const auto place = authorizer.project(project)) {
    denial = authorizer.authorize(robot.principal, capability, *place, now);
  }
  if (denial) {
    Response answer = errorAnswer(403, "DENIED", "the account may not do that there");
    answer.why = denialName(*denial);
    return answer;
  }
  if (parts_.used) parts_.used(robot.principal, address, now);
  Response answer;
  answer.headers = {{std::string(kAccountHeader), robot.name}, {"Cache-Control", "no-store"}};
  answer.why = capability.text() + " in " + project;
  return answer;
}

std::vector<Route> TokenRoutes::routes() const {
  const auto route = [](const char* method, std::string_view path, Handler handler, Access access,
                        std::vector<int> statuses) {
    return Route{.method = method,
                 .path = std::string(path),
                 .handler = std::move(handler),
                 .access = access,
                 .statuses = std::move(statuses)};
  };
  std::vector<Route> routes{
      route("GET", kTokenPath, [this](const Request& r) { return getToken(r); }, Access::kRobots,
            {200, 400, 401}),
      route("POST", kTokenPath, [this](const Request& r) { return postToken(r); }, Access::kRobots,
            {200, 400, 401}),
      route("GET", kKeysPath, [this](const Request&) { return keys(); }, Access::kAnyone, {200})};
  for (const char* method : kMethods) {
    routes.push_back(route(method, kAuthorizePath,
                           [this](const Request& r) { return authorize(r); }, Access::kRobots,
                           {200, 400, 401, 403}));
  }
  return routes;
}

}  // namespace robotledger::http
