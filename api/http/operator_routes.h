// Routes for operators: who asks is found out, and whether he may call the route at all, in one
// place; a handler is told who it is and decides what of it is his.
//
//   routes.push_back(operatorRoute(sign_in, {.method = "GET",
//                                            .path = "/audit/who-could",
//                                            .access = Access::kOperators,
//                                            .statuses = {200, 400, 403, 404},
//                                            .handler = whoCould}));
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "api/answers/asking.h"
#include "api/http/exchange.h"
#include "api/http/sessions.h"

namespace robotledger::http {

struct OperatorRoute {
  std::string method;
  std::string path;
  Access access = Access::kUnstated;  // kOperators, kReaders or kSystemAdmins
  std::vector<int> statuses;          // of its handler; 401, 403 and a robot's come with its access
  // As a Handler; the request has no credentials.
  std::function<Handled(const Request& request, const SignedIn& by)> handler;
  std::size_t body_limit = 64 << 10;
  // Looked at before anybody is asked who he is: an answer is the last word. May be empty.
  std::function<std::optional<Response>(const Request& request)> before{};
  // What a robot that logs in rightly is answered.
  int robot_status = 403;
};

// `sign_in` outlives it.
Route operatorRoute(const SignIn& sign_in, OperatorRoute route);

// Whether somebody may read everything: an auditor or a system administrator.
bool isReader(const OperatorAccess& who);
bool isSystemAdmin(const OperatorAccess& who);
// The same person, for questions.
Reader readerOf(const SignedIn& by);

}  // namespace robotledger::http
