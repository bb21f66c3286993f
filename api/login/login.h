// Logins: a name and a secret, for a robot or an operator, checked without giving away why not.
//
//   LoginChecker logins(authorizer, {.pepper = ...});
//   LoginAttempt attempt{.name = "robot$web+ci", .secret = ..., .address = "10.0.0.7", .now = now};
//   auto checked = logins.quick(attempt);              // never waits
//   if (!checked) checked = logins.slow(attempt);      // one scrypt: on a worker's thread
//
// A secret of the form that is made here is looked up by its hash, and never slowed. Anything else
// costs one scrypt, a dummy one where there is nobody of that name, at most two at a time and a
// bounded number waiting. A success is remembered for 60 s under a key of the process, and
// forgotten when whom it is about changes. Only failures are slowed, per address and name.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "core/base/instant.h"
#include "projections/authorizer.h"

namespace robotledger {

struct LoginAttempt {
  std::string name;
  std::string secret;
  std::string address;  // the client's
  Instant now;          // the system's clock
};

struct RobotLogin {
  Principal principal;
  std::string name;  // qualified
};
struct OperatorLogin {
  OperatorAccess who;
};

// For the log; callers see 401 for all but the last two, which are 429 and 503.
enum class LoginRefused : std::uint8_t {
  kUnknown,  // nobody of that name
  kWrongSecret,
  kTypo,  // a secret of our form whose checksum is wrong
  kDisabled,
  kExpired,
  kSlowedDown,  // too many failures from there, for that name
  kBusy,        // too many slow checks wait
};
std::string_view loginRefusedName(LoginRefused refused);

using CheckedLogin = std::variant<RobotLogin, OperatorLogin, LoginRefused>;

class LoginChecker {
 public:
  struct Options {
    std::string pepper;  // 32 bytes; see pepper.h
  };
  LoginChecker(const Authorizer& authorizer, Options options);
  LoginChecker(const LoginChecker&) = delete;
  LoginChecker& operator=(const LoginChecker&) = delete;
  ~LoginChecker();

  // Any thread. Nothing where it takes the slow check to know.
  std::optional<CheckedLogin> quick(const LoginAttempt& attempt);
  // Any thread; waits for a slow check, after those before it.
  CheckedLogin slow(const LoginAttempt& attempt);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace robotledger
