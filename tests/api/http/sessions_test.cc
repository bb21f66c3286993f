#include "api/http/sessions.h"

#include <algorithm>

#include "api/json/json_text.h"
#include "core/base/base64.h"
#include "tests/api/http/handled.h"
#include "tests/api/login/login_testing.h"

namespace robotledger::http {
namespace {

constexpr char kOwn[] = "X-Robotledger-Request";

class FixedClock final : public Clock {
 public:
  Instant now() override { return at; }
  Instant at;
};

struct Site {
  LoginLedger ledger;
  Sessions sessions{ledger.authorizer()};
  FixedClock clock;
  SignIn sign_in{{.authorizer = ledger.authorizer(),
                  .logins = *ledger.logins,
                  .sessions = sessions,
                  .clock = clock}};
  std::vector<Route> routes = sign_in.routes();

  Site() { clock.at = ledger.now; }

  Request request(const std::string& method, std::vector<Header> headers,
                  Transport transport = Transport::kTls) const {
    return {.method = method,
            .path = "/service/session",
            .query = {},
            .headers = std::move(headers),
            .body = {},
            .address = "10.0.0.7",
            .request_id = "1",
            .transport = transport};
  }
  static Response done(Handled handled) { return answerOf(std::move(handled)); }
  Response ask(const Request& asked) const {
    const auto route = std::ranges::find(routes, asked.method, &Route::method);
    EXPECT_NE(route, routes.end());
    EXPECT_EQ(route->path, asked.path);
    return done(route->handler(asked));
  }
  // Any other route that is for operators, which nothing but a POST changes something by.
  Response act(const std::string& method, std::vector<Header> headers) const {
    return done(sign_in.identify(request(method, std::move(headers)),
                                 [](const Request&, const SignedIn& by) -> Handled {
                                   return Response{.status = 200, .body = by.who.name};
                                 }));
  }
  Response signIn(Transport transport = Transport::kTls) const {
    return ask(request("POST", {basic("alice", kPassword)}, transport));
  }
  static Header basic(const std::string& name, const std::string& secret) {
    return {"Authorization", "Basic " + toBase64(name + ":" + secret)};
  }
  // Signs in, and gives the cookie to send.
  Header cookie() const {
    const auto set = header(signIn(), "Set-Cookie");
    return {"Cookie", "other=1; " + set.substr(0, set.find(';')) + "; more=2"};
  }
  static std::string header(const Response& answer, const std::string& name) {
    const auto found = std::ranges::find(answer.headers, name, &Header::name);
    return found == answer.headers.end() ? "" : found->value;
  }
};

Json who(const Response& answer) { return Json::parse(answer.body); }

TEST(SignIn, BasicTellsWhoOneIs) {
  const Site site;
  site.ledger.submit(GrantRole{"alice", "auditor", std::nullopt});
  site.ledger.submit(GrantRole{"alice", "project_admin", "web"});
  const Response answer = site.ask(site.request("GET", {Site::basic("alice", kPassword)}));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.who, "alice");
  EXPECT_EQ(answer.body,
            R"({"name":"alice","roles":["auditor"],"administers":[{"id":1}],"by":"basic",)"
            R"("expires_at":null,"ends_at":null})"
            "\n");
  EXPECT_EQ(Site::header(answer, "Cache-Control"), "no-store");
}

TEST(SignIn, ARobotIsRefusedWithARightSecretBy403AndWithAWrongOneBy401) {
  const Site site;
  for (const char* method : {"GET", "POST"}) {
    for (const auto& [name, secret] : {std::pair(site.ledger.made, site.ledger.secret),
                                       std::pair(std::string("robot$made"), site.ledger.secret),
                                       std::pair(site.ledger.chosen, std::string(kChosenSecret))}) {
      const Response answer = site.ask(site.request(method, {Site::basic(name, secret)}));
      EXPECT_EQ(answer.status, 403);
      EXPECT_NE(answer.body.find("robot accounts cannot sign in"), std::string::npos);
      EXPECT_EQ(answer.why, "robot");
      EXPECT_EQ(Site::header(answer, "Set-Cookie"), "");
    }
    const Response wrong = site.ask(site.request(method, {Site::basic(site.ledger.made, "no")}));
    EXPECT_EQ(wrong.status, 401);
    EXPECT_EQ(wrong.body.find("robot"), std::string::npos);
  }
  EXPECT_EQ(site.sessions.size(), 0U);
  EXPECT_EQ(site.act("GET", {Site::basic(site.ledger.made, site.ledger.secret)}).status, 403);
}

TEST(SignIn, WhatIsRefusedLooksAlikeAndDiffersInTheLog) {
  const Site site;
  site.ledger.submit(DisableAccount{site.ledger.account(site.ledger.made)});
  std::string typo = site.ledger.secret;
  typo[10] = typo[10] == 'a' ? 'b' : 'a';
  const std::tuple<std::string, std::string, std::string, std::string> refused[] = {
      {"alice", "wrong", "wrong_secret", "alice"},
      {"nobody", kPassword, "unknown", "?"},
      {"robot$web+x", "wrong", "unknown", "robot$web+x"},
      {site.ledger.made, site.ledger.secret, "disabled", site.ledger.made},
      {site.ledger.made, typo, "typo", site.ledger.made}};
  std::string body;
  for (const auto& [name, secret, why, logged] : refused) {
    const Response answer = site.ask(site.request("GET", {Site::basic(name, secret)}));
    EXPECT_EQ(answer.status, 401);
    EXPECT_EQ(answer.why, why);
    EXPECT_EQ(answer.who, logged);
    EXPECT_EQ(Site::header(answer, "WWW-Authenticate"),
              "Basic realm=\"robotledger\", charset=\"UTF-8\"");
    if (body.empty()) body = answer.body;
    EXPECT_EQ(answer.body, body);
    EXPECT_EQ(answer.body.find(secret), std::string::npos);
  }
}

TEST(SignIn, TooManyFailuresAre429) {
  const Site site;
  for (std::int64_t i = 0; i < kFailuresAtOnce; ++i) {
    ASSERT_EQ(site.ask(site.request("GET", {Site::basic("alice", "wrong")})).status, 401);
  }
  const Response answer = site.ask(site.request("GET", {Site::basic("alice", kPassword)}));
  EXPECT_EQ(answer.status, 429);
  EXPECT_EQ(Site::header(answer, "Retry-After"), "30");
  EXPECT_EQ(answer.why, "slowed_down");
  EXPECT_EQ(refusedLogin(LoginRefused::kBusy).status, 503);
  EXPECT_EQ(Site::header(refusedLogin(LoginRefused::kBusy), "Retry-After"), "1");
}

TEST(SignIn, WithoutCredentialsOrWithStrangeOnesItIs401) {
  const Site site;
  const std::vector<Header> strange[] = {
      {},
      {{"Authorization", "Bearer abc"}},
      {{"Authorization", "Basic !"}},
      {Site::basic("alice", kPassword), Site::basic("alice", kPassword)},
      {{"Cookie", "__Host-robotledger=" + std::string(64, '0')}},
      {{"Cookie", "__Host-robotledger="}}};
  for (const auto& headers : strange) EXPECT_EQ(site.act("GET", headers).status, 401);
}

TEST(SignIn, ASessionIsACookieThatNobodyElseCanReadOrSend) {
  const Site site;
  const Response secure = site.signIn();
  EXPECT_EQ(secure.status, 201);
  const std::string cookie = Site::header(secure, "Set-Cookie");
  EXPECT_TRUE(cookie.starts_with("__Host-robotledger=")) << cookie;
  EXPECT_TRUE(cookie.ends_with("; Path=/; HttpOnly; SameSite=Strict; Secure")) << cookie;
  const std::string plain = Site::header(site.signIn(Transport::kPlain), "Set-Cookie");
  EXPECT_TRUE(plain.starts_with("robotledger=")) << plain;
  EXPECT_TRUE(plain.ends_with("; Path=/; HttpOnly; SameSite=Strict")) << plain;
  EXPECT_EQ(secure.body.find(cookie.substr(19, 64)), std::string::npos);

  const Response answer = site.ask(site.request("GET", {site.cookie()}));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(who(answer)["name"], "alice");
  EXPECT_EQ(who(answer)["by"], "session");
  EXPECT_EQ(who(answer)["expires_at"], formatInstant(Instant{site.clock.at.us + kSessionIdleUs}));
  EXPECT_EQ(who(answer)["ends_at"], formatInstant(Instant{site.clock.at.us + kSessionWholeUs}));
}

TEST(SignIn, UnderTlsACookieOfThePlainNameIsNone) {
  const Site site;
  const std::string plain = Site::header(site.signIn(Transport::kPlain), "Set-Cookie");
  const Header cookie{"Cookie", plain.substr(0, plain.find(';'))};
  EXPECT_EQ(site.ask(site.request("GET", {cookie}, Transport::kPlain)).status, 200);
  EXPECT_EQ(site.ask(site.request("GET", {cookie}, Transport::kTls)).status, 401);
  // Nor one of two, of which one may be somebody else's.
  EXPECT_EQ(site.ask(site.request("GET", {{"Cookie", cookie.value + "; " + cookie.value}},
                                  Transport::kPlain))
                .status,
            401);
  EXPECT_EQ(site.ask(site.request("GET", {cookie, cookie}, Transport::kPlain)).status, 401);
}

TEST(SignIn, WhatChangesSomethingHasToComeFromTheSiteItself) {
  const Site site;
  const Header cookie = site.cookie();
  const Header basic = Site::basic("alice", kPassword);
  const Header own{kOwn, "1"};
  const Header elsewhere{"Sec-Fetch-Site", "cross-site"};
  const Header sibling{"Sec-Fetch-Site", "same-site"};
  const Header here{"Sec-Fetch-Site", "same-origin"};
  EXPECT_EQ(site.act("GET", {cookie}).status, 200);
  for (const char* method : {"POST", "PUT", "PATCH", "DELETE"}) {
    EXPECT_EQ(site.act(method, {cookie}).status, 403);
    EXPECT_EQ(site.act(method, {cookie, here}).status, 403);
    EXPECT_EQ(site.act(method, {cookie, own}).status, 200);
    EXPECT_EQ(site.act(method, {cookie, own, here}).status, 200);
    EXPECT_EQ(site.act(method, {cookie, own, elsewhere}).status, 403);
    EXPECT_EQ(site.act(method, {cookie, own, sibling}).status, 403);
    // A browser may have the password, and send it by itself.
    EXPECT_EQ(site.act(method, {basic}).status, 200);
    EXPECT_EQ(site.act(method, {basic, elsewhere}).status, 403);
    EXPECT_EQ(site.act(method, {basic, sibling}).status, 403);
  }
  EXPECT_EQ(site.act("POST", {cookie}).why, "cross_site");
  EXPECT_EQ(site.ask(site.request("DELETE", {cookie})).status, 403);
  EXPECT_EQ(site.ask(site.request("GET", {cookie})).status, 200) << "it is there still";
}

TEST(SignIn, APageThatFetchesIsNotAnsweredWithAPasswordDialog) {
  const Site site;
  EXPECT_TRUE(Site::header(site.act("GET", {}), "WWW-Authenticate").starts_with("Basic "));
  for (const Header& header : {Header{kOwn, "1"}, Header{"Sec-Fetch-Site", "same-origin"}}) {
    EXPECT_TRUE(
        Site::header(site.act("GET", {header}), "WWW-Authenticate").starts_with("Session "));
  }
}

TEST(SignIn, LogoutEndsTheSessionAndTakesTheCookieAway) {
  const Site site;
  const Header cookie = site.cookie();
  const Response answer = site.ask(site.request("DELETE", {cookie, {kOwn, "1"}}));
  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(Site::header(answer, "Set-Cookie"),
            "__Host-robotledger=; Path=/; HttpOnly; SameSite=Strict; Secure; Max-Age=0");
  EXPECT_EQ(site.ask(site.request("GET", {cookie})).status, 401);
  EXPECT_EQ(site.ask(site.request("DELETE", {cookie, {kOwn, "1"}})).status, 204);
  EXPECT_EQ(site.ask(site.request("DELETE", {})).status, 204);
}

TEST(SignIn, ASessionEndsWithTimeAndWithAnyChangeOfTheOperator) {
  Site site;
  const Header cookie = site.cookie();
  site.clock.at.us += kSessionIdleUs - 1;
  EXPECT_EQ(site.act("GET", {cookie}).status, 200);
  site.ledger.submit(GrantRole{"alice", "auditor", std::nullopt});
  EXPECT_EQ(site.act("GET", {cookie}).status, 401);
  const Header other = site.cookie();
  site.clock.at.us += kSessionIdleUs;
  EXPECT_EQ(site.act("GET", {other}).status, 401);
}

TEST(SignIn, ANewSessionTakesThePlaceOfTheOneBefore) {
  const Site site;
  const Header cookie = site.cookie();
  const Response answer = site.ask(site.request("POST", {cookie, Site::basic("alice", kPassword)}));
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(site.sessions.size(), 1U);
  EXPECT_EQ(site.act("GET", {cookie}).status, 401);
  // It takes the password: a session opens no other.
  EXPECT_EQ(site.ask(site.request("POST", {site.cookie(), {kOwn, "1"}})).status, 401);
}

TEST(SignIn, WhatRunsOnAWorkerHasNoCredentialsWithIt) {
  const Site site;
  bool called = false;
  const Handled handled = site.sign_in.identify(
      site.request("GET", {Site::basic("alice", kPassword), {"Cookie", "a=b"}, {"X-Kept", "1"}}),
      [&](const Request& request, const SignedIn& by) -> Handled {
        called = true;
        EXPECT_EQ(request.header("Authorization"), "");
        EXPECT_EQ(request.header("Cookie"), "");
        EXPECT_EQ(request.header("X-Kept"), "1");
        return SlowWork([name = by.who.name] { return Response{.status = 200, .body = name}; });
      });
  ASSERT_TRUE(std::holds_alternative<LaterWork>(handled));
  EXPECT_FALSE(called);
  const Response answer = answerOf(std::move(handled));
  EXPECT_EQ(answer.body, "alice");
  EXPECT_EQ(answer.who, "alice");
}

}  // namespace
}  // namespace robotledger::http
