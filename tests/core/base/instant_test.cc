#include "core/base/instant.h"

#include <gtest/gtest.h>

namespace robotledger {
namespace {

std::int64_t us(std::string_view text) {
  const auto instant = parseInstant(text);
  EXPECT_TRUE(instant.has_value()) << text;
  return instant.value_or(Instant{-1}).us;
}

TEST(ParseInstant, CountsMicrosecondsSince1970) {
  EXPECT_EQ(us("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(us("1969-12-31T23:59:59.999999Z"), -1);
  EXPECT_EQ(us("2025-03-01T09:30:00Z"), 1740821400000000);
  EXPECT_EQ(us("2024-02-29T00:00:00Z"), 1709164800000000);
}

TEST(ParseInstant, TakesOneToSixDecimals) {
  EXPECT_EQ(us("1970-01-01T00:00:00.5Z"), 500000);
  EXPECT_EQ(us("1970-01-01T00:00:00.05Z"), 50000);
  EXPECT_EQ(us("1970-01-01T00:00:00.000001Z"), 1);
  EXPECT_EQ(us("1970-01-01T00:00:00.123456+00:00"), 123456);
}

TEST(ParseInstant, SubtractsTheOffset) {
  EXPECT_EQ(us("2025-03-01T10:30:00+01:00"), us("2025-03-01T09:30:00Z"));
  EXPECT_EQ(us("2025-02-28T22:00:00-11:30"), us("2025-03-01T09:30:00Z"));
  EXPECT_EQ(us("2025-03-01T09:30:00-00:00"), us("2025-03-01T09:30:00Z"));
  EXPECT_EQ(us("2025-03-02T09:29:00+23:59"), us("2025-03-01T09:30:00Z"));
}

TEST(ParseInstant, TakesLettersInEitherCase) {
  EXPECT_EQ(us("2025-03-01t09:30:00z"), us("2025-03-01T09:30:00Z"));
}

TEST(ParseInstant, ReachesFromTheYear0To9999) {
  EXPECT_EQ(us("0000-01-01T00:00:00Z"), -62167219200000000);
  EXPECT_EQ(us("9999-12-31T23:59:59.999999Z"), kEndOfTime.us - 1);
  EXPECT_FALSE(parseInstant("0000-01-01T00:00:00+00:01"));
  EXPECT_FALSE(parseInstant("9999-12-31T23:59:59-00:01"));
}

TEST(ParseInstant, IsNothingForAnythingElse) {
  for (const std::string_view text : {
           "",
           "2025",
           "2025-03-01",
           "2025-03-01T09:30:00",           // neither Z nor an offset
           "2025-03-01T09:30Z",             // no seconds
           "2025-03-01 09:30:00Z",          // a space for T
           "2025-3-01T09:30:00Z",           // a digit too few
           "02025-03-01T09:30:00Z",         // a digit too many
           "+2025-03-01T09:30:00Z",         // a sign
           "-025-03-01T09:30:00Z",          // a sign for a digit
           "2025-03-01T09:30: 0Z",          // a space for a digit
           "2025/03/01T09:30:00Z",          // other separators
           "20250301T093000Z",              // ISO 8601's basic form
           "2025-W09-6T09:30:00Z",          // ISO 8601's weeks
           "2025-00-01T09:30:00Z",          // no such month
           "2025-13-01T09:30:00Z",          //
           "2025-03-00T09:30:00Z",          // no such day
           "2025-02-29T09:30:00Z",          //
           "1900-02-29T09:30:00Z",          //
           "2025-04-31T09:30:00Z",          //
           "2025-03-01T24:00:00Z",          // no such hour
           "2025-03-01T09:60:00Z",          // no such minute
           "2016-12-31T23:59:60Z",          // a leap second
           "2025-03-01T09:30:00.Z",         // no decimal
           "2025-03-01T09:30:00.1234567Z",  // a seventh decimal
           "2025-03-01T09:30:00,5Z",        // a comma
           "2025-03-01T09:30:00+0100",      // an offset without its colon
           "2025-03-01T09:30:00+01",        //
           "2025-03-01T09:30:00+24:00",     // no such offset
           "2025-03-01T09:30:00+01:60",     //
           "2025-03-01T09:30:00Z ",         // something after it
           "2025-03-01T09:30:00ZZ",         //
           " 2025-03-01T09:30:00Z",         // something before it
           "2025-03-01T09:30:00[UTC]",      // RFC 9557
       }) {
    EXPECT_FALSE(parseInstant(text)) << text;
  }
}

TEST(ParseInstant, IsNothingForATextThatEndsEarly) {
  const std::string_view whole = "2025-03-01T09:30:00.123456+01:00";
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_FALSE(parseInstant(whole.substr(0, length))) << whole.substr(0, length);
  }
}

TEST(FormatInstant, HasSixDecimalsOrNone) {
  EXPECT_EQ(formatInstant(Instant{0}), "1970-01-01T00:00:00Z");
  EXPECT_EQ(formatInstant(Instant{1}), "1970-01-01T00:00:00.000001Z");
  EXPECT_EQ(formatInstant(Instant{500000}), "1970-01-01T00:00:00.500000Z");
  EXPECT_EQ(formatInstant(Instant{-1}), "1969-12-31T23:59:59.999999Z");
  EXPECT_EQ(formatInstant(Instant{1740821400000000}), "2025-03-01T09:30:00Z");
}

TEST(FormatInstant, IsReadBackAsTheSameInstant) {
  // Every odd stretch through all of the years, so that months, leap days and decimals vary.
  constexpr std::int64_t kStep = 7 * kUsPerDay + 12345678901;
  for (std::int64_t at = -62167219200000000; at < kEndOfTime.us; at += kStep) {
    const std::string text = formatInstant(Instant{at});
    ASSERT_EQ(us(text), at) << text;
  }
}

TEST(SystemClock, IsLaterThanThisWasWritten) {
  SystemClock clock;
  EXPECT_GT(clock.now(), *parseInstant("2024-01-01T00:00:00Z"));
  EXPECT_LT(clock.now(), kEndOfTime);
}

}  // namespace
}  // namespace robotledger
