#include "api/http/operator_routes.h"

#include "api/http/outcomes.h"
#include "core/ledger/saved_state.h"
#include "tests/api/http/operator_testing.h"

namespace robotledger::http {
namespace {

OperatorRoute route(const char* path, Access access) {
  return {.method = "GET",
          .path = path,
          .access = access,
          .statuses = {200},
          .handler = [](const Request& request, const SignedIn& by) -> Handled {
            EXPECT_FALSE(request.header("Cookie") && !request.header("Cookie")->empty());
            return Response{.status = 200, .body = by.who.name};
          }};
}

struct Called : OperatorSite {
  Called() {
    const SignIn& sign_in = parts().sign_in;
    OperatorRoute for_robots = route("/me", Access::kOperators);
    for_robots.robot_status = 412;
    OperatorRoute checked = route("/checked", Access::kOperators);
    checked.before = [](const Request& request) -> std::optional<Response> {
      if (request.query.empty()) return errorAnswer(400, "BAD_REQUEST", "no query", "q");
      return std::nullopt;
    };
    checked.statuses = {200, 400};
    serve({operatorRoute(sign_in, route("/any", Access::kOperators)),
           operatorRoute(sign_in, route("/readers", Access::kReaders)),
           operatorRoute(sign_in, route("/admins", Access::kSystemAdmins)),
           operatorRoute(sign_in, std::move(for_robots)),
           operatorRoute(sign_in, std::move(checked))});
  }
  std::string statuses(const std::string& path) {
    std::string text;
    for (const char* who : {"admin", "audrey", "petra", "norm", ""}) {
      text += std::to_string(ask(who, "GET", path).status) + " ";
    }
    return text;
  }
};

TEST(OperatorRoutes, LetInWhomTheyAreFor) {
  Called site;
  EXPECT_EQ(site.statuses("/any"), "200 200 200 200 401 ");
  EXPECT_EQ(site.statuses("/readers"), "200 200 403 403 401 ");
  EXPECT_EQ(site.statuses("/admins"), "200 403 403 403 401 ");
  EXPECT_EQ(site.ask("petra", "GET", "/any").body, "petra");
  EXPECT_EQ(site.ask("petra", "GET", "/any").who, "petra");
}

TEST(OperatorRoutes, ARobotIsRefusedAsTheRouteSays) {
  Called site;
  const std::string robot = "robot$web+made:" + site.robot_secret;
  EXPECT_EQ(site.ask(robot, "GET", "/any").status, 403);
  EXPECT_EQ(site.ask(robot, "GET", "/me").status, 412);
  EXPECT_EQ(site.json(site.ask(robot, "GET", "/me"))["errors"][0]["code"], "PRECONDITION");
  EXPECT_EQ(site.ask("robot$web+made:wrong", "GET", "/me").status, 401);
}

TEST(OperatorRoutes, WhatIsLookedAtBeforeIsAnsweredWithoutALogin) {
  Called site;
  const Response wrong = site.ask("", "GET", "/checked");
  EXPECT_EQ(wrong.status, 400);
  EXPECT_EQ(site.json(wrong)["errors"][0]["field"], "q");
  EXPECT_EQ(site.ask("", "GET", "/checked?a=1").status, 401);
  EXPECT_EQ(site.ask("norm", "GET", "/checked?a=1").status, 200);
}

// A route that creates a project, to see commands on their way.
struct Commanded : OperatorSite {
  Commanded() {
    serve({operatorRoute(
        parts().sign_in,
        {.method = "POST",
         .path = "/projects",
         .access = Access::kOperators,
         .statuses = {200, 201, 400, 409},
         .handler = [this](const Request& request, const SignedIn& by) -> Handled {
           auto context = contextOf(request, by, "because");
           if (auto* wrong = std::get_if<Response>(&context)) return std::move(*wrong);
           return submitLater(ledger().ledger(),
                              {CreateProject{request.body}, std::get<Context>(std::move(context))},
                              [](const Receipt& receipt) -> Answered {
                                const bool is_fresh = receipt.kind == ReceiptKind::kFresh;
                                return Response{.status = is_fresh ? 201 : 200,
                                                .body = std::to_string(receipt.first.value)};
                              });
         }})});
  }
};

TEST(Outcomes, ACommandBecomesEventsOfItsCaller) {
  Commanded site;
  const Response answer = site.ask("admin", "POST", "/projects", "tools");
  EXPECT_EQ(answer.status, 201);
  const auto view = site.ledger().view();
  ASSERT_TRUE(view);
  const auto event = readEvent(*(*view)->log, Sequence{std::stoull(answer.body)});
  ASSERT_TRUE(event);
  EXPECT_EQ(event->actor, "admin");
  EXPECT_EQ(event->channel, Channel(Http{"10.0.0.7"}));
  EXPECT_EQ(event->request_id, "request-1");
  EXPECT_EQ(event->reason, "because");
}

TEST(Outcomes, ARefusalHasItsCodeAndItsStatus) {
  Commanded site;
  const Response forbidden = site.ask("petra", "POST", "/projects", "tools");
  EXPECT_EQ(forbidden.status, 403);
  EXPECT_EQ(site.json(forbidden)["errors"][0]["code"], "forbidden");
  EXPECT_EQ(site.ask("admin", "POST", "/projects", "web").status, 409);
  EXPECT_EQ(site.ask("admin", "POST", "/projects", "WEB").status, 400);
  EXPECT_EQ(statusOf(RefusalCode::kUnknownAccount), 404);
  EXPECT_EQ(statusOf(RefusalCode::kNoChange), 409);
}

TEST(Outcomes, TheSameKeyGivesTheFirstReceiptAndAnotherCommandUnderItIsRefused) {
  Commanded site;
  const std::vector<Header> key = {{"Idempotency-Key", "k-1"}};
  const Response first = site.ask("admin", "POST", "/projects", "tools", key);
  EXPECT_EQ(first.status, 201);
  const Response again = site.ask("admin", "POST", "/projects", "tools", key);
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(site.ask("admin", "POST", "/projects", "others", key).status, 409);
  EXPECT_EQ(site.ask("admin", "POST", "/projects?a", "tools", key).status, 409);
  for (const std::string& bad : {std::string(), std::string(129, 'k'), std::string("a\tb")}) {
    EXPECT_EQ(site.ask("admin", "POST", "/projects", "more", {{"Idempotency-Key", bad}}).status,
              400);
  }
  EXPECT_EQ(site.ask("admin", "POST", "/projects", "more",
                     {{"Idempotency-Key", "a"}, {"Idempotency-Key", "b"}})
                .status,
            400);
}

TEST(Outcomes, AnErrorSaysNoMoreThanItsCallerMayKnow) {
  const Response io = failureAnswer({ErrorCode::kIo, "/var/lib/x: full"});
  EXPECT_EQ(io.status, 500);
  EXPECT_EQ(io.body.find("/var"), std::string::npos);
  EXPECT_EQ(io.why, "/var/lib/x: full");
  EXPECT_EQ(failureAnswer({ErrorCode::kOverloaded, "x"}).status, 503);
  EXPECT_EQ(failureAnswer({ErrorCode::kInvalidArgument, "x"}).status, 400);
  EXPECT_NE(failureAnswer({ErrorCode::kOutcomeUnknown, "x"}).body.find("OUTCOME_UNKNOWN"),
            std::string::npos);
}

}  // namespace
}  // namespace robotledger::http
