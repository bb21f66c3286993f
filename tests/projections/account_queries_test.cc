#include "projections/account_queries.h"

#include <gtest/gtest.h>

#include "projections/row_keys.h"
#include "tests/projections/built.h"

namespace robotledger {
namespace {

const Built& built() {
  static const Built kBuilt(
      "2025-01-01T00:00:00Z admin create_project project=web\n"
      "ci: . admin create_account project=web name=ci permissions=push-image description=one\n"
      ". admin create_account level=system name=ci permissions=*/push-image expires=never\n"
      ". admin create_account project=web name=ci-2 permissions=push-image expires=9\n"
      "2025-01-02T00:00:00Z admin delete account=robot$web+ci\n"
      "2025-01-03T00:00:00Z admin create_account project=web name=ci permissions=push-image\n"
      "2025-01-04T00:00:00Z admin delete_project project=web\n"
      "2025-01-05T00:00:00Z admin create_project project=web\n"
      "2025-01-06T00:00:00Z admin create_account project=web name=ci permissions=push-image "
      "expires=9\n"
      "said: 2025-01-07T00:00:00Z admin describe account=robot$web+ci description=two\n"
      "new: 2025-01-07T00:00:00Z admin rotate_secret account=robot$web+ci\n"
      "2025-01-08T00:00:00Z admin disable account=robot$web+ci\n"
      "2025-01-09T00:00:00Z admin grant account=robot$web+ci permissions=push-chart\n");
  return kBuilt;
}

using Ids = std::vector<std::uint64_t>;

Ids ids(const Result<std::vector<AccountId>>& accounts) {
  EXPECT_TRUE(accounts);
  Ids numbers;
  for (const AccountId id : *accounts) numbers.push_back(id.value);
  return numbers;
}

TEST(Bearers, AreAllWhoEverBoreTheNameInEveryProjectThatBoreIts) {
  EXPECT_EQ(ids(bearersOf(built().view(), "robot$web+ci")), (Ids{1, 4, 5}));
  EXPECT_EQ(ids(bearersOf(built().view(), "robot$web+ci-2")), Ids{3});
  EXPECT_EQ(ids(bearersOf(built().view(), "robot$ci")), Ids{2});
  EXPECT_EQ(ids(bearersOf(built().view(), "robot$web+c")), Ids());
  EXPECT_EQ(ids(bearersOf(built().view(), "robot$api+ci")), Ids());
  EXPECT_EQ(ids(bearersOf(built().view(), "ci")), Ids());
}

TEST(Bearers, AreOneAtMostAmongTheLiving) {
  EXPECT_EQ(*livingBearer(built().view(), "robot$web+ci"), AccountId{5});
  EXPECT_EQ(*livingBearer(built().view(), "robot$ci"), AccountId{2});
  EXPECT_EQ(*livingBearer(built().view(), "robot$web+ci-2"), std::nullopt);
  EXPECT_EQ(*livingBearer(built().view(), "nobody"), std::nullopt);
}

TEST(Secrets, AreFoundByTheirFingerprintTheNewestLast) {
  MemoryRowStore rows;
  RowBatch batch;
  batch.put(fingerprintKey(77, AccountId{1}, Sequence{900}), {});
  batch.put(fingerprintKey(77, AccountId{2}, Sequence{30}), {});
  batch.put(fingerprintKey(78, AccountId{3}, Sequence{31}), {});
  ASSERT_TRUE(rows.write(batch));
  const View view{.rows = rows.snapshot()};
  const auto issued = secretsWith(view, 77);
  ASSERT_TRUE(issued);
  ASSERT_EQ(issued->size(), 2U);
  EXPECT_EQ(issued->front().account, AccountId{2});
  EXPECT_EQ(issued->back().issued, Sequence{900});
  EXPECT_TRUE(secretsWith(view, 76)->empty());
}

TEST(Living, AreThoseOfTheProjectsOfTheNameOrOfTheSystem) {
  const auto at = [&](std::string_view place, std::string_view time) {
    const View& view = built().view();
    return ids(livingAt(view, built().place(place), when(time), view.newest()));
  };
  EXPECT_EQ(at("web", "2024-12-31"), Ids());
  EXPECT_EQ(at("web", "2025-01-01"), (Ids{1, 3}));
  EXPECT_EQ(at("web", "2025-01-02"), Ids{3});
  EXPECT_EQ(at("web", "2025-01-03"), (Ids{3, 4}));
  EXPECT_EQ(at("web", "2025-01-04"), Ids());
  EXPECT_EQ(at("web", "2025-12-31"), Ids{5}) << "disabled and expired, and there all the same";
  EXPECT_EQ(at("/", "2025-12-31"), Ids{2});
}

TEST(Living, OfAllScopesAreEachOnceAndAsOfAnyEvent) {
  const View& view = built().view();
  EXPECT_EQ(ids(allLivingAt(view, when("2025-01-01"), view.newest())), (Ids{1, 2, 3}));
  EXPECT_EQ(ids(allLivingAt(view, when("2025-12-31"), view.newest())), (Ids{2, 5}));
  EXPECT_EQ(ids(allLivingAt(view, when("2025-12-31"), built().asOfEvent("ci"))), Ids{1});
}

std::optional<AccountAt> stood(std::uint64_t account, std::string_view at, const AsOf& as_of) {
  const auto found = accountAt(built().view(), built().row(account), when(at), as_of);
  EXPECT_TRUE(found);
  return *found;
}

TEST(AccountAtAnInstant, IsThereBetweenItsCreationAndItsDeletion) {
  const AsOf newest = built().view().newest();
  EXPECT_FALSE(stood(1, "2024-12-31", newest));
  EXPECT_TRUE(stood(1, "2025-01-01", newest));
  EXPECT_FALSE(stood(1, "2025-01-02", newest));
  EXPECT_TRUE(stood(1, "2025-01-02", built().asOfEvent("ci")));
}

TEST(AccountAtAnInstant, IsAsItWasThen) {
  const AsOf newest = built().view().newest();
  const auto before = stood(5, "2025-01-06", newest);
  const auto after = stood(5, "2025-01-31", newest);
  ASSERT_TRUE(before && after);
  EXPECT_EQ(before->name, "robot$web+ci");
  EXPECT_TRUE(before->asserted);
  EXPECT_EQ(before->account.status, AccountStatus::kEnabled);
  EXPECT_EQ(before->account.permissions.size(), 1U);
  EXPECT_FALSE(before->expired);
  EXPECT_EQ(before->expires_at, when("2025-01-15"));
  EXPECT_FALSE(before->secret);
  EXPECT_EQ(*descriptionAt(built().view(), *before), "");
  EXPECT_EQ(after->account.status, AccountStatus::kDisabled);
  EXPECT_EQ(after->account.permissions.size(), 2U);
  EXPECT_TRUE(after->expired);
  EXPECT_EQ(after->secret, built()["new"]);
  EXPECT_EQ(after->secret_at, when("2025-01-07"));
  EXPECT_EQ(after->described, built()["said"]);
  EXPECT_EQ(*descriptionAt(built().view(), *after), "two");
}

TEST(AccountAtAnInstant, KnowsNoSettingThatCameLater) {
  const Built changed(
      "2025-01-01T00:00:00Z admin create_project project=web\n"
      ". admin create_account project=web name=ci permissions=push-image\n"
      "2025-01-10T00:00:00Z admin set_system_expiry days=60\n");
  const auto expires_seen_at = [&](std::string_view at) {
    const View& view = changed.view();
    return (*accountAt(view, changed.row(1), when(at), view.newest()))->expires_at;
  };
  EXPECT_EQ(expires_seen_at("2025-01-09"), when("2025-01-31"));
  EXPECT_EQ(expires_seen_at("2025-01-10"), when("2025-03-02"));
}

TEST(Descriptions, ThatAreNoneSayThatTheViewsAreDamaged) {
  AccountAt at;
  at.described = Sequence{2};  // the project's creation
  const auto description = descriptionAt(built().view(), at);
  ASSERT_FALSE(description);
  EXPECT_EQ(description.error().code, ErrorCode::kViewsDamaged);
}

TEST(Ending, AreThoseOfTheLivingOnly) {
  const auto endings = endingBetween(built().view(), when("2025-01-01"), when("2025-12-31"));
  ASSERT_TRUE(endings);
  ASSERT_EQ(endings->size(), 1U);
  EXPECT_EQ(endings->front().account, AccountId{5});
  EXPECT_EQ(endings->front().end, when("2025-01-15"));
}

}  // namespace
}  // namespace robotledger
