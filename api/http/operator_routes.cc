#include "api/http/operator_routes.h"

#include <memory>
#include <utility>

#include "core/base/check.h"

namespace robotledger::http {
namespace {

bool mayCall(Access access, const OperatorAccess& who) {
  switch (access) {
    case Access::kOperators: return true;
    case Access::kReaders: return isReader(who);
    case Access::kSystemAdmins: return isSystemAdmin(who);
    default: return false;
  }
}

}  // namespace

bool isSystemAdmin(const OperatorAccess& who) { return who.roles.contains(Role::kSystemAdmin); }

bool isReader(const OperatorAccess& who) {
  return isSystemAdmin(who) || who.roles.contains(Role::kAuditor);
}

Reader readerOf(const SignedIn& by) {
  return {.name = by.who.name,
          .known = true,
          .everything = isReader(by.who),
          .administers = by.who.administers};
}

Route operatorRoute(const SignIn& sign_in, OperatorRoute route) {
  RL_CHECK(route.access == Access::kOperators || route.access == Access::kReaders ||
               route.access == Access::kSystemAdmins,
           "an operator's route says which operators may call it");
  Route made{.method = route.method,
             .path = route.path,
             .handler = {},
             .access = route.access,
             .statuses = route.statuses,
             .body_limit = route.body_limit};
  made.statuses.push_back(401);
  made.statuses.push_back(route.robot_status);
  if (route.robot_status != 403 && route.access != Access::kOperators) {
    made.statuses.push_back(403);
  }
  const auto kept = std::make_shared<const OperatorRoute>(std::move(route));
  made.handler = [&sign_in, kept](const Request& request) -> Handled {
    if (kept->before) {
      if (auto answer = kept->before(request)) return *std::move(answer);
    }
    return sign_in.identify(
        request,
        [kept](const Request& asked, const SignedIn& by) -> Handled {
          if (mayCall(kept->access, by.who)) return kept->handler(asked, by);
          Response no = errorAnswer(
              403, "FORBIDDEN", "this is for " + std::string(accessName(kept->access)) + " alone");
          no.why = "role";
          return no;
        },
        kept->robot_status);
  };
  return made;
}

}  // namespace robotledger::http
