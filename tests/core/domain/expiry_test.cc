#include "core/domain/expiry.h"

#include <gtest/gtest.h>

namespace robotledger {
namespace {

constexpr std::int32_t kMostDays = 2147483646;

// The instant of a day counted from 2025-01-01.
Instant day(std::int64_t number) {
  return Instant{parseInstant("2025-01-01T00:00:00Z")->us + number * kUsPerDay};
}

// The setting of 30 days, and the given changes after it.
Settings settings(std::initializer_list<std::pair<Instant, std::int32_t>> changes) {
  Settings all{{Instant{0}, Sequence{0}, 30}};
  for (const auto& [time, days] : changes) {
    all.push_back({time, Sequence{all.size() * 10}, days});
  }
  return all;
}

ExpiryTerms following(Instant since) { return {Expiry::system(), since, since}; }

TEST(Expiry, SaysItselfInWords) {
  EXPECT_EQ(Expiry::system().text(), "system");
  EXPECT_EQ(Expiry::never().text(), "never");
  EXPECT_EQ(Expiry::days(1).text(), "1 day");
  EXPECT_EQ(Expiry::days(90).text(), "90 days");
}

TEST(Expiry, OfDaysIsThatManyTimes86400SecondsAfterTheIssue) {
  EXPECT_EQ(expiresAt({Expiry::days(90), day(0), day(0)}, settings({})), day(90));
  EXPECT_EQ(expiresAt({Expiry::days(1), Instant{7}, Instant{7}}, settings({})),
            Instant{7 + kUsPerDay});
}

TEST(Expiry, OfDaysDoesNotFollowTheSetting) {
  EXPECT_EQ(expiresAt({Expiry::days(90), day(0), day(0)}, settings({{day(1), 1}})), day(90));
}

TEST(Expiry, OfNeverIsNever) {
  EXPECT_EQ(expiresAt({Expiry::never(), day(0), day(0)}, settings({{day(1), 1}})), std::nullopt);
}

TEST(Expiry, InTheYear10000IsNever) {
  const Instant last_day{kEndOfTime.us - kUsPerDay};
  EXPECT_EQ(afterDays(last_day, 1), std::nullopt);
  EXPECT_EQ(afterDays(Instant{last_day.us - 1}, 1), Instant{kEndOfTime.us - 1});
  EXPECT_EQ(afterDays(day(0), kMostDays), std::nullopt);
  EXPECT_EQ(afterDays(Instant{0}, kMostDays), std::nullopt);
  EXPECT_EQ(afterDays(Instant{0}, 2932897), std::nullopt);
  EXPECT_EQ(afterDays(Instant{0}, 2932896), Instant{kEndOfTime.us - kUsPerDay});
  EXPECT_EQ(afterDays(Instant{1}, 2932896), Instant{kEndOfTime.us - kUsPerDay + 1});
}

TEST(Expiry, FollowsTheSetting) {
  EXPECT_EQ(expiresAt(following(day(0)), settings({})), day(30));
  EXPECT_EQ(expiresAt(following(day(0)), settings({{day(10), 90}})), day(90));
  EXPECT_EQ(expiresAt(following(day(0)), settings({{day(10), 20}})), day(20));
}

TEST(Expiry, ComesAtOnceWhereAShorterSettingIsOverdue) {
  EXPECT_EQ(expiresAt(following(day(0)), settings({{day(25), 20}})), day(25));
  EXPECT_EQ(expiresAt(following(day(0)), settings({{day(20), 20}})), day(20));
}

TEST(Expiry, LengtheningTheSettingDoesNotReviveTheExpired) {
  EXPECT_EQ(expiresAt(following(day(0)), settings({{day(31), 365}})), day(30));
  EXPECT_EQ(expiresAt(following(day(0)), settings({{day(25), 20}, {day(26), 365}})), day(25));
}

TEST(Expiry, LengtheningItAtTheVeryInstantComesInTime) {
  // p(t) is the setting after all events with time <= t.
  EXPECT_EQ(expiresAt(following(day(0)), settings({{day(30), 365}})), day(365));
}

TEST(Expiry, IgnoresASettingUndoneWithinItsInstant) {
  EXPECT_EQ(expiresAt(following(day(0)), settings({{day(20), 1}, {day(20), 30}})), day(30));
  EXPECT_EQ(expiresAt(following(day(0)), settings({{day(20), 1}, {day(20), 90}, {day(20), 60}})),
            day(60));
  EXPECT_EQ(expiresAt(following(day(0)), settings({{day(20), 90}, {day(20), 1}})), day(20));
}

TEST(Expiry, TakesTheSettingOfTheWholeInstantAtWhichItBeginsToFollow) {
  EXPECT_EQ(expiresAt(following(day(5)), settings({{day(5), 1}})), day(6));
  EXPECT_EQ(expiresAt(following(day(5)), settings({{day(5), 1}, {day(5), 40}})), day(45));
}

TEST(Expiry, LooksAtTheSettingOnlySinceTheAccountFollowsIt) {
  // Issued on day 0 with days of its own, follows from day 50 on: at once, though due on day 30.
  const ExpiryTerms late{Expiry::system(), day(0), day(50)};
  EXPECT_EQ(expiresAt(late, settings({})), day(50));
  // The short setting of days 10 to 20 was not its own.
  EXPECT_EQ(expiresAt(late, settings({{day(10), 5}, {day(20), 90}})), day(90));
  EXPECT_EQ(expiresAt(late, settings({{day(60), 90}})), day(50));
}

TEST(Expiry, CanComeAfterASettingThatMeantNever) {
  EXPECT_EQ(expiresAt(following(day(0)), settings({{day(10), kMostDays}})), std::nullopt);
  EXPECT_EQ(expiresAt(following(day(0)), settings({{day(10), kMostDays}, {day(500), 365}})),
            day(500));
}

TEST(Expiry, CountsFromAnIssueClaimedFromElsewhere) {
  const ExpiryTerms claimed{Expiry::system(), day(-100), day(0)};
  EXPECT_EQ(expiresAt(claimed, settings({})), day(0)) << "not before it followed";
  EXPECT_EQ(expiresAt({Expiry::days(120), day(-100), day(0)}, settings({})), day(20));
}

TEST(Settings, AsOfASequenceAreThoseThatWereThere) {
  const Settings all = settings({{day(1), 1}, {day(2), 2}});  // sequences 0, 10, 20
  EXPECT_EQ(settingsUpTo(all, Sequence{0}).size(), 1U);
  EXPECT_EQ(settingsUpTo(all, Sequence{9}).size(), 1U);
  EXPECT_EQ(settingsUpTo(all, Sequence{10}).size(), 2U);
  EXPECT_EQ(settingsUpTo(all, Sequence{1000}).size(), 3U);
}

// The definition, instant by instant over days: the first t >= f with t >= issued_at + p(t).
std::optional<Instant> firstExpired(const ExpiryTerms& terms, const Settings& changes) {
  for (std::int64_t at = -10; at < 200; ++at) {
    if (day(at) < terms.follows_since) continue;
    std::int32_t setting = 0;
    for (const SettingChange& change : changes) {
      if (change.time <= day(at)) setting = change.days;
    }
    if (day(at).us >= terms.issued_at.us + setting * kUsPerDay) return day(at);
  }
  return std::nullopt;
}

TEST(Expiry, IsWhatTheDefinitionSaysForManyHistories) {
  unsigned random = 12345;
  const auto next = [&random](int below) {
    random = random * 1664525 + 1013904223;
    return static_cast<int>((random >> 8) % static_cast<unsigned>(below));
  };
  for (int round = 0; round < 20000; ++round) {
    Settings changes{{Instant{0}, Sequence{0}, 1 + next(30)}};
    int at = next(20);
    for (int i = next(6); i > 0; --i) {
      changes.push_back({day(at), Sequence{changes.size()}, 1 + next(60)});
      at += next(3) == 0 ? 0 : next(25);
    }
    const int issued = next(40);
    const ExpiryTerms terms{Expiry::system(), day(issued), day(issued + (next(2) * next(40)))};
    ASSERT_EQ(expiresAt(terms, changes), firstExpired(terms, changes)) << "round " << round;
  }
}

}  // namespace
}  // namespace robotledger
