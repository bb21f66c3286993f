// The naive model where the scenarios do not reach: each expectation is derived by hand from
// DOMAIN.md.
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/model/civil_time.h"
#include "tests/model/json_line.h"
#include "tests/model/naive_ledger.h"
#include "tests/model/questions.h"
#include "tests/model/scenario.h"
#include "tests/model/vocabulary.h"

namespace robotledger::model {
namespace {

std::int64_t at(const char* time) { return readTime(time).value(); }

// Submits the commands of a scenario text, which must be accepted.
void tell(NaiveLedger& ledger, const std::string& text) {
  ParsedScenarios parsed = parseScenarios("scenario S\n" + text);
  ASSERT_TRUE(parsed.errors.empty()) << parsed.errors[0];
  for (const Step& step : parsed.scenarios[0].steps) {
    LineOutcome outcome = ledger.submit(step.json, step.line, kYear10000Us - 1);
    ASSERT_EQ(outcome.refusal, "") << step.json;
  }
}

TEST(CivilTime, CountsMicrosecondsInUtc) {
  EXPECT_EQ(readTime("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(readTime("1969-12-31T23:59:59.999999Z"), -1);
  EXPECT_EQ(readTime("2025-03-01T10:30:00+01:00"), 1'740'821'400'000'000);
  EXPECT_EQ(readTime("2025-03-01t09:30:00.5z"), 1'740'821'400'500'000);
  EXPECT_EQ(readTime("9999-12-31T23:59:59.999999Z"), kYear10000Us - 1);
  EXPECT_EQ(readTime("9999-12-31T23:59:59-00:01"), std::nullopt);
  EXPECT_EQ(readTime("0000-01-01T00:00:00+00:01"), std::nullopt);
  EXPECT_EQ(readTime("2025-02-29T00:00:00Z"), std::nullopt);
  EXPECT_EQ(readTime("1900-02-29T00:00:00Z"), std::nullopt);
  EXPECT_NE(readTime("2000-02-29T00:00:00Z"), std::nullopt);
}

TEST(CivilTime, PrintsAFractionOnlyWhereThereIsOne) {
  EXPECT_EQ(printTime(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(printTime(-1), "1969-12-31T23:59:59.999999Z");
  EXPECT_EQ(printTime(at("2024-02-29T23:59:59.5Z")), "2024-02-29T23:59:59.500000Z");
  EXPECT_EQ(printTime(at("0000-03-01T00:00:00Z")), "0000-03-01T00:00:00Z");
}

TEST(JsonLine, TellsFloatsFromIntegersTooLargeAndRefusesRepeatedKeys) {
  EXPECT_TRUE(parseJsonLine("99999999999999999999")->is_number_integer());
  EXPECT_TRUE(parseJsonLine("-99999999999999999999")->is_number_integer());
  EXPECT_TRUE(parseJsonLine("1e2")->is_number_float());
  EXPECT_TRUE(parseJsonLine("1.0")->is_number_float());
  EXPECT_FALSE(parseJsonLine(R"({"a":1,"a":1})"));
  EXPECT_FALSE(parseJsonLine(R"([{"b":{"a":1,"a":1}}])"));
  EXPECT_TRUE(parseJsonLine(R"([{"a":1},{"a":1}])"));
  EXPECT_FALSE(parseJsonLine("\"\xff\""));
  EXPECT_FALSE(parseJsonLine(R"("\ud800")"));
}

TEST(NaiveLedger, BeginsWithTheLedgerItself) {
  NaiveLedger ledger;
  ASSERT_EQ(ledger.events().size(), 1U);
  EXPECT_EQ(ledger.events()[0].kind, "LedgerInitialized");
  EXPECT_EQ(ledger.events()[0].time_us, 0);
  EXPECT_EQ(ledger.events()[0].days, 30);
}

TEST(NaiveLedger, AnImportWritesHistoryImportedBeforeItsFirstAcceptedEvent) {
  NaiveLedger ledger;
  tell(ledger, "2025-01-01T00:00:00Z admin create_project project=web -> x\n");
  ledger.beginImport();
  EXPECT_EQ(ledger.submit("", 1, kYear10000Us).kind, LineOutcome::Kind::kBlank);
  EXPECT_EQ(ledger.submit("{}", 2, kYear10000Us).refusal, "malformed_line");
  EXPECT_EQ(ledger.events().size(), 2U);
  tell(ledger,
       "2025-01-02T00:00:00Z admin create_project project=api -> x\n"
       ". admin create_project project=x -> x\n");
  ASSERT_EQ(ledger.events().size(), 5U);
  EXPECT_EQ(ledger.events()[2].kind, "HistoryImported");
  EXPECT_EQ(ledger.events()[2].time_us, at("2025-01-01T00:00:00Z"));
  EXPECT_EQ(ledger.events()[3].kind, "ProjectCreated");
  EXPECT_EQ(ledger.events()[3].sequence, 3U);
  EXPECT_EQ(ledger.events()[4].kind, "ProjectCreated");
}

TEST(NaiveLedger, EventsCarryWhatTheirLineSaid) {
  NaiveLedger ledger;
  tell(ledger,
       "2025-01-01T00:00:00Z admin create_project project=web -> x\n"
       "+1us admin create_account project=web name=ci permissions=push-image expires=90 "
       "description=d reason=because -> x\n");
  const Event& created = ledger.events()[2];
  EXPECT_EQ(created.kind, "AccountCreated");
  EXPECT_EQ(created.time_us, at("2025-01-01T00:00:00.000001Z"));
  EXPECT_EQ(created.actor, "admin");
  EXPECT_EQ(created.reason, "because");
  EXPECT_EQ(created.account, "robot$web+ci");
  EXPECT_EQ(created.project, "web");
  EXPECT_EQ(printExpiry(created.expiry), "90");
  EXPECT_EQ(created.description, "d");
  EXPECT_THAT(created.permissions, testing::ElementsAre(Permission{"web", "repository:push"}));
}

TEST(AccountsAt, ShowsTheAccountsThatExistAsTheyWere) {
  NaiveLedger ledger;
  tell(ledger,
       "2025-01-01T00:00:00Z admin create_project project=web -> x\n"
       ". admin create_account project=web name=a permissions=push-image -> x\n"
       ". admin create_account level=system name=b permissions=web/tag:list expires=never -> x\n"
       "2025-01-05T00:00:00Z admin disable account=robot$b -> x\n"
       "2025-01-11T00:00:00Z admin set_system_expiry days=5 -> x\n"
       "2025-01-12T00:00:00Z admin set_system_expiry days=60 -> x\n"
       "2025-01-13T00:00:00Z admin delete account=robot$b -> x\n"
       "2025-01-14T00:00:00Z admin renew account=robot$web+a -> x\n");
  auto rows = accountsAt(ledger.events(), at("2025-01-10T00:00:00Z"), kNewest);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].account, "robot$web+a");
  EXPECT_EQ(rows[0].level, "project");
  EXPECT_FALSE(rows[0].expired);
  // As things stood then: with 30 days.
  EXPECT_EQ(rows[0].expires_us, at("2025-01-31T00:00:00Z"));
  EXPECT_EQ(rows[1].level, "system");
  EXPECT_TRUE(rows[1].disabled);
  EXPECT_EQ(rows[1].expires_us, std::nullopt);

  rows = accountsAt(ledger.events(), at("2025-01-13T00:00:00Z"), kNewest);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_TRUE(rows[0].expired);
  EXPECT_EQ(rows[0].expires_us, at("2025-01-11T00:00:00Z"));

  rows = accountsAt(ledger.events(), at("2025-01-14T00:00:00Z"), kNewest);
  EXPECT_FALSE(rows[0].expired);
  EXPECT_EQ(rows[0].issued_us, at("2025-01-14T00:00:00Z"));
  EXPECT_EQ(rows[0].expires_us, at("2025-03-15T00:00:00Z"));

  // As of the creations the future is another.
  rows = accountsAt(ledger.events(), at("2025-01-31T00:00:00Z"), 3);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_TRUE(rows[0].expired);
  EXPECT_EQ(rows[0].expires_us, at("2025-01-31T00:00:00Z"));
}

TEST(WhatCould, IncludesThePullOfEachProjectScopeAndNoneOfTheSystem) {
  NaiveLedger ledger;
  tell(ledger,
       "2025-01-01T00:00:00Z admin create_project project=web -> x\n"
       ". admin create_account project=web name=a permissions= -> x\n"
       ". admin create_account level=system name=b "
       "permissions=web/tag:list,*/push-image,//catalog:read -> x\n");
  auto time_us = at("2025-01-01T00:00:00Z");
  EXPECT_THAT(whatCould(ledger.events(), 1, time_us, kNewest)->held,
              testing::ElementsAre(Permission{"web", "repository:pull"}));
  EXPECT_THAT(
      whatCould(ledger.events(), 2, time_us, kNewest)->held,
      testing::ElementsAre(Permission{"*", "repository:pull"}, Permission{"*", "repository:push"},
                           Permission{"/", "catalog:read"}, Permission{"web", "repository:pull"},
                           Permission{"web", "tag:list"}));
  EXPECT_FALSE(whatCould(ledger.events(), 3, time_us, kNewest));
  EXPECT_FALSE(whatCould(ledger.events(), 1, time_us - 1, kNewest));
}

TEST(Preview, CountsThoseThatFollowAndThoseThatWouldExpireAtOnce) {
  NaiveLedger ledger;
  tell(ledger,
       "2025-01-01T00:00:00Z admin create_project project=web -> x\n"
       ". admin create_account project=web name=old permissions= -> x\n"
       ". admin create_account project=web name=off permissions= -> x\n"
       ". admin disable account=robot$web+off -> x\n"
       ". admin create_account project=web name=own permissions= expires=1 -> x\n"
       "2025-01-09T00:00:00Z admin create_account project=web name=new permissions= -> x\n");
  auto preview = [&](std::int64_t days, const char* time) {
    return previewSystemExpiry(ledger.events(), days, at(time), kNewest);
  };
  EXPECT_EQ(preview(10, "2025-01-10T00:00:00Z"), (ExpiryPreview{3, 0, 0}));
  EXPECT_EQ(preview(9, "2025-01-10T00:00:00Z"), (ExpiryPreview{3, 2, 1}));
  EXPECT_EQ(preview(1, "2025-01-10T00:00:00Z"), (ExpiryPreview{3, 3, 1}));
  // Those of the first of January have expired by themselves.
  EXPECT_EQ(preview(1, "2025-01-31T00:00:00Z"), (ExpiryPreview{3, 1, 0}));
}

TEST(Vocabulary, GrantsInEachKindOfScopeWhatItsTableHas) {
  EXPECT_TRUE(mayBeGranted("web", "helm-chart-version:create"));
  EXPECT_TRUE(mayBeGranted("*", "repository:pull"));
  EXPECT_FALSE(mayBeGranted("/", "repository:pull"));
  EXPECT_TRUE(mayBeGranted("/", "project:create"));
  EXPECT_FALSE(mayBeGranted("web", "project:create"));
  EXPECT_FALSE(mayBeGranted("web", ""));
}

}  // namespace
}  // namespace robotledger::model
