#include "projections/access.h"

#include <gtest/gtest.h>

#include "projections/row_keys.h"
#include "tests/projections/built.h"

namespace robotledger {
namespace {

const Built& built() {
  static const Built kBuilt(
      "2025-01-01T00:00:00Z admin create_project project=web\n"
      "ci: . admin create_account project=web name=ci permissions=push-image expires=9\n"
      "s: . admin create_account level=system name=s expires=never "
      "permissions=web/push-image,*/push-image\n"
      "off: 2025-01-03T00:00:00Z admin disable account=robot$s\n"
      "on: 2025-01-04T00:00:00Z admin enable account=robot$s\n"
      "all: 2025-01-06T00:00:00Z admin grant account=robot$web+ci permissions=push-chart\n");
  return kBuilt;
}

std::vector<std::string> namesAt(std::string_view at, const AsOf& as_of) {
  const auto members = membersAt(built().view(), kPushImage, built().place("web"), when(at), as_of);
  EXPECT_TRUE(members);
  std::vector<std::string> names;
  for (const AccessMember& member : *members) names.push_back(member.account);
  return names;
}

using Names = std::vector<std::string>;

TEST(Access, NamesThoseWhoCouldAtAnInstantEachOnce) {
  const AsOf newest = built().view().newest();
  EXPECT_EQ(namesAt("2024-12-31", newest), Names());
  EXPECT_EQ(namesAt("2025-01-01", newest), (Names{"robot$s", "robot$web+ci"}));
  EXPECT_EQ(namesAt("2025-01-03", newest), Names{"robot$web+ci"});
  EXPECT_EQ(namesAt("2025-01-10", newest), Names{"robot$s"});
  EXPECT_EQ(namesAt("2025-01-10", built().asOfEvent("off")), Names());
}

TEST(Access, TellsTheLevel) {
  const auto answers = whoCould(built().view(), kPushImage, built().place("web"),
                                {.from = when("2025-01-02")}, built().view().newest());
  ASSERT_TRUE(answers);
  ASSERT_EQ(answers->size(), 2U);
  EXPECT_TRUE(answers->front().system_level);
  EXPECT_FALSE(answers->back().system_level);
}

TEST(Access, GivesTheWindowsThatOverlapAPeriodWhole) {
  const auto answers =
      whoCould(built().view(), kPushImage, built().place("web"),
               {.from = when("2025-01-02"), .to = when("2025-01-04")}, built().view().newest());
  ASSERT_TRUE(answers);
  ASSERT_EQ(answers->size(), 2U);
  EXPECT_EQ(answers->front().windows, (std::vector<Window>{{when("2025-01-01"), when("2025-01-03"),
                                                            built()["s"], built()["off"]}}));
}

TEST(Windows, OverlapWhatHasAnInstantOfThem) {
  const Window window{.from = Instant{10}, .until = Instant{20}, .opened_by = {}, .closed_by = {}};
  EXPECT_FALSE(overlaps(window, {.from = Instant{9}}));
  EXPECT_TRUE(overlaps(window, {.from = Instant{10}}));
  EXPECT_TRUE(overlaps(window, {.from = Instant{19}}));
  EXPECT_FALSE(overlaps(window, {.from = Instant{20}}));
  EXPECT_FALSE(overlaps(window, {.from = Instant{5}, .to = Instant{10}}));
  EXPECT_TRUE(overlaps(window, {.from = Instant{5}, .to = Instant{11}}));
  EXPECT_TRUE(overlaps(window, {.from = Instant{19}, .to = Instant{30}}));
  EXPECT_FALSE(overlaps(window, {.from = Instant{20}, .to = Instant{30}}));
  const Window open{.from = Instant{10}, .until = {}, .opened_by = {}, .closed_by = {}};
  EXPECT_TRUE(overlaps(open, {.from = kEndOfTime}));
}

std::string print(const Result<std::vector<AccessDifference>>& differences) {
  EXPECT_TRUE(differences);
  std::string text;
  for (const AccessDifference& one : *differences) {
    text += formatInstant(one.when).substr(0, 10) + (one.gained ? " + " : " - ") + one.account +
            " " + one.capability.shortName() + " " + one.place + " " +
            (one.because ? std::to_string(one.because->value) : "expiry") + "\n";
  }
  return text;
}

std::string differences(const std::optional<Place>& place, std::string_view from,
                        std::string_view to, DifferenceKind kind) {
  return print(accessDifferences(built().view(), place, when(from), when(to), kind,
                                 built().view().newest()));
}

TEST(AccessDifferences, AreWhatHoldsAtOneEndOnly) {
  const Place web = built().place("web");
  EXPECT_EQ(differences(web, "2025-01-02", "2025-01-05", DifferenceKind::kNet), "");
  EXPECT_EQ(differences(web, "2025-01-02", "2025-01-03", DifferenceKind::kNet),
            "2025-01-03 - robot$s pull-image web 5\n2025-01-03 - robot$s push-image web 5\n");
  EXPECT_EQ(differences(web, "2025-01-05", "2025-01-06", DifferenceKind::kNet),
            "2025-01-06 + robot$web+ci push-chart web 7\n");
  EXPECT_EQ(differences(web, "2025-01-06", "2025-01-31", DifferenceKind::kNet),
            "2025-01-10 - robot$web+ci pull-image web expiry\n"
            "2025-01-10 - robot$web+ci push-image web expiry\n"
            "2025-01-10 - robot$web+ci push-chart web expiry\n");
}

TEST(AccessDifferences, AreWhatCameAndWentInBetweenWhereThatIsAskedFor) {
  EXPECT_EQ(differences(built().place("*"), "2025-01-02", "2025-01-05", DifferenceKind::kAll),
            "2025-01-03 - robot$s pull-image * 5\n2025-01-03 - robot$s push-image * 5\n"
            "2025-01-04 + robot$s pull-image * 6\n2025-01-04 + robot$s push-image * 6\n");
}

TEST(AccessDifferences, AreOfEachScopeByItselfWithoutAPlace) {
  EXPECT_EQ(differences(std::nullopt, "2025-01-02", "2025-01-03", DifferenceKind::kNet),
            "2025-01-03 - robot$s pull-image web 5\n2025-01-03 - robot$s pull-image * 5\n"
            "2025-01-03 - robot$s push-image web 5\n2025-01-03 - robot$s push-image * 5\n");
}

TEST(Access, SaysThatTheViewsAreDamagedWhereAnAccountIsMissing) {
  Built damaged(
      "2025-01-01T00:00:00Z admin create_project project=web\n"
      ". admin create_account project=web name=ci permissions=push-image\n");
  RowBatch batch;
  batch.remove(accountKey(ProjectId{1}, AccountId{1}));
  ASSERT_TRUE(damaged.rows().write(batch));
  View view = damaged.view();
  view.rows = damaged.rows().snapshot();
  const auto answers =
      whoCould(view, kPushImage, damaged.place("web"), {.from = when("2025-01-01")}, view.newest());
  ASSERT_FALSE(answers);
  EXPECT_EQ(answers.error().code, ErrorCode::kViewsDamaged);
  const auto gone = findAccountRow(view, AccountId{1});
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code, ErrorCode::kViewsDamaged);
  const auto none = findAccountRow(view, AccountId{2});
  EXPECT_TRUE(none && !none->has_value()) << "an account that never was is no damage";
}

}  // namespace
}  // namespace robotledger
