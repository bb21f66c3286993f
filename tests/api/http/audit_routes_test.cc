#include "api/http/audit_routes.h"

#include <atomic>
#include <set>
#include <thread>

#include "api/evidence/check_bundle.h"
#include "api/http/event_streams.h"
#include "api/http/evidence_routes.h"
#include "api/http/ledger_routes.h"
#include "core/base/files.h"
#include "core/ledger/saved_state.h"
#include "tests/api/http/operator_testing.h"

namespace robotledger::http {
namespace {

class Audit : public testing::Test {
 protected:
  Audit() {
    std::vector<Route> routes = auditRoutes(site_.parts());
    for (Route& route : eventStreamRoutes(site_.parts())) routes.push_back(std::move(route));
    for (Route& route : ledgerRoutes(site_.parts())) routes.push_back(std::move(route));
    for (Route& route : evidenceRoutes(site_.parts())) routes.push_back(std::move(route));
    site_.serve(std::move(routes));
    site_.submit(CreateAccount{.project = "api", .name = "other"});
  }
  Response get(const std::string& path, const std::string& who = "audrey") {
    return site_.ask(who, "GET", path);
  }
  Json json(const std::string& path, const std::string& who = "audrey") {
    const Response answer = get(path, who);
    EXPECT_EQ(answer.status, 200) << path << " " << answer.body;
    return site_.json(answer);
  }
  std::string statuses(const std::string& path) {
    std::string text;
    for (const char* who : {"admin", "audrey", "petra", "norm", ""}) {
      text += std::to_string(get(path, who).status) + " ";
    }
    return text;
  }
  // "400 at": the status and the field that is wrong.
  std::string wrong(const std::string& path) {
    const Response answer = get(path);
    if (answer.status != 400) return std::to_string(answer.status);
    return "400 " + site_.json(answer)["errors"][0].value("field", "");
  }
  OperatorSite site_;
};

TEST_F(Audit, WhoCouldIsAnswered) {
  const std::string push = "/audit/who-could?capability=push-image&project=web";
  const Json now = json(push + "&at=now");
  EXPECT_EQ(now["answers"][0]["account"], "robot$web+made");
  EXPECT_EQ(now["as_of"]["sequence"], site_.events() - 1);
  EXPECT_EQ(OperatorSite::header(get(push + "&at=now"), "X-Robotledger-As-Of"),
            std::to_string(site_.events() - 1));
  EXPECT_EQ(json(push + "&at=2020-01-01T00:00:00Z")["answers"], Json::array());
  EXPECT_EQ(
      json(push + "&from=2020-01-01T00:00:00Z&to=2100-01-01T01:00:00+01:00")["answers"].size(), 1U);
  const std::string today = formatInstant(SystemClock().now()).substr(0, 10);
  EXPECT_EQ(json(push + "&on=" + today + "&tz=UTC")["answers"].size(), 1U);
  EXPECT_EQ(json(push + "&at=now&token_tail=true")["question"]["token_tail"], true);
  EXPECT_EQ(json("/audit/who-could?capability=project:list&project=/&at=now")["answers"],
            Json::array());
  EXPECT_EQ(statuses(push + "&at=now"), "200 200 200 403 401 ");
  EXPECT_EQ(statuses("/audit/who-could?capability=push-image&project=api&at=now"),
            "200 200 403 403 401 ");
  EXPECT_EQ(statuses("/audit/who-could?capability=push-image&project=none&at=now"),
            "404 404 403 403 401 ");
}

TEST_F(Audit, WhatIsWrongWithAQuestionIsNamed) {
  const std::string who = "/audit/who-could?capability=push-image&project=web";
  EXPECT_EQ(wrong(who), "400 at");
  EXPECT_EQ(wrong(who + "&at=now&on=2025-01-01"), "400 on");
  EXPECT_EQ(wrong(who + "&at=yesterday"), "400 at");
  EXPECT_EQ(wrong(who + "&at="), "400 at");
  EXPECT_EQ(wrong(who + "&at=now&at=now"), "400 at");
  EXPECT_EQ(wrong(who + "&from=now"), "400 on");
  EXPECT_EQ(wrong(who + "&from=2025-01-02T00:00:00Z&to=2025-01-01T00:00:00Z"), "400 to");
  EXPECT_EQ(wrong(who + "&on=2025-02-30"), "400 on");
  EXPECT_EQ(wrong(who + "&on=2025-01-01&tz=Mars/Olympus"), "400 tz");
  EXPECT_EQ(wrong(who + "&at=now&tz=UTC"), "400 tz");
  EXPECT_EQ(wrong(who + "&at=now&token_tail=yes"), "400 token_tail");
  EXPECT_EQ(wrong(who + "&at=now&as_of=x"), "400 as_of");
  EXPECT_EQ(wrong(who + "&at=now&as_of=99999"), "400 as_of");
  EXPECT_EQ(wrong(who + "&At=now&at=now"), "400 At");
  EXPECT_EQ(wrong("/audit/who-could?capability=fly&project=web&at=now"), "400 capability");
  EXPECT_EQ(wrong("/audit/who-could?capability=push-image&at=now"), "400 project");
  EXPECT_EQ(wrong("/audit/could?account=x&capability=push-image&project=web"), "400 account");
  EXPECT_EQ(wrong("/audit/diff?from=now"), "400 to");
  // Known when now is.
  const std::string backwards = "from=2100-01-01T00:00:00Z&to=now";
  EXPECT_EQ(wrong("/audit/who-could?capability=push-image&project=web&" + backwards), "400 to");
  EXPECT_EQ(wrong("/audit/diff?" + backwards), "400 to");
  EXPECT_EQ(wrong("/audit/events?" + backwards), "400 to");
  EXPECT_EQ(wrong("/audit/evidence/events?" + backwards), "400 to");
  EXPECT_EQ(wrong("/audit/events?cursor=x"), "400 cursor");
  EXPECT_EQ(wrong("/audit/events?after=x"), "400 after");
  EXPECT_EQ(wrong("/audit/events?limit=0"), "400 limit");
  EXPECT_EQ(wrong("/audit/events?limit=1001"), "400 limit");
  EXPECT_EQ(wrong("/audit/events?kind=flown"), "400 kind");
  EXPECT_EQ(wrong("/audit/events/x"), "400 sequence");
  EXPECT_EQ(wrong("/audit/accounts/x"), "400 account");
  EXPECT_EQ(wrong("/audit/expiring"), "400 days");
  EXPECT_EQ(wrong("/audit/export?format=xml"), "400 format");
  EXPECT_EQ(wrong("/audit/stream?to=now"), "400 to");
}

TEST_F(Audit, CouldIsAnsweredWithItsChain) {
  const std::string asked =
      "/audit/could?account=robot$web%2Bmade&capability=push-image&project=web";
  const Json yes = json(asked);
  EXPECT_EQ(yes["could"], true);
  EXPECT_FALSE(yes["chain"].empty());
  // A '+' that was not encoded is meant as one.
  EXPECT_EQ(json("/audit/could?account=robot$web+made&capability=push-image&project=web")["could"],
            true);
  EXPECT_EQ(json("/audit/could?account=%231&capability=push-chart&project=web")["could"], false);
  EXPECT_EQ(statuses(asked), "200 200 200 403 401 ");
  EXPECT_EQ(json("/audit/what-could?account=1")["could"].size(), 2U);
  EXPECT_EQ(statuses("/audit/what-could?account=2"), "200 200 403 403 401 ");
}

TEST_F(Audit, AnAnswerOfThePastCanBeHadAgain) {
  const std::uint64_t then = site_.events() - 1;
  const std::string asked = "/audit/what-could?account=1&at=2100-01-01T00:00:00Z&as_of=";
  const std::string before = get(asked + std::to_string(then)).body;
  site_.submit(GrantPermissions{{.name = "robot$web+made", .id = {}},
                                {{.scope = std::nullopt, .capability = "pull-chart"}}});
  EXPECT_EQ(get(asked + std::to_string(then)).body, before);
  EXPECT_NE(get(asked + std::to_string(then + 1)).body, before);
}

TEST_F(Audit, AtLeastWaitsForAnEvent) {
  const std::uint64_t next = site_.events();
  std::thread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    site_.submit(CreateProject{"late"});
  });
  const Json answer = json("/audit/who-could?capability=push-image&project=late&at=now&at_least=" +
                           std::to_string(next));
  later.join();
  EXPECT_EQ(answer["as_of"]["sequence"], next);
}

TEST_F(Audit, DifferencesAndAccountsAreTold) {
  const std::string between = "/audit/diff?from=2020-01-01T00:00:00Z&to=now";
  EXPECT_EQ(json(between + "&project=web")["differences"].size(), 2U);
  EXPECT_EQ(statuses(between), "200 200 403 403 401 ");
  EXPECT_EQ(statuses(between + "&project=web&all=true"), "200 200 200 403 401 ");
  EXPECT_EQ(json("/audit/accounts?project=web")["accounts"][0]["account"], "robot$web+made");
  EXPECT_EQ(json("/audit/accounts")["accounts"].size(), 2U);
  EXPECT_EQ(json("/audit/accounts?at=2020-01-01T00:00:00Z")["accounts"].size(), 0U);
  EXPECT_EQ(statuses("/audit/accounts"), "200 200 403 403 401 ");
  EXPECT_EQ(statuses("/audit/accounts?project=web"), "200 200 200 403 401 ");
  EXPECT_EQ(json("/audit/accounts/robot$web+made")["id"], 1);
  EXPECT_EQ(json("/audit/accounts/1")["account"], "robot$web+made");
  EXPECT_EQ(get("/audit/accounts/1?at=2020-01-01T00:00:00Z").status, 404);
  EXPECT_EQ(statuses("/audit/accounts/2"), "200 200 403 403 401 ");
  EXPECT_EQ(statuses("/audit/accounts/99"), "404 404 403 403 401 ");
  EXPECT_EQ(json("/audit/accounts/1/history")["accounts"][0]["events"].size(), 3U);
  EXPECT_EQ(json("/audit/expiring?days=40")["expiring"].size(), 2U);
  EXPECT_EQ(statuses("/audit/expiring?days=1"), "200 200 403 403 401 ");
}

TEST_F(Audit, EventsAreReadPageByPage) {
  std::vector<std::uint64_t> read;
  std::string cursor;
  do {
    const Json page = json("/audit/events?limit=4" + cursor);
    for (const Json& event : page["events"]) read.push_back(event["sequence"]);
    cursor =
        page["next_cursor"].is_null() ? "" : "&cursor=" + page["next_cursor"].get<std::string>();
  } while (!cursor.empty());
  ASSERT_EQ(read.size(), site_.events());
  for (std::uint64_t i = 0; i < read.size(); ++i) EXPECT_EQ(read[i], i);
  EXPECT_EQ(json("/audit/events?kind=project_created")["events"].size(), 2U);
  EXPECT_EQ(json("/audit/events?account=1")["events"].size(), 2U);
  EXPECT_EQ(statuses("/audit/events"), "200 200 403 403 401 ");
  EXPECT_EQ(statuses("/audit/events?project=web"), "200 200 200 403 401 ");
  EXPECT_EQ(json("/audit/events/0")["kind"], "ledger_initialized");
  EXPECT_EQ(statuses("/audit/events/0"), "200 200 403 403 401 ");
  EXPECT_EQ(statuses("/audit/events/9999"), "404 404 403 403 401 ");
  EXPECT_EQ(json("/audit/events?after=3&limit=2")["events"][0]["sequence"], 4);
  EXPECT_EQ(json("/audit/events?after=3&cursor=5")["events"][0]["sequence"], 6);
  EXPECT_EQ(get("/audit/events/9999", "petra").body, get("/audit/events/0", "petra").body);
}

TEST_F(Audit, WhatIsListedOfAProjectCanBeReadByItself) {
  const Json page = json("/audit/events?project=web", "petra");
  std::set<std::string> kinds;
  for (const Json& event : page["events"]) {
    const std::string path = "/audit/events/" + std::to_string(event["sequence"].get<int>());
    EXPECT_EQ(json(path, "petra")["kind"], event["kind"]);
    EXPECT_EQ(get(path, "norm").status, 403);
    kinds.insert(event["kind"]);
  }
  EXPECT_TRUE(kinds.contains("project_created"));
  EXPECT_TRUE(kinds.contains("role_granted"));
  EXPECT_TRUE(kinds.contains("account_created"));
}

TEST_F(Audit, AnAccountThatWorksInTwoProjectsTellsTheOnesAdministratorNothingOfTheOther) {
  site_.submit(CreateAccount{.project = std::nullopt,
                             .name = "both",
                             .permissions = {{.scope = "web", .capability = "push-image"},
                                             {.scope = "api", .capability = "push-chart"}}});
  for (const char* path :
       {"/audit/accounts/robot$both", "/audit/accounts/3/history", "/audit/what-could?account=3",
        "/audit/could?account=3&capability=push-image&project=web", "/audit/events?project=web",
        "/audit/accounts?project=web", "/audit/events?account=3"}) {
    EXPECT_EQ(get(path, "petra").status, 200) << path;
    EXPECT_EQ(get(path, "petra").body.find("api"), std::string::npos) << get(path, "petra").body;
  }
  EXPECT_NE(get("/audit/accounts/3").body.find("\"api\""), std::string::npos);
  const std::string csv = OperatorSite::all(get("/audit/export?format=csv&project=web", "petra"));
  EXPECT_NE(csv.find("(another project)"), csv.npos);
  EXPECT_EQ(csv.find("api"), csv.npos);
}

TEST_F(Audit, ExportsAreWholeAndInTheirForm) {
  const Response lines = get("/audit/export");
  EXPECT_EQ(OperatorSite::header(lines, "X-Robotledger-As-Of"), std::to_string(site_.events() - 1));
  EXPECT_EQ(
      OperatorSite::header(lines, "Content-Disposition"),
      "attachment; filename=\"robotledger-" + std::to_string(site_.events() - 1) + ".jsonl\"");
  const std::string all = OperatorSite::all(lines);
  EXPECT_EQ(static_cast<std::uint64_t>(std::ranges::count(all, '\n')), site_.events());
  const std::string csv = OperatorSite::all(get("/audit/export?format=csv&project=web", "petra"));
  EXPECT_TRUE(csv.starts_with("sequence,time,"));
  EXPECT_EQ(csv.find(",api,"), std::string::npos);
  EXPECT_EQ(statuses("/audit/export"), "200 200 403 403 401 ");
  EXPECT_EQ(OperatorSite::all(get("/audit/export?as_of=0")), all.substr(0, all.find('\n') + 1));
}

TEST_F(Audit, AnExportOfOneWhoMayNoMoreIsCut) {
  for (int i = 0; i < 2000; ++i) site_.submit(CreateProject{"p" + std::to_string(i)});
  const Response answer = get("/audit/export");
  ASSERT_EQ(answer.stream->next().next, Stream::Next::kMore);
  site_.submit(RevokeRole{"audrey", "auditor", std::nullopt});
  EXPECT_EQ(answer.stream->next().next, Stream::Next::kCut);
}

TEST_F(Audit, AStreamHasWhatComesAndResumes) {
  const Response answer = get("/audit/stream");
  EXPECT_EQ(OperatorSite::header(answer, "Content-Type"), "text/event-stream");
  EXPECT_EQ(OperatorSite::all(answer), "retry: 2000\n\n");
  site_.submit(CreateProject{"fresh"});
  const std::string sequence = std::to_string(site_.events() - 1);
  const std::string came = OperatorSite::all(answer);
  EXPECT_TRUE(came.starts_with("id: " + sequence + "\nevent: project_created\ndata: {")) << came;
  EXPECT_TRUE(came.ends_with("}\n\n"));
  EXPECT_EQ(OperatorSite::all(answer), ": \n\n");
  // A client that was cut off.
  const std::string last = std::to_string(site_.events() - 3);
  const std::string again = OperatorSite::all(
      site_.ask("audrey", "GET", "/audit/stream?format=ocsf", "", {{"Last-Event-ID", last}}));
  EXPECT_NE(again.find("id: " + std::to_string(site_.events() - 2) + "\n"), again.npos) << again;
  EXPECT_NE(again.find("\"class_uid\":3004"), again.npos);
  EXPECT_EQ(again.find("id: " + last + "\n"), again.npos);
  EXPECT_EQ(site_.ask("audrey", "GET", "/audit/stream", "", {{"Last-Event-ID", "x"}}).status, 400);
  std::atomic<bool> is_woken = false;
  answer.stream->await([&] { is_woken = true; });
  EXPECT_FALSE(is_woken);
  site_.submit(CreateProject{"fresher"});
  while (!is_woken) std::this_thread::yield();
}

TEST_F(Audit, AStreamEndsForOneWhoHasChanged) {
  const Response answer = get("/audit/stream?project=web", "petra");
  site_.submit(CreateProject{"secret"});
  site_.submit(DisableAccount{{.name = "robot$web+made", .id = {}}});
  const std::string came = OperatorSite::all(answer);
  EXPECT_EQ(came.find("secret"), came.npos);
  EXPECT_NE(came.find("account_disabled"), came.npos);
  site_.submit(RevokeRole{"petra", "project_admin", "web"});
  EXPECT_EQ(answer.stream->next().next, Stream::Next::kEnd);
}

TEST_F(Audit, EvidenceIsAFileThatStandsForItself) {
  const std::string asked = "/audit/evidence/who-could?capability=push-image&project=web&at=now";
  const Response answer = get(asked);
  EXPECT_EQ(OperatorSite::header(answer, "Content-Type"), "application/zip");
  const TestFolder folder;
  const std::string file = folder / "evidence.zip";
  ASSERT_TRUE(writeNewFile(file, OperatorSite::all(answer)));
  const auto checked = checkEvidence(file, *site_.ledger().verifierKey(), {});
  EXPECT_TRUE(checked) << checked.error().message;
  EXPECT_EQ(statuses(asked), "200 200 403 403 401 ");
  EXPECT_EQ(statuses(asked + "&slim=true"), "200 200 200 403 401 ");
  EXPECT_EQ(statuses("/audit/evidence/history?account=1&slim=true"), "200 200 200 403 401 ");
  EXPECT_EQ(get("/audit/evidence/events?kind=project_created&as_of=3").status, 200);
  EXPECT_EQ(wrong("/audit/evidence/events?as_of=9999"), "400 as_of");
  EXPECT_EQ(wrong("/audit/evidence/history"), "400 account");
  EXPECT_EQ(wrong("/audit/evidence/events?limit=0"), "400 limit");
  EXPECT_EQ(get("/audit/evidence/history?account=99&slim=true").status, 404);
  EXPECT_NE(get(asked, "petra").body.find("slim=true"), std::string::npos);
}

// ---- commands -----------------------------------------------------------------------------------

TEST_F(Audit, WhatHarborHasNoWordForIsACommand) {
  const auto send = [this](const std::string& body, const std::string& who = "petra") {
    return site_.ask(who, "POST", "/api/ledger/commands", body);
  };
  const Response renewed =
      send(R"({"do":"renew","account":"robot$web+made","reason":"ticket 17"})");
  ASSERT_EQ(renewed.status, 200) << renewed.body;
  const auto event = readEvent(site_.ledger().log(), Sequence{site_.json(renewed)["sequence"]});
  ASSERT_TRUE(event);
  EXPECT_TRUE(std::holds_alternative<AccountRenewed>(event->body));
  EXPECT_EQ(event->reason, "ticket 17");
  EXPECT_EQ(event->actor, "petra");
  EXPECT_EQ(event->channel, Channel(Http{"10.0.0.7"}));
  EXPECT_EQ(site_.json(renewed)["account"], "robot$web+made");
  EXPECT_EQ(send(R"({"do":"grant","account":"#1","permissions":["push-chart"]})").status, 200);
  EXPECT_EQ(send(R"({"do":"grant","account":"#1","permissions":["push-chart"]})").status, 409);
  EXPECT_EQ(send(R"({"do":"enable","account":"#2"})").status, 403);
  EXPECT_EQ(send(R"({"do":"enable","account":"#99"})").status, 403);
  EXPECT_EQ(send(R"({"do":"enable","account":"#99"})", "admin").status, 404);
  EXPECT_EQ(send(R"({"do":"renew","account":"#1"})", "audrey").status, 403);
  const Json secret = site_.json(send(R"({"do":"rotate_secret","account":"#1"})"));
  EXPECT_TRUE(secret["secret"].get<std::string>().starts_with("rbt_"));
  const auto before = site_.events();
  for (const char* wrong :
       {"", "{}", R"({"do":"fly"})", R"({"do":"renew"})", R"({"do":"renew","account":7})",
        R"({"do":"renew","account":"#1","actor":"admin"})",
        R"({"do":"renew","account":"#1","at":"2020-01-01T00:00:00Z"})",
        R"({"do":"renew","account":"#1","dry_run":1})"}) {
    EXPECT_EQ(send(wrong).status, 400) << wrong;
  }
  EXPECT_EQ(site_.events(), before);
}

TEST_F(Audit, ACommandIsTriedWithoutBeingCarriedOut) {
  const auto dry = [this](const char* verb, const char* who) {
    return site_.ask(who, "POST", "/api/ledger/commands",
                     std::string(R"({"dry_run":true,"account":"#1","do":")") + verb + "\"}");
  };
  const auto before = site_.events();
  EXPECT_EQ(dry("disable", "petra").status, 200);
  EXPECT_EQ(dry("enable", "petra").status, 409);
  EXPECT_EQ(dry("disable", "norm").status, 403);
  EXPECT_EQ(site_.events(), before);
}

TEST_F(Audit, AnotherSettingIsPreviewed) {
  const Json seen = json("/api/ledger/preview/system-expiry?days=10");
  EXPECT_EQ(seen["following"], 2);
  EXPECT_EQ(seen["would_expire"], 0);
  EXPECT_EQ(statuses("/api/ledger/preview/system-expiry?days=10"), "200 200 403 403 401 ");
  EXPECT_EQ(wrong("/api/ledger/preview/system-expiry?days=0"), "400 days");
  EXPECT_EQ(json("/api/ledger/settings", "norm")["system_expiry_days"], 30);
}

}  // namespace
}  // namespace robotledger::http
