#include "api/http/check_login.h"

#include <exception>
#include <memory>
#include <utility>

#include "core/base/secure.h"

namespace robotledger::http {

namespace {

void handOn(Handled handled, const std::function<void(Answered)>& answer) {
  if (auto* later = std::get_if<LaterWork>(&handled)) return (*later)(answer);
  if (auto* work = std::get_if<SlowWork>(&handled)) return answer(std::move(*work));
  answer(std::get<Response>(std::move(handled)));
}

}  // namespace

Handled checkLogin(LoginChecker& logins, LoginAttempt attempt,
                   std::function<Handled(const CheckedLogin&)> then) {
  if (const auto login = logins.quick(attempt)) {
    wipe(attempt.secret);
    return then(*login);
  }
  // Shared, since what is handed on is copied on its way, and a secret should not be.
  const auto kept = std::make_shared<LoginAttempt>(std::move(attempt));
  wipe(attempt.secret);
  return LaterWork([&logins, kept, then = std::move(then)](std::function<void(Answered)> answer) {
    logins.slow(std::move(*kept), [then, answer = std::move(answer)](const CheckedLogin& login) {
      try {
        handOn(then(login), answer);
      } catch (const std::exception& error) {
        answer(internalError(error.what()));
      }
    });
    wipe(kept->secret);
  });
}

}  // namespace robotledger::http
