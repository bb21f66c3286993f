// Dates in zones, checked by hand against what the zones' clocks are known to have done.
#include "api/time/zone.h"

#include <gtest/gtest.h>

#include "api/time/posix_rule.h"

namespace robotledger {
namespace {

std::string shown(std::string_view date, std::string_view zone) {
  const auto local = localDate(date, zone);
  if (!local) return local.error().message;
  std::string text;
  for (const Stretch& one : local->stretches) {
    if (!text.empty()) text += ", ";
    text += formatInstant(one.from) + " to " + formatInstant(one.until);
  }
  return text;
}

TEST(LocalDate, IsUtcUnlessAZoneIsNamed) {
  EXPECT_EQ(shown("2025-03-01", ""), "2025-03-01T00:00:00Z to 2025-03-02T00:00:00Z");
  EXPECT_EQ(shown("2024-02-29", "UTC"), "2024-02-29T00:00:00Z to 2024-03-01T00:00:00Z");
  EXPECT_EQ(localDate("2025-03-01", "")->zone, "UTC");
}

TEST(LocalDate, HasTwentyThreeHoursWhereSummerTimeBegins) {
  EXPECT_EQ(shown("2025-03-29", "Europe/Berlin"), "2025-03-28T23:00:00Z to 2025-03-29T23:00:00Z");
  EXPECT_EQ(shown("2025-03-30", "Europe/Berlin"), "2025-03-29T23:00:00Z to 2025-03-30T22:00:00Z");
}

TEST(LocalDate, HasTwentyFiveHoursWhereSummerTimeEnds) {
  EXPECT_EQ(shown("2025-11-02", "America/New_York"),
            "2025-11-02T04:00:00Z to 2025-11-03T05:00:00Z");
}

TEST(LocalDate, BeginsAtOneWhereMidnightWasSkipped) {
  // São Paulo's clocks went from 24:00 to 01:00 on 2018-11-04.
  EXPECT_EQ(shown("2018-11-03", "America/Sao_Paulo"),
            "2018-11-03T03:00:00Z to 2018-11-04T03:00:00Z");
  EXPECT_EQ(shown("2018-11-04", "America/Sao_Paulo"),
            "2018-11-04T03:00:00Z to 2018-11-05T02:00:00Z");
}

TEST(LocalDate, IsLongerWhereMidnightCameTwice) {
  // São Paulo's clocks went from 24:00 back to 23:00 at the end of 2018-02-17.
  EXPECT_EQ(shown("2018-02-17", "America/Sao_Paulo"),
            "2018-02-17T02:00:00Z to 2018-02-18T03:00:00Z");
}

TEST(LocalDate, ComesInTwoPartsWhereClocksWentBackOverMidnight) {
  // St. John's went from 00:01 on 2006-10-29 back to 23:01 on the 28th.
  EXPECT_EQ(shown("2006-10-29", "America/St_Johns"),
            "2006-10-29T02:30:00Z to 2006-10-29T02:31:00Z, "
            "2006-10-29T03:30:00Z to 2006-10-30T03:30:00Z");
  EXPECT_EQ(shown("2006-10-28", "America/St_Johns"),
            "2006-10-28T02:30:00Z to 2006-10-29T02:30:00Z, "
            "2006-10-29T02:31:00Z to 2006-10-29T03:30:00Z");
}

TEST(LocalDate, ThatTheZoneSkippedIsAnError) {
  EXPECT_EQ(shown("2011-12-29", "Pacific/Apia"), "2011-12-29T10:00:00Z to 2011-12-30T10:00:00Z");
  EXPECT_EQ(shown("2011-12-30", "Pacific/Apia"),
            "there was no 2011-12-30 in Pacific/Apia: its clocks skipped it");
  EXPECT_EQ(shown("2011-12-31", "Pacific/Apia"), "2011-12-30T10:00:00Z to 2011-12-31T10:00:00Z");
}

TEST(LocalDate, KnowsOffsetsThatAreNoWholeHours) {
  EXPECT_EQ(shown("2025-01-01", "Asia/Kathmandu"), "2024-12-31T18:15:00Z to 2025-01-01T18:15:00Z");
  EXPECT_EQ(shown("2025-01-01", "Pacific/Kiritimati"),
            "2024-12-31T10:00:00Z to 2025-01-01T10:00:00Z");
}

TEST(LocalDate, FollowsTheRuleAfterTheLastListedChange) {
  // The data lists changes to 2037.
  EXPECT_EQ(shown("2040-01-15", "Europe/Berlin"), "2040-01-14T23:00:00Z to 2040-01-15T23:00:00Z");
  EXPECT_EQ(shown("2040-07-01", "Europe/Berlin"), "2040-06-30T22:00:00Z to 2040-07-01T22:00:00Z");
  EXPECT_EQ(shown("2040-03-25", "Europe/Berlin"), "2040-03-24T23:00:00Z to 2040-03-25T22:00:00Z");
  EXPECT_EQ(shown("2050-01-01", "Australia/Sydney"),
            "2049-12-31T13:00:00Z to 2050-01-01T13:00:00Z");
}

TEST(LocalDate, HasNoYearsBeyondThoseOfFourDigits) {
  EXPECT_EQ(shown("9999-12-31", ""), "9999-12-31T00:00:00Z to " + formatInstant(kEndOfTime));
  EXPECT_FALSE(localDate("10000-01-01", ""));
}

TEST(LocalDate, RefusesWhatIsNoDate) {
  for (const char* text : {"", "2025-3-1", "2025-02-29", "2025-13-01", "2025-00-10", "2025-01-00",
                           "20250301", "2025-03-01T00:00:00Z", "2025-03-0x", "-025-03-01"}) {
    const auto local = localDate(text, "");
    ASSERT_FALSE(local) << text;
    EXPECT_EQ(local.error().code, ErrorCode::kInvalidArgument);
  }
}

TEST(LocalDate, RefusesAZoneThatIsNotIanas) {
  for (const char* zone : {"Europe/Atlantis", "../../etc/passwd", "/etc/localtime", "localtime",
                           "right/UTC", "posix/UTC", "tzdata.zi", "Europe", " UTC", "a\nb"}) {
    const auto local = localDate("2025-03-01", zone);
    ASSERT_FALSE(local) << zone;
    EXPECT_EQ(local.error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(local.error().message.find('\n'), std::string::npos);
  }
  EXPECT_NE(shown("2025-03-01", "Europe/Atlantis").find("Europe/Atlantis"), std::string::npos);
}

TEST(ZoneData, HasAVersion) {
  const std::string version = zoneDataVersion();
  ASSERT_GE(version.size(), 5U);
  EXPECT_EQ(version.substr(0, 2), "20");
  EXPECT_EQ(localDate("2025-03-01", "Europe/Berlin")->zone_data, version);
}

TEST(PosixRule, ReadsEveryNotationOfADay) {
  // Day 60 without the leap day is always March 1; counted from 0 with it, February 29 or March 1.
  const std::int64_t new_year = 1704067200;  // 2024-01-01T00:00:00Z, a leap year
  const auto julian = PosixRule::parse("AAA0BBB,J60/0,J300/0");
  ASSERT_TRUE(julian);
  EXPECT_EQ(julian->stretches(new_year, new_year + 100 * 86400)[1].from_s, new_year + 60 * 86400);
  const auto counted = PosixRule::parse("<+00>0<+01>-1,59/0,300/0");
  ASSERT_TRUE(counted);
  EXPECT_EQ(counted->stretches(new_year, new_year + 100 * 86400)[1].from_s, new_year + 59 * 86400);
}

TEST(PosixRule, TakesTimesBeforeMidnightAndBeyondTheDay) {
  // Nuuk changes on Saturday at 22:00 by Sunday's count: -2+... as tzdata has it.
  const auto nuuk = PosixRule::parse("<-02>2<-01>,M3.5.0/-1,M10.5.0/0");
  ASSERT_TRUE(nuuk);
  const auto stretches = nuuk->stretches(1711000000, 1712000000);
  ASSERT_EQ(stretches.size(), 2U);
  EXPECT_EQ(stretches[1].from_s, 1711846800);  // 2024-03-31T01:00:00Z
  EXPECT_EQ(stretches[1].offset_s, -3600);
}

TEST(PosixRule, RefusesWhatIsNone) {
  for (const char* text : {"", "CET", "C1", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0",
                           "CET-1CEST,M3.6.0,M10.5.0", "CET-25", "<CET-1", "CET-1x"}) {
    EXPECT_FALSE(PosixRule::parse(text)) << text;
  }
}

}  // namespace
}  // namespace robotledger
