#include "api/http/check_login.h"

#include <memory>
#include <utility>

#include "core/base/secure.h"

namespace robotledger::http {

Handled checkLogin(LoginChecker& logins, LoginAttempt attempt,
                   std::function<Handled(const CheckedLogin&)> then) {
  if (const auto login = logins.quick(attempt)) {
    wipe(attempt.secret);
    return then(*login);
  }
  // Shared, since what a worker gets is copied on its way, and a secret should not be.
  const auto kept = std::make_shared<LoginAttempt>(std::move(attempt));
  wipe(attempt.secret);
  return SlowWork([&logins, kept, then = std::move(then)] {
    const CheckedLogin login = logins.slow(*kept);
    wipe(kept->secret);
    Handled handled = then(login);
    if (auto* answer = std::get_if<Response>(&handled)) return std::move(*answer);
    return std::get<SlowWork>(handled)();
  });
}

}  // namespace robotledger::http
