// A login within a request: on the loop where that is quick, else by the checker's own threads,
// whose queue knows who comes first.
#pragma once

#include <functional>

#include "api/http/exchange.h"
#include "api/login/login.h"

namespace robotledger::http {

// Any thread; never waits. What `then` answers once it is known who logs in. Where that takes a
// slow check, `then` is called on a thread of the checker, and is quick; what it refers to outlives
// the checker. The secret is wiped when it was checked.
Handled checkLogin(LoginChecker& logins, LoginAttempt attempt,
                   std::function<Handled(const CheckedLogin&)> then);

}  // namespace robotledger::http
