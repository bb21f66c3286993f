#include "api/http/ledger_routes.h"

#include "core/ledger/saved_state.h"
#include "tests/api/http/operator_testing.h"

namespace robotledger::http {
namespace {

constexpr const char* kPassword = "correct horse battery";

class LedgerRoutes : public testing::Test {
 protected:
  LedgerRoutes() { site_.serve(ledgerRoutes(site_.parts())); }
  Response send(const std::string& body, const std::string& who = "admin",
                const std::string& query = "", std::vector<Header> headers = {}) {
    return site_.ask(who, "POST", "/api/ledger/commands" + query, body, std::move(headers));
  }
  // "400 days": the status and the field that is wrong.
  std::string wrong(const Response& answer) {
    const Json error = site_.json(answer)["errors"][0];
    return std::to_string(answer.status) + " " + error.value("field", "");
  }
  std::string wrong(const std::string& body) { return wrong(send(body)); }
  Response setPassword(const std::string& who, const std::string& name, const Json& body,
                       std::vector<Header> headers = {}) {
    return site_.ask(who, "PUT", "/api/ledger/operators/" + name + "/password", jsonText(body),
                     std::move(headers));
  }
  OperatorSite site_;
};

TEST_F(LedgerRoutes, TheFieldOfACommandThatIsWrongIsNamed) {
  const auto before = site_.events();
  EXPECT_EQ(wrong(R"({"do":"fly"})"), "400 do");
  EXPECT_EQ(wrong(R"({})"), "400 do");
  EXPECT_EQ(wrong(R"({"do":"renew"})"), "400 account");
  EXPECT_EQ(wrong(R"({"do":"renew","account":7})"), "400 account");
  EXPECT_EQ(wrong(R"({"do":"renew","account":""})"), "400 account");
  EXPECT_EQ(wrong(R"({"do":"renew","account":"#1","acount":"#2"})"), "400 acount");
  EXPECT_EQ(wrong(R"({"do":"renew","account":"#1","account":"#2"})"), "400 account");
  EXPECT_EQ(wrong(R"({"do":"renew","account":"#1","reason":1})"), "400 reason");
  EXPECT_EQ(wrong(R"({"do":"renew","account":"#1","reason":"a\nb"})"), "400 reason");
  EXPECT_EQ(wrong(R"({"do":"renew","account":"#1","dry_run":1})"), "400 dry_run");
  EXPECT_EQ(wrong(R"({"do":"grant","account":"#1","permissions":"push-chart"})"),
            "400 permissions");
  EXPECT_EQ(wrong(R"({"do":"grant","account":"#1","permissions":[7]})"), "400 permissions");
  EXPECT_EQ(wrong(R"({"do":"grant","account":"#1","permissions":["fly"]})"), "400 permissions");
  EXPECT_EQ(wrong(R"({"do":"set_expiry","account":"#1","expires":0})"), "400 expires");
  EXPECT_EQ(wrong(R"({"do":"set_expiry","account":"#1","expires":"soon"})"), "400 expires");
  EXPECT_EQ(wrong(R"({"do":"set_system_expiry","days":0})"), "400 days");
  EXPECT_EQ(wrong(R"({"do":"describe","account":"#1","description":"a\u0000b"})"),
            "400 description");
  EXPECT_EQ(wrong(R"({"do":"grant_role","operator":"norm","role":"king"})"), "400 role");
  EXPECT_EQ(wrong(R"({"do":"create_project","project":"UP"})"), "400 project");
  EXPECT_EQ(wrong(R"({"do":"add_operator","operator":"no one"})"), "400 operator");
  EXPECT_EQ(wrong(R"({"do":"create_account","project":"web","name":"UP","permissions":[]})"),
            "400 name");
  EXPECT_EQ(wrong("["), "400 ");
  EXPECT_EQ(site_.events(), before);
}

TEST_F(LedgerRoutes, AnEmptyPlaceIsNotTheSystem) {
  EXPECT_EQ(wrong(R"({"do":"create_account","project":"","name":"x",)"
                  R"("permissions":[{"scope":"*","capability":"push-image"}]})"),
            "400 project");
  EXPECT_EQ(wrong(R"({"do":"grant","account":"#1",)"
                  R"("permissions":[{"scope":"","capability":"push-chart"}]})"),
            "400 permissions");
}

TEST_F(LedgerRoutes, WhatStandsInTheQueryDoesNotPassForATry) {
  const auto before = site_.events();
  const Response answer = send(R"({"do":"disable","account":"#1"})", "admin", "?dry_run=true");
  EXPECT_EQ(wrong(answer), "400 dry_run");
  EXPECT_EQ(site_.events(), before);
  EXPECT_EQ(site_.ask("admin", "GET", "/api/ledger/settings?x=1").status, 400);
  EXPECT_EQ(site_.ask("admin", "GET", "/api/ledger/operators?x=1").status, 400);
}

TEST_F(LedgerRoutes, AReceiptNamesTheAccountHoweverItWasNamed) {
  const Json by_number = site_.json(send(R"({"do":"renew","account":"#1"})", "petra"));
  EXPECT_EQ(by_number["account"], "robot$web+made");
  EXPECT_EQ(by_number["account_id"], 1);
  const Json by_name = site_.json(send(R"({"do":"renew","account":"robot$web+made"})", "petra"));
  EXPECT_EQ(by_name["account"], "robot$web+made");
  EXPECT_EQ(by_name["account_id"], 1);
  const Response gone = send(R"({"do":"delete","account":"#1"})");
  EXPECT_EQ(site_.json(gone)["account"], "robot$web+made");
  EXPECT_EQ(OperatorSite::header(gone, "X-Robotledger-As-Of"), std::to_string(site_.events() - 1));
  // Whether it is there or not, who may not is told the same.
  site_.submit(CreateAccount{.project = "api", .name = "other"});
  const Response there = send(R"({"do":"renew","account":"#2"})", "petra");
  const Response nowhere = send(R"({"do":"renew","account":"#9"})", "petra");
  EXPECT_EQ(there.status, 403);
  EXPECT_EQ(nowhere.status, 403);
  EXPECT_EQ(there.body.find("api"), std::string::npos);
  EXPECT_EQ(there.body.size(), nowhere.body.size());
}

TEST_F(LedgerRoutes, ASecretIsShownOnceUnderAKey) {
  const std::vector<Header> key{{"Idempotency-Key", "k"}};
  const std::string body = R"({"do":"rotate_secret","account":"#1"})";
  const Json first = site_.json(send(body, "petra", "", key));
  EXPECT_TRUE(first["secret"].get<std::string>().starts_with("rbt_"));
  const Json again = site_.json(send(body, "petra", "", key));
  EXPECT_EQ(again["repeated"], true);
  EXPECT_EQ(again["sequence"], first["sequence"]);
  EXPECT_FALSE(again.contains("secret"));
}

TEST_F(LedgerRoutes, OperatorsAreToldAsFarAsTheCallerMaySee) {
  const auto names = [this](const std::string& who) {
    std::string text;
    const Response answer = site_.ask(who, "GET", "/api/ledger/operators");
    const Json list = site_.json(answer)["operators"];
    for (const Json& one : list) text += one["name"].get<std::string>() + " ";
    return text;
  };
  EXPECT_EQ(names("admin"), "admin audrey norm petra ");
  EXPECT_EQ(names("audrey"), "admin audrey norm petra ");
  EXPECT_EQ(names("petra"), "petra ");
  EXPECT_EQ(names("norm"), "norm ");
  const Json petra = site_.json(site_.ask("petra", "GET", "/api/ledger/operators"));
  EXPECT_EQ(petra["operators"][0]["administers"], Json::array({"web"}));
  EXPECT_EQ(petra["as_of"]["sequence"], site_.events() - 1);
  EXPECT_EQ(site_.ask("", "GET", "/api/ledger/operators").status, 401);
}

TEST_F(LedgerRoutes, AnOperatorIsGivenAPasswordByASystemAdministrator) {
  const Response set = setPassword("admin", "norm", {{"password", kPassword}, {"reason", "new"}});
  ASSERT_EQ(set.status, 200) << set.body;
  const auto event = readEvent(site_.ledger().log(), Sequence{site_.json(set)["sequence"]});
  ASSERT_TRUE(event);
  EXPECT_TRUE(std::holds_alternative<OperatorPasswordSet>(event->body));
  EXPECT_EQ(event->reason, "new");
  EXPECT_EQ(site_.ask("norm:" + std::string(kPassword), "GET", "/api/ledger/operators").status,
            200);
  EXPECT_EQ(site_.ask("norm:another horse battery", "GET", "/api/ledger/operators").status, 401);
  for (const char* who : {"audrey", "petra", "norm"}) {
    EXPECT_EQ(setPassword(who, "norm", {{"password", kPassword}}).status, 403) << who;
  }
  EXPECT_EQ(setPassword("", "norm", {{"password", kPassword}}).status, 401);
  EXPECT_EQ(setPassword("admin", "nobody", {{"password", kPassword}}).status, 404);
  const auto before = site_.events();
  EXPECT_EQ(wrong(setPassword("admin", "norm", {{"password", "short"}})), "400 password");
  EXPECT_EQ(wrong(setPassword("admin", "norm", {{"password", 7}})), "400 password");
  EXPECT_EQ(wrong(setPassword("admin", "norm", {{"reason", "x"}})), "400 password");
  EXPECT_EQ(wrong(setPassword("admin", "norm", {{"password", kPassword}, {"pass", "x"}})),
            "400 pass");
  EXPECT_EQ(wrong(setPassword("admin", "norm", {{"password", kPassword}, {"reason", "a\nb"}})),
            "400 reason");
  EXPECT_EQ(wrong(setPassword("admin", "norm", Json::array())), "400 ");
  EXPECT_EQ(site_.events(), before);
}

TEST_F(LedgerRoutes, TheDigestOfAKeyedPasswordHelpsNobodyWhoGuesses) {
  const std::vector<Header> key{{"Idempotency-Key", "k"}};
  const Json body{{"password", kPassword}};
  const Response first = setPassword("admin", "norm", body, key);
  const auto event = readEvent(site_.ledger().log(), Sequence{site_.json(first)["sequence"]});
  ASSERT_TRUE(event);
  ASSERT_TRUE(event->command_digest);
  const std::string path = "/api/ledger/operators/norm/password";
  EXPECT_NE(*event->command_digest, sha256("PUT\n" + path + "\n\n" + jsonText(body)));
  EXPECT_NE(*event->command_digest, sha256(path + "\n" + kPassword));
  EXPECT_EQ(site_.json(setPassword("admin", "norm", body, key))["repeated"], true);
  EXPECT_EQ(setPassword("admin", "norm", {{"password", "another horse battery"}}, key).status, 409);
}

}  // namespace
}  // namespace robotledger::http
