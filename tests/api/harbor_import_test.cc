#include "api/import/harbor_import.h"

#include <gtest/gtest.h>

#include "core/ledger/saved_state.h"
#include "projections/account_queries.h"
#include "tests/api/http/operator_testing.h"

namespace robotledger {
namespace {

constexpr char kRobots[] = R"([
 {"id":3,"name":"robot$library+ci","level":"project","description":"pipeline","duration":90,
  "expires_at":1780000000,"disable":false,"editable":true,"creator_ref":7,"creator_type":"local",
  "creation_time":"2026-02-26T14:06:40.123456789Z","update_time":"2026-02-26T14:06:40Z",
  "permissions":[{"kind":"project","namespace":"library","access":[
    {"resource":"repository","action":"push"},{"resource":"repository","action":"pull"},
    {"resource":"spaceship","action":"launch"},
    {"resource":"tag","action":"list","effect":"deny"}]}]},
 {"id":4,"name":"robot$all","level":"system","duration":-1,"expires_at":-1,"disable":true,
  "creation_time":"2026-01-01T00:00:00Z",
  "permissions":[{"kind":"project","namespace":"*","access":[
    {"resource":"repository","action":"pull"}]},
    {"kind":"system","namespace":"/","access":[{"resource":"project","action":"list"}]}]},
 {"id":5,"name":"other-prefix","level":"system","creation_time":"2026-01-01T00:00:00Z"}])";
constexpr char kProjects[] = R"([{"project_id":1,"name":"library","owner_name":"admin",
  "creation_time":"2025-01-01T00:00:00Z"},{"project_id":2,"name":"web","owner_name":"admin"}])";
constexpr char kAudit[] =
    R"([{"id":11,"username":"bob","operation":"create","resource":"robot$library+ci",
  "resource_type":"robot","op_time":"2026-02-26T14:06:41Z"},
  {"id":12,"username":"bob","operation":"delete","resource":"robot$gone",
  "resource_type":"robot","op_time":"2026-02-27T14:06:41Z"}])";

HarborImport all() {
  HarborImport import{.source = "harbor.example", .file = sha256("all")};
  import.projects = *readHarborProjects(kProjects);
  import.robots = *readHarborRobots(kRobots);
  import.audit_rows = *readHarborAuditRows(kAudit);
  return import;
}

class Imported : public testing::Test {
 protected:
  HarborReport import(const HarborImport& what, const std::string& actor = "admin") {
    const auto report = importHarbor(site_.ledger(), by(actor), what, {});
    EXPECT_TRUE(report) << report.error().message;
    EXPECT_TRUE(std::holds_alternative<HarborReport>(*report));
    return std::get<HarborReport>(*report);
  }
  static Context by(const std::string& actor) {
    Context context;
    context.actor = actor;
    context.channel = Embedder{"test"};
    context.reason = "moving in";
    return context;
  }
  // The account as it stands.
  AccountAt account(const std::string& name) {
    auto at = site_.ledger().ask([&](const View& view) -> Result<AccountAt> {
      const auto id = livingBearer(view, name);
      if (!id || !*id) return Error{ErrorCode::kNotFound, name};
      const auto row = findAccountRow(view, **id);
      if (!row) return row.error();
      auto stood = accountAt(view, **row, view.last_time, view.newest());
      if (!stood) return stood.error();
      return **stood;
    });
    EXPECT_TRUE(at) << at.error().message;
    return *std::move(at);
  }
  std::vector<Event> claims() {
    std::vector<Event> found;
    for (std::uint64_t i = 0; i < site_.events(); ++i) {
      auto event = readEvent(site_.ledger().log(), Sequence{i});
      EXPECT_TRUE(event);
      if (std::holds_alternative<ClaimRecorded>(event->body)) found.push_back(*std::move(event));
    }
    return found;
  }
  http::OperatorSite site_;
};

TEST_F(Imported, AccountsStandAsTheyStoodThere) {
  const HarborReport report = import(all());
  EXPECT_EQ(report.projects_created, 1U);  // web was there
  EXPECT_EQ(report.accounts_created, 2U);
  EXPECT_EQ(report.audit_rows, 2U);
  const AccountAt ci = account("robot$library+ci");
  EXPECT_TRUE(ci.asserted);
  EXPECT_EQ(ci.account.terms.expiry, Expiry::days(90));
  // As Harbor tells it, to the second.
  EXPECT_EQ(ci.expires_at, Instant{1780000000 * kUsPerSecond});
  EXPECT_EQ(ci.account.permissions.size(), 2U);
  EXPECT_EQ(ci.created_by, "admin");
  EXPECT_FALSE(ci.secret);
  const AccountAt all_of_it = account("robot$all");
  EXPECT_EQ(all_of_it.account.status, AccountStatus::kDisabled);
  EXPECT_EQ(all_of_it.account.terms.expiry, Expiry::never());
  EXPECT_EQ(all_of_it.account.permissions.size(), 2U);
}

TEST_F(Imported, WhatDidNotComeOverIsReported) {
  const HarborReport report = import(all());
  std::string notes;
  for (const HarborNote& one : report.notes) notes += one.what + ": " + one.why + "\n";
  EXPECT_NE(notes.find("robot$library+ci: spaceship:launch in library cannot be granted here"),
            notes.npos)
      << notes;
  EXPECT_NE(notes.find("tag:list in library is denied there"), notes.npos) << notes;
  EXPECT_NE(notes.find("other-prefix: its name does not begin with"), notes.npos) << notes;
}

TEST_F(Imported, HarborsPastIsRecordedAsClaims) {
  import(all());
  const auto recorded = claims();
  ASSERT_EQ(recorded.size(), 5U);
  const auto& robot = std::get<ClaimRecorded>(recorded[1].body);
  EXPECT_EQ(robot.source, "harbor.example");
  EXPECT_EQ(robot.source_id, "robot/3");
  EXPECT_EQ(robot.actor, "7");
  EXPECT_EQ(formatInstant(robot.time), "2026-02-26T14:06:40.123456Z");
  EXPECT_TRUE(isAsserted(recorded[1]));
  EXPECT_EQ(std::get<Import>(recorded[1].channel).line, 1U);
  const auto& row = std::get<ClaimRecorded>(recorded[3].body);
  EXPECT_EQ(row.source_id, "audit-log/11");
  EXPECT_EQ(row.account, account("robot$library+ci").account.id);
  EXPECT_EQ(std::get<ClaimRecorded>(recorded[4].body).account, AccountId{0});
}

TEST_F(Imported, ASecondTimeNothingIsWritten) {
  import(all());
  const auto before = site_.events();
  const HarborReport report = import(all());
  EXPECT_EQ(report.accounts_unchanged, 2U);
  EXPECT_EQ(report.accounts_created + report.accounts_updated + report.audit_rows, 0U);
  EXPECT_EQ(report.events, 0U);
  EXPECT_EQ(site_.events(), before);
}

TEST_F(Imported, ASecondTimeWhatIsOtherThereIsChangedHere) {
  import(all());
  HarborImport later = all();
  later.robots[0].is_disabled = true;
  later.robots[0].description = "other";
  later.robots.pop_back();
  HarborRobot fresh = later.robots[1];
  fresh.id = 9;
  fresh.name = "robot$fresh";
  later.robots.push_back(fresh);
  const HarborReport report = import(later);
  EXPECT_EQ(report.accounts_updated, 1U);
  EXPECT_EQ(report.accounts_unchanged, 1U);
  EXPECT_EQ(report.accounts_created, 1U);
  EXPECT_EQ(account("robot$library+ci").account.status, AccountStatus::kDisabled);
}

TEST_F(Imported, WhatWasDeletedHereStaysSoAndWhatIsGoneThereIsLeft) {
  import(all());
  site_.submit(DeleteAccount{{.name = "robot$all", .id = {}}});
  HarborImport later = all();
  later.robots.erase(later.robots.begin());
  const HarborReport report = import(later);
  EXPECT_EQ(report.accounts_created, 0U);
  std::string notes;
  for (const HarborNote& one : report.notes) notes += one.what + ": " + one.why + "\n";
  EXPECT_NE(notes.find("robot$all: was imported before and deleted here"), notes.npos) << notes;
  EXPECT_NE(notes.find("robot$library+ci: is no longer among the robots"), notes.npos) << notes;
}

TEST_F(Imported, AnAccountThatIsHereAlreadyIsLeftAsItIs) {
  site_.submit(CreateAccount{.project = std::nullopt,
                             .name = "all",
                             .permissions = {{.scope = "*", .capability = "push-image"}}});
  const HarborReport report = import(all());
  EXPECT_EQ(report.accounts_created, 1U);
  EXPECT_EQ(account("robot$all").account.permissions.size(), 1U);
}

TEST_F(Imported, AnEndThatFitsNoIssueIsCountedFromTheCreation) {
  HarborImport odd = all();
  odd.robots[0].expires_at = 4000000000;
  const HarborReport report = import(odd);
  EXPECT_EQ(report.accounts_created, 2U);
  EXPECT_EQ(account("robot$library+ci").expires_at,
            Instant{odd.robots[0].created->us + 90 * kUsPerDay});
  // One that cannot be made is told of once.
  HarborImport wrong = all();
  wrong.robots.resize(1);
  wrong.robots[0].id = 77;
  wrong.robots[0].name = "robot$library+new";
  wrong.robots[0].description = "\x01";
  wrong.robots[0].access.clear();
  // It, and the two that are no longer there.
  EXPECT_EQ(import(wrong).notes.size(), 3U);
}

TEST_F(Imported, OnlyASystemAdministratorImports) {
  const auto before = site_.events();
  const auto report = importHarbor(site_.ledger(), by("petra"), all(), {});
  ASSERT_TRUE(report);
  EXPECT_EQ(std::get<Refusal>(*report).code, RefusalCode::kForbidden);
  EXPECT_EQ(site_.events(), before);
}

TEST(HarborData, SaysWhatIsWrongAndWhere) {
  const auto message = [](const char* text) { return readHarborRobots(text).error().message; };
  EXPECT_NE(message("{}").find("no array"), std::string::npos);
  EXPECT_NE(message(R"([{"id":1,"name":"robot$a","level":"system"},{"id":"x"}])").find("robot 2"),
            std::string::npos);
  EXPECT_NE(message(R"([{"id":1,"name":"robot$a","level":"x"}])").find("level"), std::string::npos);
  EXPECT_NE(message(R"([7])").find("no object"), std::string::npos);
  EXPECT_FALSE(readHarborAuditRows(R"([{"id":1}])"));
  EXPECT_FALSE(readHarborProjects(R"([{"project_id":1}])"));
}

}  // namespace
}  // namespace robotledger
