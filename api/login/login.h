// Logins: a name and a secret, for a robot or an operator, checked without giving away why not.
//
//   auto logins = LoginChecker::start(authorizer, {.pepper = pepper->text()});
//   LoginAttempt attempt{.name = "robot$web+ci", .secret = ..., .address = "10.0.0.7", .now = now};
//   auto checked = (*logins)->quick(attempt);            // never waits
//   if (!checked) checked = (*logins)->slow(attempt);    // one scrypt: on a worker's thread
//
// A secret of the form that is made here is looked up by its hash, and never slowed; one whose
// checksum is wrong is not even looked up. Anything else costs one scrypt, a dummy one where there
// is nobody of that name, on two threads of the checker's own, with a bounded number waiting
// (slow_lane.h). A success is remembered for 60 s under a key of the process, and forgotten when
// whom it is about changes. Only failures are slowed, per address and name (failure_limits.h).
//
// What the caller can tell from an answer or its time is what he knew: whether what he sent has the
// form of a secret of ours or its checksum, or the form of a name; whether he has sent the same and
// it was right; and how many others are being checked. Unknown, wrong, disabled and expired differ
// in the log alone.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "api/login/failure_limits.h"
#include "core/base/instant.h"
#include "core/base/result.h"
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
// "unknown", "wrong_secret", "typo", "disabled", "expired", "slowed_down", "busy".
std::string_view loginRefusedName(LoginRefused refused);

// After how many seconds it is worth to try again, with kSlowedDown and kBusy.
int retryAfterSeconds(LoginRefused refused);

using CheckedLogin = std::variant<RobotLogin, OperatorLogin, LoginRefused>;

class LoginChecker {
 public:
  struct Options {
    std::string pepper;  // 32 bytes; see pepper.h
  };
  // The authorizer outlives it. kInvalidArgument for what is no pepper; kIo where the system gives
  // no threads or no randomness.
  static Result<std::unique_ptr<LoginChecker>> start(const Authorizer& authorizer, Options options);

  LoginChecker(const LoginChecker&) = delete;
  LoginChecker& operator=(const LoginChecker&) = delete;
  // What waits is answered with kBusy; waits for what is being checked.
  ~LoginChecker();

  // Any thread. Nothing where it takes the slow check to know.
  std::optional<CheckedLogin> quick(const LoginAttempt& attempt);
  // Any thread; waits for a slow check, after those before it.
  CheckedLogin slow(const LoginAttempt& attempt);
  // The same without waiting: `done` is called once, on a thread of the checker or, where there is
  // no room, on this one; it is quick, and does not throw.
  void slow(LoginAttempt attempt, std::function<void(CheckedLogin)> done);

  // How many logins ended how: "robot", "operator", "refused" whatever the reason, "slowed_down",
  // "busy". Any thread.
  std::vector<std::pair<std::string_view, std::uint64_t>> counts() const;

 private:
  class Impl;
  explicit LoginChecker(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// A name as it may be logged: one that is a robot's by its form, or a living operator's. Others may
// be a secret that was typed into the wrong field, and are "?". Any thread.
std::string nameForLogs(const Authorizer& authorizer, std::string_view name);

}  // namespace robotledger
