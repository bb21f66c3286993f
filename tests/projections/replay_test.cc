#include "projections/replay.h"

#include <gtest/gtest.h>

#include "core/domain/event.h"
#include "core/wire/event_codec.h"
#include "tests/projections/built.h"

namespace robotledger {
namespace {

const Built& built() {
  static const Built kBuilt(
      "2025-01-01T00:00:00Z admin create_project project=web\n"
      "ci: . admin create_account project=web name=ci permissions=push-image description=one\n"
      "2025-01-02T00:00:00Z admin rotate_secret account=robot$web+ci\n"
      "two: . admin create_account level=system name=ci permissions=*/push-image expires=9\n"
      "2025-01-03T00:00:00Z admin describe account=robot$web+ci description=two\n"
      "off: . admin disable account=robot$web+ci\n"
      "2025-01-04T00:00:00Z admin delete account=robot$web+ci\n"
      "gone: 2025-01-20T00:00:00Z admin delete_project project=web\n");
  return kBuilt;
}

ReplayedAccounts replayed(ReplayUntil until) {
  auto table = replayAccounts(built().ledger().log(), until, {});
  EXPECT_TRUE(table) << table.error().message;
  return table ? *std::move(table) : ReplayedAccounts{};
}

TEST(Replay, HasTheAccountsThatLivedRightAfterAnEvent) {
  const ReplayedAccounts table = replayed(built()["two"]);
  EXPECT_EQ(table.size.value, built()["two"].value + 1);
  EXPECT_EQ(table.at, when("2025-01-02"));
  ASSERT_EQ(table.accounts.size(), 2U);
  const AccountAt& first = table.accounts.front();
  EXPECT_EQ(first.name, "robot$web+ci");
  EXPECT_EQ(first.created, built()["ci"]);
  EXPECT_EQ(first.created_at, when("2025-01-01"));
  EXPECT_EQ(first.created_by, "admin");
  EXPECT_TRUE(first.asserted);
  EXPECT_EQ(first.secret_at, when("2025-01-02"));
  EXPECT_EQ(first.expires_at, when("2025-01-31"));
  EXPECT_EQ(table.accounts.back().name, "robot$ci");
  EXPECT_EQ(table.accounts.back().secret, std::nullopt);
}

TEST(Replay, TakesInAllEventsOfAnInstant) {
  const ReplayedAccounts table = replayed(when("2025-01-03"));
  EXPECT_EQ(table.size.value, built()["off"].value + 1);
  ASSERT_EQ(table.accounts.size(), 2U);
  EXPECT_EQ(table.accounts.front().account.status, AccountStatus::kDisabled);
  EXPECT_EQ(table.accounts.front().described, Sequence{built()["off"].value - 1});
}

TEST(Replay, KnowsWhoHadExpiredByTheInstantAndNotByTheLastEventBeforeIt) {
  EXPECT_FALSE(replayed(when("2025-01-10T23:59:59Z")).accounts.front().expired);
  const ReplayedAccounts table = replayed(when("2025-01-11"));
  EXPECT_EQ(table.at, when("2025-01-11"));
  EXPECT_TRUE(table.accounts.front().expired);
}

TEST(Replay, HasNothingBeforeTheFirstEvent) {
  const ReplayedAccounts table = replayed(Instant{-1});
  EXPECT_EQ(table.size.value, 0U);
  EXPECT_TRUE(table.accounts.empty());
}

TEST(Replay, KnowsTheNamesOfProjectsThatAreGone) {
  const ReplayedAccounts table = replayed(built()["gone"]);
  ASSERT_EQ(table.accounts.size(), 1U);
  EXPECT_EQ(table.catalog->nameOf(ProjectId{1}), "web");
}

TEST(Replay, SaysThatThereIsNoSuchEvent) {
  const std::size_t events = built().ledger().events();
  EXPECT_EQ(replayAccounts(built().ledger().log(), Sequence{events}, {}).error(),
            (Error{ErrorCode::kNotFound, "there is no event " + std::to_string(events) +
                                             "; the log has " + std::to_string(events)}));
}

TEST(Replay, FindsAnEventThatCannotBe) {
  MemoryLogStore log;
  const Event first{.sequence = Sequence{0}, .body = LedgerInitialized{"a.example", {7}, 30, "a"}};
  const Event second{.sequence = Sequence{1},
                     .actor = "a",
                     .channel = Embedder{"test"},
                     .body = AccountDisabled{AccountId{3}}};
  ASSERT_EQ(log.append(TreeSize{0}, {{}, {encodeEvent(first), encodeEvent(second)}}).ending,
            AppendEnding::kCommitted);
  EXPECT_TRUE(replayAccounts(log, Sequence{0}, {}));
  EXPECT_EQ(replayAccounts(log, Sequence{1}, {}).error().code, ErrorCode::kDamaged);
}

}  // namespace
}  // namespace robotledger
