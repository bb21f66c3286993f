// A ledger on the disk with operators who are signed in, and routes that are asked as they are, for
// the tests of routes for operators: no sockets, the handlers alone.
//
//   OperatorSite site;                                     // admin, audrey, petra, norm; project
//   web site.serve(auditRoutes(site.parts())); const Response answer = site.ask("petra", "GET",
//   "/audit/who-could?project=web&...");
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/http/operator_parts.h"
#include "api/http/router.h"
#include "api/json/json_text.h"
#include "core/base/base64.h"
#include "tests/api/http/handled.h"
#include "tests/api/login/login_testing.h"

namespace robotledger::http {

class SettableClock final : public Clock {
 public:
  // The system's, where nothing is set.
  Instant now() override { return at ? *at : SystemClock().now(); }
  std::optional<Instant> at;
};

// Operators: `admin` (a system administrator), `audrey` (an auditor), `petra` (administers web),
// `norm` (no role). Projects: web (1) and api (2). Robots: robot$web+made, with the secret
// `robot_secret`, who may push.
class OperatorSite {
 public:
  const std::string robot_secret = newSecret();

  OperatorSite() {
    EXPECT_TRUE(createLedger(folder_ / "data", {.origin = "site.example/robots"}));
    open();
    submit(CreateProject{"web"});
    submit(CreateProject{"api"});
    for (const char* name : {"audrey", "petra", "norm"}) submit(AddOperator{name});
    submit(GrantRole{"audrey", "auditor", std::nullopt});
    submit(GrantRole{"petra", "project_admin", "web"});
    submit(CreateAccount{.project = "web",
                         .name = "made",
                         .permissions = {{.scope = std::nullopt, .capability = "push-image"}},
                         .secret = hashOf(robot_secret)});
  }

  // What is served; what was before is no more.
  void serve(std::vector<Route> routes) { router_ = std::make_unique<Router>(std::move(routes)); }

  // The answer to a request of an operator with a session; of nobody, where the name is empty; with
  // Basic, where it is "NAME:SECRET". `target` may have a query. An answer of a status that the
  // route does not tell of fails the test.
  Response ask(const std::string& who, const std::string& method, const std::string& target,
               const std::string& body = "", std::vector<Header> headers = {}) {
    Request request{.method = method, .path = target, .headers = std::move(headers)};
    if (const auto query = target.find('?'); query != target.npos) {
      request.path = target.substr(0, query);
      request.query = target.substr(query + 1);
    }
    request.body = body;
    request.address = "10.0.0.7";
    request.request_id = "request-1";
    const auto is_json = [](const Header& one) { return one.name == "Content-Type"; };
    if (!body.empty() && std::ranges::none_of(request.headers, is_json)) {
      request.headers.push_back({"Content-Type", "application/json"});
    }
    if (who.find(':') != who.npos) {
      request.headers.push_back({"Authorization", "Basic " + toBase64(who)});
    } else if (!who.empty()) {
      request.headers.push_back({"Cookie", cookieOf(who)});
      request.headers.push_back({std::string(kOwnRequestHeader), "1"});
    }
    Routed routed = router_->find(method, request.path);
    if (routed.found == RouteFound::kNoPath) return notFound();
    if (routed.found == RouteFound::kWrongMethod) return wrongMethod(routed.allowed);
    request.parts = std::move(routed.parts);
    Response answer = answerOf(routed.route->handler(request));
    EXPECT_TRUE(isDeclared(*routed.route, answer.status))
        << answer.status << " of " << method << " " << target;
    return answer;
  }
  Json json(const Response& answer) const { return Json::parse(answer.body); }
  // The value of a header of the answer; empty where there is none.
  static std::string header(const Response& answer, std::string_view name) {
    for (const Header& one : answer.headers) {
      if (one.name == name) return one.value;
    }
    return "";
  }
  // All that a stream gives until it waits, ends or is cut.
  static std::string all(const Response& answer) {
    std::string text = answer.body;
    if (!answer.stream) return text;
    while (true) {
      Stream::Piece piece = answer.stream->next();
      text += piece.bytes;
      if (piece.next != Stream::Next::kMore) return text;
    }
  }

  Receipt submit(Command command, const std::string& actor = "admin") {
    Submission submission{.command = std::move(command), .context = {}};
    submission.context.actor = actor;
    submission.context.channel = Embedder{"test"};
    const auto outcome = ledger_->ledger().submit(std::move(submission));
    EXPECT_TRUE(outcome);
    const auto* no = std::get_if<Refusal>(&*outcome);
    EXPECT_EQ(no, nullptr) << no->message;
    return no == nullptr ? std::get<Receipt>(*outcome) : Receipt();
  }
  OpenLedger& ledger() { return *ledger_; }
  OperatorParts& parts() { return *parts_; }
  SettableClock& clock() { return clock_; }
  std::uint64_t events() const { return ledger_->log().head().size.value; }

 private:
  TestFolder folder_;
  LivingAccounts living_;
  HeadWatch watch_;
  SettableClock clock_;
  std::unique_ptr<OpenLedger> ledger_;  // ends before those who follow it, and after its users
  std::unique_ptr<SecretText> pepper_;
  std::unique_ptr<LoginChecker> logins_;
  std::unique_ptr<Sessions> sessions_;
  std::unique_ptr<SignIn> sign_in_;
  std::unique_ptr<LastUsed> last_used_;
  std::unique_ptr<OperatorParts> parts_;
  std::unique_ptr<Router> router_;
  std::map<std::string, std::string> cookies_;

  static bool isDeclared(const Route& route, int status) {
    if (status == 503 || status == 500 || status == 429) return true;
    return std::ranges::find(route.statuses, status) != route.statuses.end();
  }

  std::string cookieOf(const std::string& name) {
    std::string& cookie = cookies_[name];
    if (!cookie.empty()) return cookie;
    const auto who = ledger_->authorizer()->findOperator(name);
    EXPECT_TRUE(who) << name;
    const auto opened = sessions_->open(*who, clock_.now());
    EXPECT_TRUE(opened);
    return cookie = "robotledger=" + opened->token;
  }

  void open() {
    auto opened = OpenLedger::open(
        folder_ / "data", {.observers = {&living_, &watch_}, .authorizer = AuthorizerUse::kKept});
    EXPECT_TRUE(opened) << opened.error().message;
    ledger_ = *std::move(opened);
    EXPECT_TRUE(ledger_->ledger().inspect([&](const State& state) { living_.load(state); }));
    watch_.grownTo(ledger_->log().head().size);
    auto pepper = ledger_->ask(
        [&](const View& view) { return ensurePepper(pepperPath(folder_ / "data"), view); });
    EXPECT_TRUE(pepper);
    pepper_ = *std::move(pepper);
    const Authorizer& authorizer = *ledger_->authorizer();
    auto logins = LoginChecker::start(authorizer, {.pepper = pepper_->text()});
    EXPECT_TRUE(logins);
    logins_ = *std::move(logins);
    sessions_ = std::make_unique<Sessions>(authorizer);
    sign_in_ = std::make_unique<SignIn>(SignIn::Parts{
        .authorizer = authorizer, .logins = *logins_, .sessions = *sessions_, .clock = clock_});
    auto used = LastUsed::open(folder_ / "last-used", {});
    EXPECT_TRUE(used);
    last_used_ = *std::move(used);
    parts_ = std::make_unique<OperatorParts>(OperatorParts{.ledger = *ledger_,
                                                           .authorizer = authorizer,
                                                           .living = living_,
                                                           .watch = watch_,
                                                           .sign_in = *sign_in_,
                                                           .pepper = *pepper_,
                                                           .last_used = *last_used_,
                                                           .clock = clock_});
  }
};

}  // namespace robotledger::http
