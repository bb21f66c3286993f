#include "api/http/harbor_robots.h"

#include "api/harbor/robot_json.h"
#include "core/ledger/saved_state.h"
#include "tests/api/http/operator_testing.h"

namespace robotledger::http {
namespace {

constexpr char kAll[] = "/api/v2.0/robots";

Json access(const std::string& action) { return {{"resource", "repository"}, {"action", action}}; }
Json entry(const std::string& place, const std::vector<std::string>& actions) {
  Json list = Json::array();
  for (const std::string& action : actions) list.push_back(access(action));
  return {{"kind", "project"}, {"namespace", place}, {"access", list}};
}
// A project's robot.
Json body(const std::string& name, const std::string& project = "web",
          const std::vector<std::string>& actions = {"push"}) {
  return {{"name", name},
          {"level", "project"},
          {"duration", 30},
          {"permissions", Json::array({entry(project, actions)})}};
}
Json systemBody(const std::string& name) {
  Json json = body(name);
  json["level"] = "system";
  json["permissions"] =
      Json::array({entry("*", {"pull"}),
                   {{"kind", "system"},
                    {"namespace", "/"},
                    {"access", Json::array({{{"resource", "project"}, {"action", "list"}}})}}});
  return json;
}

class HarborRobots : public testing::Test {
 protected:
  HarborRobots() { site_.serve(harborRobotRoutes(site_.parts())); }

  Response post(const std::string& who, const Json& json, std::vector<Header> headers = {}) {
    return site_.ask(who, "POST", kAll, json.dump(), std::move(headers));
  }
  Response get(const std::string& target, const std::string& who = "admin") {
    return site_.ask(who, "GET", kAll + target);
  }
  Response put(const std::string& id, const Json& json, const std::string& who = "admin") {
    return site_.ask(who, "PUT", kAll + ("/" + id), json.dump());
  }
  Json robot(const std::string& id) { return site_.json(get("/" + id)); }
  std::string make(const Json& json) {
    const Response answer = post("admin", json);
    EXPECT_EQ(answer.status, 201) << answer.body;
    return site_.json(answer)["id"].dump();
  }
  std::string message(const Response& answer) {
    return site_.json(answer)["errors"][0]["message"].get<std::string>();
  }
  std::string code(const Response& answer) {
    return site_.json(answer)["errors"][0]["code"].get<std::string>();
  }
  std::string names(const std::string& query, const std::string& who = "admin") {
    const Response answer = get(query, who);
    if (answer.status != 200) return std::to_string(answer.status);
    std::string text;
    for (const Json& one : site_.json(answer)) text += one["name"].get<std::string>() + " ";
    return text + "of " + OperatorSite::header(answer, "X-Total-Count");
  }
  OperatorSite site_;
};

TEST_F(HarborRobots, AreCreatedWithASecretThatIsShownOnce) {
  const Response answer = post("petra", body("ci"));
  ASSERT_EQ(answer.status, 201) << answer.body;
  const Json made = site_.json(answer);
  EXPECT_EQ(made["name"], "robot$web+ci");
  EXPECT_EQ(OperatorSite::header(answer, "Location"), kAll + ("/" + made["id"].dump()));
  const auto now = SystemClock().now().us / kUsPerSecond;
  EXPECT_NEAR(made["expires_at"].get<double>(), static_cast<double>(now + 30 * 86400), 5);
  EXPECT_EQ(made["creation_time"].get<std::string>().size(), 24U);
  const auto login = site_.parts().authorizer.authenticate(
      "robot$web+ci", made["secret"].get<std::string>(), SystemClock().now());
  EXPECT_TRUE(std::holds_alternative<Principal>(login));
  const Json read = robot(made["id"].dump());
  EXPECT_FALSE(read.contains("secret"));
  EXPECT_EQ(read["expires_at"], made["expires_at"]);
  EXPECT_EQ(read["creation_time"], made["creation_time"]);
}

TEST_F(HarborRobots, AreReadAsTheyWereGranted) {
  const Json read = robot(make(body("ci", "web", {"push", "pull"})));
  EXPECT_EQ(read["level"], "project");
  EXPECT_EQ(read["duration"], 30);
  EXPECT_EQ(read["editable"], true);
  EXPECT_EQ(read["disable"], false);
  EXPECT_EQ(read["permissions"].size(), 1U);
  EXPECT_EQ(read["permissions"][0]["namespace"], "web");
  EXPECT_EQ(read["permissions"][0]["access"].size(), 2U);
  const Json of_system = robot(make(systemBody("all")));
  EXPECT_EQ(of_system["name"], "robot$all");
  EXPECT_EQ(of_system["permissions"].size(), 2U);
  Json never = body("never");
  never["duration"] = -1;
  EXPECT_EQ(robot(make(never))["expires_at"], -1);
}

TEST_F(HarborRobots, WithoutADurationFollowTheSystemsSetting) {
  Json follows = body("ci");
  follows.erase("duration");
  const Json read = robot(make(follows));
  EXPECT_EQ(read["duration"], 0);
  const auto now = SystemClock().now().us / kUsPerSecond;
  EXPECT_NEAR(read["expires_at"].get<double>(), static_cast<double>(now + 30 * 86400), 5);
}

TEST_F(HarborRobots, ValuesThatCannotBeAreRefusedBeforeALogin) {
  std::vector<Json> wrong(15, body("ci"));
  wrong[0]["name"] = "CI";
  wrong[1].erase("name");
  wrong[2]["level"] = "robot";
  wrong[3]["duration"] = -2;
  wrong[4]["duration"] = 2147483647;
  wrong[5]["permissions"] = Json::array();
  wrong[6].erase("permissions");
  wrong[7]["permissions"].push_back(entry("api", {"push"}));
  wrong[8]["permissions"][0]["access"] = Json::array();
  wrong[9]["permissions"][0]["access"][0]["action"] = "launch";
  wrong[10]["permissions"][0]["access"][0]["effect"] = "deny";
  wrong[11]["permissions"][0]["kind"] = "system";
  wrong[12]["permissions"][0]["namespace"] = "*";
  wrong[13]["description"] = std::string(1025, 'x');
  wrong[14]["permissions"][0]["namespace"] = "/";
  for (const Json& json : wrong) {
    const Response answer = post("", json);
    EXPECT_EQ(answer.status, 400) << json.dump();
    EXPECT_EQ(code(answer), "BAD_REQUEST");
  }
  EXPECT_EQ(post("", body("ci")).status, 401);
  EXPECT_EQ(site_.ask("", "POST", kAll, "{").status, 422);
  EXPECT_EQ(site_.ask("", "POST", kAll, "[]").status, 422);
  Json other_type = body("ci");
  other_type["duration"] = "30";
  EXPECT_EQ(post("", other_type).status, 422);
  EXPECT_EQ(
      site_.ask("admin", "POST", kAll, body("ci").dump(), {{"Content-Type", "text/plain"}}).status,
      422);
}

TEST_F(HarborRobots, AreCreatedByThoseWhoMay) {
  EXPECT_EQ(post("petra", body("ci", "api")).status, 403);
  EXPECT_EQ(post("petra", body("ci", "nothing")).status, 403);
  EXPECT_EQ(post("admin", body("ci", "nothing")).status, 404);
  EXPECT_EQ(post("audrey", body("ci")).status, 403);
  EXPECT_EQ(post("norm", body("ci")).status, 403);
  EXPECT_EQ(post("petra", systemBody("all")).status, 403);
  EXPECT_EQ(post("robot$web+made:" + site_.robot_secret, body("ci")).status, 403);
  EXPECT_EQ(post("admin", systemBody("all")).status, 201);
  const Response again = post("admin", body("made"));
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(code(again), "CONFLICT");
}

TEST_F(HarborRobots, ARetryUnderTheSameKeyIsAnsweredWithoutTheSecret) {
  const std::vector<Header> key = {{"Idempotency-Key", "k"}};
  const Json first = site_.json(post("admin", body("ci"), key));
  const Response again = post("admin", body("ci"), key);
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(site_.json(again)["id"], first["id"]);
  EXPECT_EQ(site_.json(again)["expires_at"], first["expires_at"]);
  EXPECT_FALSE(site_.json(again).contains("secret"));
  EXPECT_EQ(OperatorSite::header(again, "Idempotent-Replayed"), "true");
  EXPECT_EQ(post("admin", body("other"), key).status, 409);
}

TEST_F(HarborRobots, AreToldOfToThoseWhoMaySeeTheirProject) {
  const std::string mine = "1";  // robot$web+made
  const std::string other = make(body("ci", "api"));
  const std::string of_system = make(systemBody("all"));
  site_.submit(CreateAccount{.project = "web", .name = "dead"});
  site_.submit(DeleteAccount{{.name = "robot$web+dead", .id = {}}});
  const std::string dead = "4";
  const auto statuses = [&](const std::string& who) {
    std::string text;
    for (const std::string& id : {mine, other, of_system, dead, std::string("99")}) {
      text += std::to_string(get("/" + id, who).status) + " ";
    }
    return text;
  };
  EXPECT_EQ(statuses("admin"), "200 200 200 404 404 ");
  EXPECT_EQ(statuses("audrey"), "200 200 200 404 404 ");
  EXPECT_EQ(statuses("petra"), "200 403 403 404 403 ");
  EXPECT_EQ(statuses("norm"), "403 403 403 403 403 ");
  EXPECT_EQ(statuses(""), "401 401 401 401 401 ");
  // The same bytes, whether there is one or not.
  EXPECT_EQ(get("/" + other, "petra").body, get("/99", "petra").body);
  EXPECT_EQ(get("/x").status, 422);
  for (const char* method : {"PUT", "PATCH", "DELETE"}) {
    EXPECT_EQ(site_.ask("petra", method, kAll + ("/" + other), "{}").status, 403) << method;
    EXPECT_EQ(site_.ask("admin", method, std::string(kAll) + "/99", "{}").status, 404) << method;
    EXPECT_EQ(site_.ask("", method, std::string(kAll) + "/1", "{").status, 401) << method;
  }
}

TEST_F(HarborRobots, WhatWasReadCanBeWrittenBackAndChangesNothing) {
  for (const std::string& id : {std::string("1"), make(body("ci", "web", {"push", "pull"})),
                                make(systemBody("all")), make(body("only", "web", {"pull"}))}) {
    const auto before = site_.events();
    const Response answer = put(id, robot(id));
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(answer.body, "");
    EXPECT_EQ(site_.events(), before) << id;
  }
  site_.submit(CreateAccount{.project = "web", .name = "nothing"});
  const auto before = site_.events();
  EXPECT_EQ(put("5", robot("5")).status, 200);
  EXPECT_EQ(site_.events(), before);
}

TEST_F(HarborRobots, APutBecomesOneBatchOfWhatDiffers) {
  const std::string id = make(body("ci", "web", {"push", "pull"}));
  Json changed = robot(id);
  changed["permissions"][0]["access"] = Json::array({access("push"), access("delete")});
  changed["description"] = "pipeline";
  changed["duration"] = -1;
  changed["disable"] = true;
  const auto before = site_.events();
  EXPECT_EQ(put(id, changed, "petra").status, 200);
  EXPECT_EQ(site_.events(), before + 5);
  const Json after = robot(id);
  EXPECT_EQ(after["description"], "pipeline");
  EXPECT_EQ(after["expires_at"], -1);
  EXPECT_EQ(after["disable"], true);
  EXPECT_EQ(after["permissions"][0]["access"].size(), 2U);
  const auto event = readEvent(site_.ledger().log(), Sequence{before});
  ASSERT_TRUE(event);
  EXPECT_EQ(event->actor, "petra");
  EXPECT_EQ(event->channel, Channel(Http{"10.0.0.7"}));
  // What is left out: enabled, without a description, with the duration it has.
  for (const char* field : {"disable", "description", "duration"}) changed.erase(field);
  EXPECT_EQ(put(id, changed).status, 200);
  const Json left = robot(id);
  EXPECT_EQ(left["disable"], false);
  EXPECT_EQ(left["description"], "");
  EXPECT_EQ(left["duration"], -1);
}

TEST_F(HarborRobots, ADurationThatIsChangedCountsFromTheIssue) {
  const std::string id = make(body("ci"));
  Json changed = robot(id);
  const auto at_first = changed["expires_at"].get<std::int64_t>();
  changed["duration"] = 31;
  EXPECT_EQ(put(id, changed).status, 200);
  EXPECT_EQ(robot(id)["expires_at"].get<std::int64_t>(), at_first + 86400);
}

TEST_F(HarborRobots, APutKeepsNameAndLevelAndNeedsPermissions) {
  const std::string id = make(body("ci"));
  std::vector<Json> wrong(6, robot(id));
  wrong[0]["name"] = "ci";
  wrong[1]["name"] = "robot$web+other";
  wrong[2]["level"] = "system";
  wrong[3]["permissions"] = Json::array();
  wrong[4]["permissions"][0]["namespace"] = "api";
  wrong[5]["duration"] = 2147483647;
  const auto before = site_.events();
  for (const Json& json : wrong) EXPECT_EQ(put(id, json).status, 400) << json.dump();
  EXPECT_EQ(site_.ask("admin", "PUT", kAll + ("/" + id), "x").status, 422);
  EXPECT_EQ(put(id, robot(id), "audrey").status, 403);
  EXPECT_EQ(site_.events(), before);
  // A system's robot that lost all of it may be written back as it is.
  site_.submit(CreateAccount{.project = std::nullopt,
                             .name = "all",
                             .permissions = {{.scope = "*", .capability = "push-image"}}});
  site_.submit(RevokePermissions{{.name = "robot$all", .id = {}},
                                 {{.scope = "*", .capability = "push-image"}}});
  EXPECT_EQ(robot("3")["permissions"].size(), 0U);
  EXPECT_EQ(put("3", robot("3")).status, 200);
}

TEST_F(HarborRobots, ASecretIsMadeOrChosenAndTheOldOneIsDead) {
  const auto may = [&](const std::string& secret) {
    return std::holds_alternative<Principal>(
        site_.parts().authorizer.authenticate("robot$web+made", secret, SystemClock().now()));
  };
  for (const char* asks : {"{}", R"({"secret":""})"}) {
    const Response made = site_.ask("petra", "PATCH", std::string(kAll) + "/1", asks);
    ASSERT_EQ(made.status, 200) << made.body;
    EXPECT_TRUE(may(site_.json(made)["secret"].get<std::string>()));
    EXPECT_FALSE(may(site_.robot_secret));
  }
  const Response chosen =
      site_.ask("petra", "PATCH", std::string(kAll) + "/1", R"({"secret":"Chosen-by-me-1"})");
  EXPECT_EQ(chosen.status, 200) << chosen.body;
  EXPECT_EQ(site_.json(chosen), Json::object());
  EXPECT_TRUE(site_.parts().authorizer.chosenSecret("robot$web+made"));
  for (const char* wrong : {"short1A", "nouppercase1", "NOLOWERCASE1", "NoDigitsHere"}) {
    const Json json{{"secret", wrong}};
    EXPECT_EQ(site_.ask("petra", "PATCH", std::string(kAll) + "/1", json.dump()).status, 400);
  }
  EXPECT_EQ(site_.ask("petra", "PATCH", std::string(kAll) + "/1", R"({"secret":7})").status, 422);
  EXPECT_EQ(site_.ask("audrey", "PATCH", std::string(kAll) + "/1", "{}").status, 403);
  EXPECT_EQ(site_.ask("audrey", "PATCH", std::string(kAll) + "/1", R"({"secret":"Chosen-by-me-1"})")
                .status,
            403);
}

TEST_F(HarborRobots, AKeyedCommandWithAChosenSecretTellsNothingOfItInTheEvent) {
  const std::string body = R"({"secret":"Chosen-by-me-1"})";
  const std::string path = std::string(kAll) + "/1";
  const std::vector<Header> key = {{"Idempotency-Key", "k"}};
  EXPECT_EQ(site_.ask("petra", "PATCH", path, body, key).status, 200);
  const auto event = readEvent(site_.ledger().log(), Sequence{site_.events() - 1});
  ASSERT_TRUE(event);
  ASSERT_TRUE(event->command_digest);
  EXPECT_NE(*event->command_digest, sha256("PATCH\n" + path + "\n\n" + body));
  const auto before = site_.events();
  EXPECT_EQ(site_.ask("petra", "PATCH", path, body, key).status, 200);
  EXPECT_EQ(site_.events(), before);
  EXPECT_EQ(site_.ask("petra", "PATCH", path, R"({"secret":"Chosen-by-me-2"})", key).status, 409);
}

TEST_F(HarborRobots, AreDeletedOnce) {
  EXPECT_EQ(site_.ask("audrey", "DELETE", std::string(kAll) + "/1").status, 403);
  const Response answer = site_.ask("petra", "DELETE", std::string(kAll) + "/1");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "");
  EXPECT_EQ(site_.ask("petra", "DELETE", std::string(kAll) + "/1").status, 404);
}

TEST_F(HarborRobots, AreListedByPlaceNameAndPage) {
  for (const char* name : {"b", "a", "c"}) make(body(name));
  make(systemBody("all"));
  make(body("api-ci", "api"));
  EXPECT_EQ(names(""), "robot$all of 1");
  EXPECT_EQ(names("?q=Level%3Dsystem"), "robot$all of 1");
  const std::string of_web = "?q=Level%3Dproject,ProjectID%3D1";
  EXPECT_EQ(names(of_web), "robot$web+made robot$web+b robot$web+a robot$web+c of 4");
  EXPECT_EQ(names(of_web + "&sort=name"),
            "robot$web+a robot$web+b robot$web+c robot$web+made of 4");
  EXPECT_EQ(names(of_web + "&sort=-creation_time&page_size=2"), "robot$web+c robot$web+a of 4");
  EXPECT_EQ(names(of_web + ",name%3Dweb%2Ba"), "robot$web+a of 1");
  EXPECT_EQ(names(of_web + ",name%3Drobot$web%2Ba"), "robot$web+a of 1");
  EXPECT_EQ(names(of_web + ",name%3D~web"),
            "robot$web+made robot$web+b robot$web+a robot$web+c of 4");
  EXPECT_EQ(names(of_web + ",unknown%3D1"),
            "robot$web+made robot$web+b robot$web+a robot$web+c of 4");
  EXPECT_EQ(names(of_web + "&page=2&page_size=3"), "robot$web+c of 4");
  EXPECT_EQ(names(of_web + "&page=0&page_size=0"),
            "robot$web+made robot$web+b robot$web+a robot$web+c of 4");
  EXPECT_EQ(get(of_web + "&page=9").body, "[]\n");
  const Response page = get(of_web + "&page=2&page_size=1");
  EXPECT_EQ(OperatorSite::header(page, "Link").substr(0, 43),
            "</api/v2.0/robots?page=1&page_size=1&q=Leve");
  for (const char* wrong : {"?page_size=101", "?page=x", "?page_size=-1"}) {
    EXPECT_EQ(get(wrong).status, 422) << wrong;
  }
  for (const char* wrong :
       {"?q=name", "?q=Level%3Dproject", "?q=Level%3Dproject,ProjectID%3Dx", "?q=Level%3Dother"}) {
    EXPECT_EQ(get(wrong).status, 400) << wrong;
  }
}

TEST_F(HarborRobots, AreListedToThoseWhoMaySeeThem) {
  make(body("api-ci", "api"));
  EXPECT_EQ(names("", "audrey"), "of 0");
  EXPECT_EQ(names("", "petra"), "403");
  EXPECT_EQ(names("", "norm"), "403");
  EXPECT_EQ(names("", ""), "401");
  EXPECT_EQ(names("?q=Level%3Dproject,ProjectID%3D1", "petra"), "robot$web+made of 1");
  EXPECT_EQ(names("?q=Level%3Dproject,ProjectID%3D2", "petra"), "403");
  EXPECT_EQ(names("?q=Level%3Dproject,ProjectID%3D77", "petra"), "403");
  EXPECT_EQ(names("?q=Level%3Dproject,ProjectID%3D77", "admin"), "404");
}

TEST(RobotJson, TimesHaveMillisecondsRoundedDown) {
  EXPECT_EQ(harbor::harborTime(*parseInstant("2026-11-24T22:13:15.217999Z")),
            "2026-11-24T22:13:15.217Z");
  EXPECT_EQ(harbor::harborTime(*parseInstant("2026-11-24T22:13:15Z")), "2026-11-24T22:13:15.000Z");
  EXPECT_EQ(harbor::harborExpiry(Instant{1999999}), 1);
  EXPECT_EQ(harbor::harborExpiry(std::nullopt), -1);
}

}  // namespace
}  // namespace robotledger::http
