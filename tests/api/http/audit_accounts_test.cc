#include "api/http/audit_accounts.h"

#include "tests/api/http/operator_testing.h"

namespace robotledger::http {
namespace {

// Accounts: robot$web+made (1), which may push and follows the system's 30 days; robot$web+forever
// (2), by otto, who was removed; robot$both (3), of the system, in web and api; robot$api+soon (4),
// of 2 days; robot$web+gone (5), which is dead.
class AuditAccounts : public testing::Test {
 protected:
  AuditAccounts() {
    site_.serve(auditAccountRoutes(site_.parts()));
    site_.submit(AddOperator{"otto"});
    site_.submit(GrantRole{"otto", "project_admin", "web"});
    site_.submit(
        CreateAccount{
            .project = "web", .name = "forever", .expiry = {.kind = Expiry::Kind::kNever}},
        "otto");
    site_.submit(RemoveOperator{"otto"});
    site_.submit(CreateAccount{.project = std::nullopt,
                               .name = "both",
                               .permissions = {{.scope = "web", .capability = "push-image"},
                                               {.scope = "*", .capability = "pull-image"}}});
    site_.submit(CreateAccount{
        .project = "api", .name = "soon", .expiry = {.kind = Expiry::Kind::kDays, .days = 2}});
    site_.submit(CreateAccount{.project = "web", .name = "gone", .description = "of old"});
    site_.submit(DeleteAccount{{.name = "robot$web+gone", .id = {}}});
  }
  Response get(const std::string& path, const std::string& who = "audrey") {
    return site_.ask(who, "GET", path);
  }
  Json json(const std::string& path, const std::string& who = "audrey") {
    const Response answer = get(path, who);
    EXPECT_EQ(answer.status, 200) << path << " " << answer.body;
    return site_.json(answer);
  }
  // The ids of the accounts, or of what ends.
  std::vector<int> ids(const std::string& path, const std::string& who = "audrey",
                       const char* list = "accounts") {
    std::vector<int> found;
    const Json answer = json(path, who);
    for (const Json& one : answer[list]) found.push_back(one["id"].get<int>());
    return found;
  }
  std::string wrong(const std::string& path) {
    const Response answer = get(path);
    if (answer.status != 400) return std::to_string(answer.status);
    return "400 " + site_.json(answer)["errors"][0].value("field", "");
  }

  using Ids = std::vector<int>;
  OperatorSite site_;
};

TEST_F(AuditAccounts, AListIsFilteredAsOnTheCommandLine) {
  EXPECT_EQ(ids("/audit/accounts"), (Ids{1, 2, 3, 4}));
  EXPECT_EQ(ids("/audit/accounts?project=web"), (Ids{1, 2}));
  EXPECT_EQ(ids("/audit/accounts?project=/"), Ids{3});
  EXPECT_EQ(ids("/audit/accounts?never_expiring=true"), Ids{2});
  EXPECT_EQ(ids("/audit/accounts?all_projects=true"), Ids{3});
  EXPECT_EQ(ids("/audit/accounts?creator_gone=true"), Ids{2});
  EXPECT_EQ(ids("/audit/accounts?expiring_within=5"), Ids{4});
  EXPECT_EQ(ids("/audit/accounts?secret_older_than=0"), Ids{1});
  EXPECT_EQ(ids("/audit/accounts?expired=true"), Ids());
  EXPECT_EQ(ids("/audit/accounts?all_projects=true&creator_gone=true"), Ids());
  const Json filtered = json("/audit/accounts?never_expiring=true&expiring_within=5");
  EXPECT_EQ(filtered["question"]["filters"],
            Json::parse(R"(["never_expiring",{"expiring_within_days":5}])"));
}

TEST_F(AuditAccounts, WhoWasNotUsedIsAboutNow) {
  EXPECT_EQ(ids("/audit/accounts?unused_for=0"), (Ids{1, 2, 3, 4}));
  site_.parts().last_used.note(AccountId{2}, "10.0.0.9",
                               Instant{SystemClock().now().us + 60000000});
  EXPECT_EQ(ids("/audit/accounts?unused_for=0"), (Ids{1, 3, 4}));
  const Json listed = json("/audit/accounts");
  EXPECT_EQ(listed["accounts"][1]["last_used_from"], "10.0.0.9");
  EXPECT_EQ(listed["accounts"][0]["last_used_at"], nullptr);
  EXPECT_TRUE(listed["uses_noted_since"].is_string());
  EXPECT_EQ(json("/audit/accounts/2")["last_used_from"], "10.0.0.9");
  EXPECT_FALSE(json("/audit/accounts/2?as_of=" + std::to_string(site_.events() - 1))
                   .contains("last_used_from"));
  EXPECT_FALSE(json("/audit/accounts?at=2100-01-01T00:00:00Z").contains("uses_noted_since"));
  EXPECT_EQ(wrong("/audit/accounts?unused_for=0&at=2100-01-01T00:00:00Z"), "400 unused_for");
  EXPECT_EQ(wrong("/audit/accounts?unused_for=0&as_of=3"), "400 unused_for");
}

TEST_F(AuditAccounts, AListComesInPages) {
  Ids read;
  std::string cursor;
  do {
    const Json page = json("/audit/accounts?limit=3" + cursor);
    for (const Json& one : page["accounts"]) read.push_back(one["id"].get<int>());
    const Json& next = page["next_cursor"];
    cursor = next.is_null() ? "" : "&cursor=" + next.get<std::string>();
  } while (!cursor.empty());
  EXPECT_EQ(read, (Ids{1, 2, 3, 4}));
  EXPECT_EQ(json("/audit/accounts?limit=4")["next_cursor"], nullptr);
  EXPECT_EQ(wrong("/audit/accounts?limit=0"), "400 limit");
  EXPECT_EQ(wrong("/audit/accounts?limit=10001"), "400 limit");
  EXPECT_EQ(wrong("/audit/accounts?cursor=x"), "400 cursor");
  EXPECT_EQ(wrong("/audit/accounts?expiring_within=21474837"), "400 expiring_within");
  EXPECT_EQ(wrong("/audit/accounts?never_expiring=1"), "400 never_expiring");
}

TEST_F(AuditAccounts, TheDeadAreShownByTheirNumberAsTheyLastStood) {
  const Json gone = json("/audit/accounts/5");
  EXPECT_EQ(gone["status"], "deleted");
  EXPECT_EQ(gone["description"], "of old");
  EXPECT_EQ(gone["deleted_by"], site_.events() - 1);
  EXPECT_EQ(get("/audit/accounts/robot$web+gone").status, 404);
  EXPECT_EQ(get("/audit/accounts/5?at=now").status, 404);
  const std::string before = std::to_string(site_.events() - 2);
  const Json lived = json("/audit/accounts/%235?as_of=" + before);
  EXPECT_EQ(lived["status"], "enabled");
  EXPECT_EQ(lived["deleted_by"], nullptr);
  EXPECT_EQ(get("/audit/accounts/5", "petra").status, 200);
  EXPECT_EQ(get("/audit/accounts/5", "norm").status, 403);
}

TEST_F(AuditAccounts, OfASecretItsFingerprintIsTold) {
  const Json made = json("/audit/accounts/1");
  EXPECT_EQ(made["secret"]["kind"], "generated");
  EXPECT_EQ(made["secret"]["fingerprint"].get<std::string>().size(), 16U);
  EXPECT_EQ(get("/audit/accounts/1").body.find(site_.robot_secret), std::string::npos);
  EXPECT_EQ(json("/audit/accounts/2")["secret"], nullptr);
}

TEST_F(AuditAccounts, WhatEndsSoonIsToldTheSoonestFirst) {
  EXPECT_EQ(ids("/audit/expiring?days=40", "audrey", "expiring"), (Ids{4, 1, 3}));
  EXPECT_EQ(ids("/audit/expiring?days=3", "audrey", "expiring"), Ids{4});
  EXPECT_EQ(ids("/audit/expiring?days=40&project=web", "petra", "expiring"), Ids{1});
  EXPECT_EQ(ids("/audit/expiring?days=40&project=api", "audrey", "expiring"), Ids{4});
  EXPECT_EQ(get("/audit/expiring?days=40", "petra").status, 403);
  EXPECT_EQ(get("/audit/expiring?days=40&project=api", "petra").status, 403);
  EXPECT_EQ(get("/audit/expiring?days=40&project=none").status, 404);
  EXPECT_EQ(wrong("/audit/expiring"), "400 days");
  // The last instant that there is.
  EXPECT_EQ(json("/audit/expiring?days=21474836")["question"]["to"], "9999-12-31T23:59:59.999999Z");
}

TEST_F(AuditAccounts, WhatWasToEndIsToldAsOfAnEarlierEvent) {
  const std::string then = std::to_string(site_.events() - 1);
  site_.submit(SetAccountExpiry{{.name = {}, .id = AccountId{4}}, {.kind = Expiry::Kind::kNever}});
  EXPECT_EQ(ids("/audit/expiring?days=40", "audrey", "expiring"), (Ids{1, 3}));
  EXPECT_EQ(ids("/audit/expiring?days=40&as_of=" + then, "audrey", "expiring"), (Ids{4, 1, 3}));
  const Response answer = get("/audit/expiring?days=40&as_of=" + then);
  EXPECT_EQ(OperatorSite::header(answer, "X-Robotledger-As-Of"), then);
  EXPECT_EQ(site_.json(answer)["as_of"]["sequence"], std::stoi(then));
}

}  // namespace
}  // namespace robotledger::http
