// Signing in: who asks, for every route that is for operators, and the routes of sessions.
//
//   SignIn sign_in({.authorizer = *authorizer, .logins = *logins, .sessions = *sessions,
//                   .clock = clock});
//   Handled listProjects(const Request& request) {
//     return sign_in.identify(request, [](const Request& r, const SignedIn& by) -> Handled {
//       return answer(by.who);
//     });
//   }
//
// An operator signs in with Basic on each request, or with a session's cookie:
//
//   POST   /service/session   Basic; 201, the cookie, and who one is
//   GET    /service/session   either; 200 and who one is
//   DELETE /service/session   the cookie; 204, the session is ended, the cookie taken away
//
// Who one is:
// {"name","roles","administers":[{"id"}],"by":"basic"|"session","expires_at","ends_at"}; the two
// instants are null with Basic.
//
// **A robot is refused here, whatever its permissions: with a right secret 403 and why, with a
// wrong one 401.** It has the token service and the forward authorization, and nothing else.
//
// The cookie is `robotledger`, HttpOnly and SameSite=Strict, and under TLS `__Host-robotledger`,
// Secure; under TLS no other is taken. What others make a browser do is refused with 403: a request
// that is to change something (all methods but GET, HEAD and OPTIONS) has to carry the header
// X-Robotledger-Request, with any value, where it comes with a cookie, since no other site's page
// may send it without being asked first, and nobody who asks is let; and, however it is signed in,
// must not be one that the browser says came from another site (Sec-Fetch-Site). Pages that fetch
// send the header too where they want no password dialog: a 401 challenges with Basic only without
// it.
#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "api/http/exchange.h"
#include "api/login/login.h"
#include "api/login/sessions.h"
#include "core/base/instant.h"

namespace robotledger::http {

inline constexpr std::string_view kSessionPath = "/service/session";
inline constexpr std::string_view kOwnRequestHeader = "X-Robotledger-Request";

// An operator who may go on.
struct SignedIn {
  OperatorAccess who;
  std::optional<OperatorSession> session;  // nothing where he came with Basic
};

// What all refused logins are answered with, whatever the reason, which is for the log: 401, 429 or
// 503. The challenge is for the caller to add. Any thread.
Response refusedLogin(LoginRefused refused);

class SignIn {
 public:
  // They outlive it.
  struct Parts {
    const Authorizer& authorizer;
    LoginChecker& logins;
    Sessions& sessions;
    Clock& clock;
  };
  explicit SignIn(const Parts& parts) : parts_(parts) {}

  using Then = std::function<Handled(const Request&, const SignedIn&)>;

  // Any thread; never waits. What `then` answers, once it is known who asks, else why not. Where a
  // slow check is needed, `then` is called on a thread of the login checker, and is quick. It has a
  // copy of the request without its credentials. A robot is answered with `robot_status`.
  Handled identify(const Request& request, Then then, int robot_status = 403) const;

  // Routes of sessions. This outlives them.
  std::vector<Route> routes() const;

 private:
  Response refused(const Request& request, LoginRefused why, std::string_view name) const;
  Response robotRefused(int status, const std::string& name) const;
  Handled withBasic(const Request& request, std::string_view header, Then then,
                    int robot_status) const;
  Handled withCookie(const Request& request, const Then& then) const;
  Handled decided(const Request& request, const CheckedLogin& login, std::string_view name,
                  const Then& then, int robot_status) const;
  Handled openSession(const Request& request) const;
  Handled closeSession(const Request& request) const;

  Parts parts_;
};

}  // namespace robotledger::http
