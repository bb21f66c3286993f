#include "api/http/sessions.h"

#include <memory>
#include <utility>

#include "api/http/ascii.h"
#include "api/http/basic.h"
#include "api/http/check_login.h"
#include "api/json/json_text.h"
#include "core/base/secure.h"

namespace robotledger::http {
namespace {

constexpr std::string_view kCookie = "robotledger";
constexpr std::string_view kCookieUnderTls = "__Host-robotledger";
constexpr std::size_t kSessionBodyLimit = 1024;  // nothing of it is read

std::string_view cookieName(const Request& request) {
  return request.transport == Transport::kTls ? kCookieUnderTls : kCookie;
}

// The session's token; empty where there is none, or more than one, of which nobody knows whose it
// is.
std::string_view sessionToken(const Request& request) {
  const auto header = request.header("Cookie");
  if (!header || request.headerCount("Cookie") != 1) return {};
  std::string_view found;
  std::string_view rest = *header;
  while (!rest.empty()) {
    std::string_view value = trimmed(takeUntil(rest, ';'));
    if (takeUntil(value, '=') != cookieName(request)) continue;
    if (!found.empty()) return {};
    found = value;
  }
  return found;
}

Header cookieHeader(const Request& request, std::string_view token) {
  std::string cookie(cookieName(request));
  cookie.append("=").append(token).append("; Path=/; HttpOnly; SameSite=Strict");
  if (request.transport == Transport::kTls) cookie += "; Secure";
  if (token.empty()) cookie += "; Max-Age=0";
  return {.name = "Set-Cookie", .value = std::move(cookie)};
}

void keepOutOfCaches(Response& response) {
  response.headers.push_back({"Cache-Control", "no-store"});
}

bool changesSomething(const Request& request) {
  return request.method != "GET" && request.method != "HEAD" && request.method != "OPTIONS";
}

// Whether the browser says that another site made it send this.
bool isFromElsewhere(const Request& request) {
  const auto site = request.header("Sec-Fetch-Site");
  return site && *site != "same-origin" && *site != "none";
}

Response madeByOthers(std::string why) {
  Response answer =
      errorAnswer(403, "FORBIDDEN",
                  "a request that changes something has to come from this site: send the header " +
                      std::string(kOwnRequestHeader));
  answer.why = std::move(why);
  keepOutOfCaches(answer);
  return answer;
}

Response unauthorized(const Request& request, std::string_view message, std::string why) {
  Response answer = errorAnswer(401, "UNAUTHORIZED", message);
  answer.why = std::move(why);
  // A browser that is challenged with Basic asks for a password by itself, and keeps it.
  const bool by_page = request.header(kOwnRequestHeader) || request.header("Sec-Fetch-Site");
  answer.headers.push_back(
      {"WWW-Authenticate", by_page ? "Session realm=\"robotledger\""
                                   : "Basic realm=\"robotledger\", charset=\"UTF-8\""});
  keepOutOfCaches(answer);
  return answer;
}

Json whoJson(const SignedIn& by) {
  Json roles = Json::array();
  for (const Role role : by.who.roles) roles.push_back(std::string(roleName(role)));
  Json administers = Json::array();
  for (const ProjectId id : by.who.administers) administers.push_back({{"id", id.value}});
  Json json{{"name", by.who.name},
            {"roles", std::move(roles)},
            {"administers", std::move(administers)},
            {"by", by.session ? "session" : "basic"},
            {"expires_at", nullptr},
            {"ends_at", nullptr}};
  if (by.session) {
    json["expires_at"] = formatInstant(std::min(by.session->idle_until, by.session->ends));
    json["ends_at"] = formatInstant(by.session->ends);
  }
  return json;
}

Response tellWho(int status, const SignedIn& by) {
  Response answer{.status = status,
                  .headers = {{"Content-Type", std::string(kJson)}},
                  .body = jsonText(whoJson(by)) + "\n",
                  .why = {},
                  .who = by.who.name};
  keepOutOfCaches(answer);
  return answer;
}

// For the log: who was let in, whatever became of it.
Response namedAs(Response answer, const std::string& who) {
  if (answer.who.empty()) answer.who = who;
  return answer;
}

Answered namedAs(Answered answered, const std::string& who) {
  if (auto* answer = std::get_if<Response>(&answered)) return namedAs(std::move(*answer), who);
  return SlowWork(
      [work = std::get<SlowWork>(std::move(answered)), who] { return namedAs(work(), who); });
}

Handled named(Handled handled, const std::string& who) {
  if (auto* later = std::get_if<LaterWork>(&handled)) {
    return LaterWork([work = std::move(*later), who](std::function<void(Answered)> answer) {
      work([answer = std::move(answer), who](Answered with) {
        answer(namedAs(std::move(with), who));
      });
    });
  }
  if (auto* answer = std::get_if<Response>(&handled)) return namedAs(std::move(*answer), who);
  return SlowWork(
      [work = std::get<SlowWork>(std::move(handled)), who] { return namedAs(work(), who); });
}

// A copy that may be kept, with nothing in it by which anybody could sign in.
Request withoutCredentials(const Request& request) {
  Request copy = request;
  for (Header& header : copy.headers) {
    if (sameIgnoringCase(header.name, "Authorization") || sameIgnoringCase(header.name, "Cookie")) {
      wipe(header.value);
    }
  }
  return copy;
}

}  // namespace

Response refusedLogin(LoginRefused refused) {
  Response answer;
  switch (refused) {
    case LoginRefused::kUnknown:
    case LoginRefused::kWrongSecret:
    case LoginRefused::kTypo:
    case LoginRefused::kDisabled:
    case LoginRefused::kExpired:
      answer = errorAnswer(401, "UNAUTHORIZED", "the name or the secret is not right");
      break;
    case LoginRefused::kSlowedDown:
      answer = errorAnswer(429, "TOOMANYREQUESTS",
                           "too many logins failed from here for this name; try again later");
      break;
    case LoginRefused::kBusy:
      answer = errorAnswer(503, "UNAVAILABLE", "too many logins are being checked; try again");
      break;
  }
  answer.why = loginRefusedName(refused);
  if (answer.status != 401) {
    answer.headers.push_back({"Retry-After", std::to_string(retryAfterSeconds(refused))});
  }
  keepOutOfCaches(answer);
  return answer;
}

Response SignIn::refused(const Request& request, LoginRefused why, std::string_view name) const {
  Response answer = refusedLogin(why);
  if (answer.status == 401) {
    answer = unauthorized(request, "the name or the secret is not right", answer.why);
  }
  answer.who = nameForLogs(parts_.authorizer, name);
  return answer;
}

Response SignIn::robotRefused(int status, const std::string& name) const {
  Response answer =
      errorAnswer(status, status == 412 ? "PRECONDITION" : "FORBIDDEN",
                  "robot accounts cannot sign in: this secret is for the registry's token service "
                  "(/service/token) and for /authorize");
  answer.why = "robot";
  answer.who = name;
  keepOutOfCaches(answer);
  return answer;
}

Handled SignIn::decided(const Request& request, const CheckedLogin& login, std::string_view name,
                        const Then& then, int robot_status) const {
  if (const auto* no = std::get_if<LoginRefused>(&login)) return refused(request, *no, name);
  if (const auto* robot = std::get_if<RobotLogin>(&login))
    return robotRefused(robot_status, robot->name);
  const SignedIn by{.who = std::get<OperatorLogin>(login).who, .session = std::nullopt};
  return named(then(request, by), by.who.name);
}

Handled SignIn::withBasic(const Request& request, std::string_view header, Then then,
                          int robot_status) const {
  if (changesSomething(request) && isFromElsewhere(request)) return madeByOthers("cross_site");
  auto basic = basicCredentials(header);
  if (!basic) return unauthorized(request, "these are no Basic credentials", "no_basic");
  LoginAttempt attempt{.name = std::move(basic->name),
                       .secret = basic->secret,
                       .address = request.address,
                       .now = parts_.clock.now()};
  wipe(basic->secret);
  const std::string name = attempt.name;
  return checkLogin(
      parts_.logins, std::move(attempt),
      [this, name, copy = withoutCredentials(request), then = std::move(then), robot_status](
          const CheckedLogin& login) { return decided(copy, login, name, then, robot_status); });
}

Handled SignIn::withCookie(const Request& request, const Then& then) const {
  auto session = parts_.sessions.find(sessionToken(request), parts_.clock.now());
  if (!session) return unauthorized(request, "the session has ended: sign in again", "no_session");
  if (changesSomething(request) &&
      (!request.header(kOwnRequestHeader) || isFromElsewhere(request))) {
    return madeByOthers("cross_site");
  }
  const SignedIn by{.who = session->who, .session = *std::move(session)};
  return named(then(withoutCredentials(request), by), by.who.name);
}

Handled SignIn::identify(const Request& request, Then then, int robot_status) const {
  if (request.headerCount("Authorization") > 1) {
    return unauthorized(request, "there is more than one Authorization header", "no_basic");
  }
  if (const auto header = request.header("Authorization")) {
    return withBasic(request, *header, std::move(then), robot_status);
  }
  if (!sessionToken(request).empty()) return withCookie(request, then);
  return unauthorized(request, "sign in with Basic credentials or a session", "no_credentials");
}

Handled SignIn::openSession(const Request& request) const {
  if (!request.header("Authorization")) {
    return unauthorized(request, "a session is opened with Basic credentials", "no_credentials");
  }
  const auto old = std::make_shared<const std::string>(sessionToken(request));
  return identify(request, [this, old](const Request& asked, const SignedIn& by) -> Handled {
    auto opened = parts_.sessions.open(by.who, parts_.clock.now());
    if (!opened) return internalError(opened.error().message);
    if (!old->empty()) parts_.sessions.close(*old);
    Response answer = tellWho(201, {.who = by.who, .session = opened->session});
    answer.headers.push_back(cookieHeader(asked, opened->token));
    wipe(opened->token);
    return answer;
  });
}

Handled SignIn::closeSession(const Request& request) const {
  const std::string_view token = sessionToken(request);
  if (!token.empty() && (!request.header(kOwnRequestHeader) || isFromElsewhere(request))) {
    return madeByOthers("cross_site");
  }
  parts_.sessions.close(token);
  Response answer{.status = 204, .headers = {cookieHeader(request, "")}, .body = {}, .why = {}};
  keepOutOfCaches(answer);
  return answer;
}

std::vector<Route> SignIn::routes() const {
  const std::string path(kSessionPath);
  const auto tell = [this](const Request& request) {
    return identify(request,
                    [](const Request&, const SignedIn& by) -> Handled { return tellWho(200, by); });
  };
  const auto route = [&](const char* method, Handler handler, Access access,
                         std::vector<int> statuses) {
    return Route{.method = method,
                 .path = path,
                 .handler = std::move(handler),
                 .access = access,
                 .statuses = std::move(statuses),
                 .body_limit = kSessionBodyLimit};
  };
  return {route("GET", tell, Access::kOperators, {200, 401, 403}),
          route("POST", [this](const Request& r) { return openSession(r); }, Access::kOperators,
                {201, 401, 403}),
          route("DELETE", [this](const Request& r) { return closeSession(r); }, Access::kAnyone,
                {204, 403})};
}

}  // namespace robotledger::http
