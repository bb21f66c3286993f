#include "api/login/failure_limits.h"

#include <string>

#include <gtest/gtest.h>

#include "api/login/remembered_logins.h"

namespace robotledger {
namespace {

constexpr Instant kNow{1'700'000'000'000'000};
constexpr std::int64_t kStepUs = kSecondsPerFailure * kUsPerSecond;

Instant after(std::int64_t us) { return Instant{kNow.us + us}; }

void useUp(FailureLimits& limits, const std::string& source, const std::string& name) {
  for (std::int64_t i = 0; i < kFailuresAtOnce; ++i) {
    ASSERT_EQ(limits.take(source, name, kNow), Allowance::kSome) << i;
  }
}

TEST(FailureLimits, TenFailAtOnceAndThenOneEveryThirtySeconds) {
  FailureLimits limits("key");
  useUp(limits, "host", "alice");
  EXPECT_EQ(limits.look("host", "alice", kNow), Allowance::kNone);
  EXPECT_EQ(limits.take("host", "alice", after(kStepUs - 1)), Allowance::kNone);
  EXPECT_EQ(limits.look("host", "alice", after(kStepUs)), Allowance::kSome);
  EXPECT_EQ(limits.take("host", "alice", after(kStepUs)), Allowance::kSome);
  EXPECT_EQ(limits.take("host", "alice", after(kStepUs)), Allowance::kNone);
  for (std::int64_t i = 0; i < kFailuresAtOnce; ++i) {
    EXPECT_EQ(limits.take("host", "alice", after(20 * kStepUs)), Allowance::kSome);
  }
  EXPECT_EQ(limits.take("host", "alice", after(20 * kStepUs)), Allowance::kNone);
}

TEST(FailureLimits, OtherNamesAndOtherPlacesDoNotCount) {
  FailureLimits limits("key");
  useUp(limits, "host", "alice");
  EXPECT_EQ(limits.look("host", "bob", kNow), Allowance::kSome);
  EXPECT_EQ(limits.look("elsewhere", "alice", kNow), Allowance::kSome);
  // Not even where the two texts together are the same.
  EXPECT_EQ(limits.look("hosta", "lice", kNow), Allowance::kSome);
}

TEST(FailureLimits, WhatIsGivenBackWasNoFailure) {
  FailureLimits limits("key");
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(limits.take("host", "alice", kNow), Allowance::kSome);
    limits.giveBack("host", "alice", kNow);
  }
  useUp(limits, "host", "alice");
  limits.giveBack("host", "alice", kNow);
  EXPECT_EQ(limits.take("host", "alice", kNow), Allowance::kSome);
  EXPECT_EQ(limits.take("host", "alice", kNow), Allowance::kNone);
}

TEST(FailureLimits, AClockThatIsPutBackSlowsNobodyForLongerThanTheyWouldBe) {
  FailureLimits limits("key");
  useUp(limits, "host", "alice");
  EXPECT_EQ(limits.take("host", "alice", after(-kUsPerDay)), Allowance::kNone);
  EXPECT_EQ(limits.take("host", "alice", after(-kUsPerDay + kStepUs)), Allowance::kNone);
  FailureLimits others("key");
  useUp(others, "host", "alice");
  others.giveBack("host", "alice", after(-kUsPerDay));
  EXPECT_EQ(others.take("host", "alice", after(-kUsPerDay)), Allowance::kSome);
}

TEST(FailureLimits, AMillionPairsTakeNoMoreMemoryAndForgetNobodyWhoJustFailed) {
  FailureLimits limits("key");
  for (int i = 0; i < 1'000'000; ++i) {
    const auto ago = after(-kUsPerDay + i);
    (void)limits.take("host" + std::to_string(i), "alice", ago);
  }
  useUp(limits, "host", "alice");
  for (int i = 0; i < 10'000; ++i) {
    (void)limits.take("host" + std::to_string(i), "bob", kNow);
  }
  EXPECT_EQ(limits.look("host", "alice", kNow), Allowance::kNone);
}

TEST(FailureLimits, AnIpv6AddressIsItsNetwork) {
  EXPECT_EQ(sourceOf("2001:db8::1"), sourceOf("2001:db8:0:0:ffff::2"));
  EXPECT_NE(sourceOf("2001:db8::1"), sourceOf("2001:db8:0:1::1"));
  EXPECT_EQ(sourceOf("10.0.0.7"), "10.0.0.7");
  EXPECT_NE(sourceOf("10.0.0.7"), sourceOf("10.0.0.8"));
  EXPECT_EQ(sourceOf("::ffff:10.0.0.7"), "10.0.0.7");
  EXPECT_EQ(sourceOf("unix"), "unix");
}

TEST(TagTable, KeepsWhatEndsLastWhereASetIsFull) {
  TagTable table("key", 8);
  for (std::uint64_t tag = 1; tag <= 8; ++tag) table.put(tag, static_cast<std::int64_t>(tag) * 10);
  table.put(9, 90);
  EXPECT_EQ(table.until(1), 0);
  for (std::uint64_t tag = 2; tag <= 9; ++tag) {
    EXPECT_EQ(table.until(tag), static_cast<std::int64_t>(tag) * 10);
  }
  table.put(5, 0);
  EXPECT_EQ(table.until(5), 0);
  table.put(10, 1);
  EXPECT_EQ(table.until(2), 20) << "what was forgotten goes first";
}

TEST(RememberedLogins, AreOfTheNameAndTheSecretTogetherAndOfTheProcess) {
  RememberedLogins logins("key");
  const RememberedLogins others("another key");
  EXPECT_NE(logins.keyOf("a", "bc"), logins.keyOf("ab", "c"));
  EXPECT_NE(logins.keyOf("a", "b"), others.keyOf("a", "b"));
  const auto key = logins.keyOf("a", "b");
  logins.put(key, {.account = AccountId{7}, .changed = Sequence{3}, .at = kNow});
  ASSERT_TRUE(logins.find(key, kNow));
  EXPECT_EQ(logins.find(key, kNow)->account, AccountId{7});
  EXPECT_EQ(logins.find(key, kNow)->changed, Sequence{3});
  logins.forget(key);
  EXPECT_FALSE(logins.find(key, kNow));
}

TEST(RememberedLogins, TheOldestGoes) {
  RememberedLogins logins("key");
  const auto keyOf = [&](std::size_t i) { return logins.keyOf("a", std::to_string(i)); };
  for (std::size_t i = 0; i <= kMostRemembered; ++i) logins.put(keyOf(i), {.at = kNow});
  EXPECT_FALSE(logins.find(keyOf(0), kNow));
  EXPECT_TRUE(logins.find(keyOf(1), kNow));
  EXPECT_TRUE(logins.find(keyOf(kMostRemembered), kNow));
}

}  // namespace
}  // namespace robotledger
