// A login within a request: on the loop where that is quick, else on a worker.
#pragma once

#include <functional>

#include "api/http/exchange.h"
#include "api/login/login.h"

namespace robotledger::http {

// Any thread; never waits. What `then` answers once it is known who logs in. Where that takes a
// slow check, `then` is called on a worker's thread, and so is the slow work that it gives. The
// secret is wiped when it was checked.
Handled checkLogin(LoginChecker& logins, LoginAttempt attempt,
                   std::function<Handled(const CheckedLogin&)> then);

}  // namespace robotledger::http
