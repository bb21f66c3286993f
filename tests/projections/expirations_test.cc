#include "projections/expirations.h"

#include <gtest/gtest.h>

#include "projections/account_queries.h"
#include "projections/row_keys.h"
#include "tests/projections/built.h"
#include "tests/projections/rows_in.h"

namespace robotledger {
namespace {

constexpr std::string_view kCommands =
    "2025-01-01T00:00:00Z admin create_project project=web\n"
    ". admin create_account project=web name=days permissions=push-image expires=10\n"
    ". admin create_account project=web name=system permissions=push-image\n"
    ". admin create_account project=web name=never permissions=push-image expires=never\n"
    ". admin create_account project=web name=gone permissions=push-image expires=10\n"
    ". admin create_account project=web name=off permissions=push-image expires=10\n"
    ". admin create_account project=web name=moved permissions=push-image expires=10\n"
    ". admin create_account project=web name=late permissions=push-image expires=2147483646\n"
    ". admin delete account=robot$web+gone\n"
    ". admin disable account=robot$web+off\n"
    "2025-01-05T00:00:00Z admin renew account=robot$web+moved\n";

std::string ending(const Built& built, std::string_view from, std::string_view to) {
  const auto endings = endingBetween(built.view(), when(from), when(to));
  EXPECT_TRUE(endings);
  std::string text;
  for (const Ending& one : *endings) {
    text += built.row(one.account.value).account.name + " " + formatInstant(one.end) + "\n";
  }
  return text;
}

TEST(Expirations, AreThoseOfTheLivingTheSoonestFirst) {
  EXPECT_EQ(ending(Built(kCommands), "2025-01-05", "2025-12-31"),
            "days 2025-01-11T00:00:00Z\noff 2025-01-11T00:00:00Z\n"
            "moved 2025-01-15T00:00:00Z\nsystem 2025-01-31T00:00:00Z\n");
}

TEST(Expirations, AreAfterTheFirstInstantAndUpToTheLast) {
  const Built built(kCommands);
  EXPECT_EQ(ending(built, "2025-01-11", "2025-01-15"), "moved 2025-01-15T00:00:00Z\n");
  EXPECT_EQ(ending(built, "2025-01-11", "2025-01-14T23:59:59Z"), "");
  EXPECT_EQ(ending(built, "2025-01-30T23:59:59Z", "2025-01-31"), "system 2025-01-31T00:00:00Z\n");
  EXPECT_EQ(ending(built, "2025-01-31", "2025-12-31"), "");
}

TEST(Expirations, FollowTheSettingHoweverItChanges) {
  const std::string commands(kCommands);
  EXPECT_EQ(
      ending(Built(commands + "+1d admin set_system_expiry days=60\n"), "2025-01-15", "2025-12-31"),
      "system 2025-03-02T00:00:00Z\n");
  const Built shortened(commands + "2025-01-06T00:00:00Z admin set_system_expiry days=2\n" +
                        "2025-01-07T00:00:00Z admin set_system_expiry days=90\n");
  EXPECT_EQ(ending(shortened, "2025-01-05", "2025-01-06"), "system 2025-01-06T00:00:00Z\n")
      << "what has expired stays expired";
  EXPECT_EQ(ending(shortened, "2025-01-15", "2025-12-31"), "");
}

TEST(Expirations, HaveARowForEachWhoWillEnd) {
  Built built(kCommands);
  std::size_t by_days = 0;
  std::size_t by_system = 0;
  for (const auto& [key, value] : rowsIn(built.rows())) {
    if (key.starts_with(endsByDaysPrefix())) ++by_days;
    if (key.starts_with(endsBySystemPrefix())) ++by_system;
  }
  EXPECT_EQ(by_days, 3U);
  EXPECT_EQ(by_system, 1U);
}

}  // namespace
}  // namespace robotledger
