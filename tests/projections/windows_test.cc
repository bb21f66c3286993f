#include "projections/windows.h"

#include <gtest/gtest.h>

#include "projections/access.h"
#include "tests/projections/built.h"

namespace robotledger {
namespace {

std::string printClosedBy(const ClosedBy& closed_by) {
  if (const auto* event = std::get_if<Sequence>(&closed_by)) return std::to_string(event->value);
  return std::holds_alternative<ByExpiry>(closed_by) ? "expiry" : "nothing";
}

// The windows of an account's pushing, "[2025-01-01T00:00:00Z 2025-01-02T00:00:00Z) 3 4" each.
std::string windowsIn(const Built& built, std::string_view place, std::uint64_t account = 1,
                      Capability capability = kPushImage) {
  const auto windows = accountWindows(built.view(), built.row(account), capability,
                                      built.place(place), built.view().newest());
  EXPECT_TRUE(windows);
  std::string text;
  for (const Window& window : *windows) {
    text += "[" + formatInstant(window.from) + " " +
            (window.until ? formatInstant(*window.until) : "never") + ") " +
            std::to_string(window.opened_by.value) + " " + printClosedBy(window.closed_by) + "\n";
  }
  return text;
}

// "[FROM UNTIL) OPENED CLOSED" by labels; days of January 2025.
std::string window(const Built& built, const std::string& from, const std::string& until,
                   std::string_view opened, std::string_view closed) {
  const auto instant = [](const std::string& day) {
    return day == "never" ? day : formatInstant(when("2025-01-" + day));
  };
  const std::string closer = closed == "expiry" || closed == "nothing"
                                 ? std::string(closed)
                                 : std::to_string(built[closed].value);
  return "[" + instant(from) + " " + instant(until) + ") " + std::to_string(built[opened].value) +
         " " + closer + "\n";
}

const std::string kWeb = "2025-01-01T00:00:00Z admin create_project project=web\n";
const std::string kDays =
    kWeb + "a: . admin create_account project=web name=ci permissions=push-image expires=9\n";
const std::string kSystem =
    kWeb + "a: . admin create_account project=web name=ci permissions=push-image\n";
const std::string kNever =
    kWeb + "a: . admin create_account project=web name=ci permissions=push-image expires=never\n";

TEST(Windows, EndByExpiryThoughAnEventOfThatInstantWouldHaveEndedThemToo) {
  const Built built(kDays + "2025-01-10T00:00:00Z admin disable account=robot$web+ci\n");
  EXPECT_EQ(windowsIn(built, "web"), window(built, "01", "10", "a", "expiry"));
}

TEST(Windows, EndByTheEventThatComesBeforeTheExpiry) {
  const Built built(kDays + "off: 2025-01-09T23:59:59Z admin disable account=robot$web+ci\n");
  EXPECT_EQ(windowsIn(built, "web"), window(built, "01", "09T23:59:59Z", "a", "off"));
}

TEST(Windows, GoOnWhereTheAccountIsRenewedAtTheInstantOfItsExpiry) {
  const Built built(kDays + "2025-01-10T00:00:00Z admin renew account=robot$web+ci\n");
  EXPECT_EQ(windowsIn(built, "web"), window(built, "01", "19", "a", "expiry"));
}

TEST(Windows, EndByTheShortenedSetting) {
  const Built built(kSystem + "short: 2025-01-10T00:00:00Z admin set_system_expiry days=5\n" +
                    "+1d admin set_system_expiry days=90\n");
  EXPECT_EQ(windowsIn(built, "web"), window(built, "01", "10", "a", "short"))
      << "and stay ended, however the setting changes later";
}

TEST(Windows, EndByExpiryWhereTheShortenedSettingOnlyMovesTheEnd) {
  const Built built(kSystem + "2025-01-03T00:00:00Z admin set_system_expiry days=5\n");
  EXPECT_EQ(windowsIn(built, "web"), window(built, "01", "06", "a", "expiry"));
}

TEST(Windows, DoNotEndByASettingThatIsShortAtNoInstant) {
  const Built built(kSystem + "2025-01-10T00:00:00Z admin set_system_expiry days=5\n" +
                    ". admin set_system_expiry days=20\n");
  EXPECT_EQ(windowsIn(built, "web"), window(built, "01", "21", "a", "expiry"));
}

TEST(Windows, EndByTheChangeOfTheAccountsOwnExpiry) {
  const Built built(kDays + "set: 2025-01-05T00:00:00Z admin set_expiry account=robot$web+ci " +
                    "expires=3\n");
  EXPECT_EQ(windowsIn(built, "web"), window(built, "01", "05", "a", "set"));
}

TEST(Windows, OpenAgainByTheChangeOfTheAccountsOwnExpiry) {
  const Built built(kDays + "set: 2025-01-20T00:00:00Z admin set_expiry account=robot$web+ci " +
                    "expires=never\n");
  EXPECT_EQ(windowsIn(built, "web"), window(built, "01", "10", "a", "expiry") +
                                         window(built, "20", "never", "set", "nothing"));
}

TEST(Windows, DoNotOpenWhereTheNewExpiryIsPastAtOnce) {
  const Built built(kDays + "2025-01-20T00:00:00Z admin set_expiry account=robot$web+ci " +
                    "expires=system\n. admin set_system_expiry days=7\n");
  EXPECT_EQ(windowsIn(built, "web"), window(built, "01", "10", "a", "expiry"));
}

TEST(Windows, AreOpenedAndClosedByTheLastEventThatTurnedTheAnswer) {
  const Built built(
      kNever + "2025-01-02T00:00:00Z admin disable account=robot$web+ci\n" +
      ". admin enable account=robot$web+ci\n" +
      "off: . admin revoke account=robot$web+ci permissions=push-image\n" +
      ". admin disable account=robot$web+ci\n" +
      "2025-01-03T00:00:00Z admin grant account=robot$web+ci permissions=push-image\n" +
      "on: . admin enable account=robot$web+ci\n" +
      ". admin describe account=robot$web+ci description=d\n");
  EXPECT_EQ(windowsIn(built, "web"),
            window(built, "01", "02", "a", "off") + window(built, "03", "never", "on", "nothing"));
}

TEST(Windows, HaveNoGapForWhatIsUndoneAtTheSameInstant) {
  const Built built(kNever + "2025-01-02T00:00:00Z admin disable account=robot$web+ci\n" +
                    ". admin enable account=robot$web+ci\n");
  EXPECT_EQ(windowsIn(built, "web"), window(built, "01", "never", "a", "nothing"));
}

TEST(Windows, AreNotEmpty) {
  const Built built(kNever + ". admin delete account=robot$web+ci\n");
  EXPECT_EQ(windowsIn(built, "web"), "");
}

TEST(Windows, OfTheStarAndOfAProjectAreOneWhereTheyMeet) {
  const Built built(kWeb + "a: . admin create_account level=system name=s expires=never " +
                    "permissions=web/push-image\n" +
                    "2025-01-05T00:00:00Z admin grant account=robot$s permissions=*/push-image\n" +
                    "end: . admin revoke account=robot$s permissions=web/push-image\n" +
                    "off: 2025-01-08T00:00:00Z admin revoke account=robot$s " +
                    "permissions=*/push-image\n");
  EXPECT_EQ(windowsIn(built, "web"), window(built, "01", "08", "a", "off"));
  // The scope `*` by itself.
  EXPECT_EQ(windowsIn(built, "*").substr(0, 23), "[2025-01-05T00:00:00Z 2");
}

TEST(Windows, GoOnForTheStarWhereAProjectIsDeletedAndMadeAgainAtOneInstant) {
  const Built built(kNever + "s: . admin create_account level=system name=s expires=never " +
                    "permissions=*/push-image,web/push-chart\n" +
                    "out: 2025-01-03T00:00:00Z admin delete_project project=web\n" +
                    ". admin create_project project=web\n");
  EXPECT_EQ(windowsIn(built, "web", 2), window(built, "01", "never", "s", "nothing"));
  // The deletion's events: the account's, the revocation, the project's.
  const std::string deleted = std::to_string(built["out"].value - 2);
  EXPECT_EQ(windowsIn(built, "web", 1),
            "[2025-01-01T00:00:00Z 2025-01-03T00:00:00Z) 3 " + deleted + "\n");
  const std::string revoked = std::to_string(built["out"].value - 1);
  EXPECT_EQ(windowsIn(built, "web", 2, kPushChart),
            "[2025-01-01T00:00:00Z 2025-01-03T00:00:00Z) 4 " + revoked + "\n");
}

TEST(Windows, AreBoundedByTheProjectsLife) {
  const Built built(
      "s: 2025-01-01T00:00:00Z admin create_account level=system name=s expires=never " +
      std::string("permissions=*/push-image\n") +
      "web: 2025-01-02T00:00:00Z admin create_project project=web\n" +
      "out: 2025-01-05T00:00:00Z admin delete_project project=web\n");
  EXPECT_EQ(windowsIn(built, "web"), window(built, "02", "05", "web", "out"));
}

TEST(Windows, OfTheSystemScopeNeedNoProject) {
  const Built built(
      "s: 2025-01-01T00:00:00Z admin create_account level=system name=s expires=9 "
      "permissions=//project:create\n");
  EXPECT_EQ(windowsIn(built, "/", 1, *parseCapability("project:create")),
            window(built, "01", "10", "s", "expiry"));
  EXPECT_EQ(windowsIn(built, "*", 1, kPullImage), "");
}

TEST(Windows, EndWithTheLogThatIsAskedFor) {
  const Built built(kNever + "off: 2025-01-05T00:00:00Z admin disable account=robot$web+ci\n");
  const auto windows = accountWindows(built.view(), built.row(1), kPushImage, built.place("web"),
                                      built.asOfEvent("a"));
  ASSERT_TRUE(windows);
  ASSERT_EQ(windows->size(), 1U);
  EXPECT_EQ(windows->front(), (Window{when("2025-01-01"), std::nullopt, built["a"], Open()}));
}

TEST(Places, AreProjectsThatBoreTheNameAndTheTwoThatAlwaysAre) {
  const Built built("web: 2025-01-01T00:00:00Z admin create_project project=web\n" +
                    std::string(". admin delete_project project=web\n") +
                    "again: +1d admin create_project project=web\n");
  const Catalog& catalog = *built.view().catalog;
  EXPECT_EQ(findPlace(catalog, "web", built["again"])->lives.size(), 2U);
  EXPECT_EQ(findPlace(catalog, "web", built["web"])->lives.size(), 1U);
  EXPECT_FALSE(findPlace(catalog, "web", Sequence{1}));
  EXPECT_FALSE(findPlace(catalog, "", built["again"]));
  EXPECT_EQ(findPlace(catalog, "/", Sequence{0})->scope, Scope::system());
  EXPECT_EQ(findPlace(catalog, "*", Sequence{0})->scope, Scope::allProjects());
}

}  // namespace
}  // namespace robotledger
