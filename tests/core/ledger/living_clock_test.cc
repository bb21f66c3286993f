#include "core/ledger/living_clock.h"

#include "core/base/limits.h"
#include "core/ledger/ledger.h"
#include "tests/core/ledger/ledger_testing.h"

namespace robotledger {
namespace {

constexpr std::int64_t kUsPerHour = std::int64_t{3600} * kUsPerSecond;

std::string reading(LivingClock& clock, Instant last_event) {
  const auto read = clock.read(last_event);
  return read ? formatInstant(*read) : errorCodeName(read.error().code);
}

TEST(LivingClock, ADayAheadIsBelievedAndAMicrosecondMoreIsNot) {
  TestClock system;
  const Instant start = system.now();
  LivingClock clock(system);
  EXPECT_EQ(reading(clock, start), "2025-03-01T09:00:00Z");
  system.advance(kClockLeapUs + 1);
  EXPECT_EQ(reading(clock, start), "clock");
  system.advance(-1);
  EXPECT_EQ(reading(clock, start), "2025-03-02T09:00:00Z");
}

TEST(LivingClock, ALeapStaysAnErrorHoweverOftenItIsRead) {
  TestClock system;
  const Instant start = system.now();
  LivingClock clock(system);
  EXPECT_EQ(reading(clock, start), "2025-03-01T09:00:00Z");
  system.advance(2 * kClockLeapUs);
  for (int i = 0; i < 100; ++i) {
    system.advance(kUsPerHour);
    ASSERT_EQ(reading(clock, start), "clock");
  }
}

TEST(LivingClock, TheFirstReadingIsBelieved) {
  TestClock system;
  LivingClock clock(system);
  EXPECT_EQ(reading(clock, Instant{0}), "2025-03-01T09:00:00Z");
}

TEST(LivingClock, AQuietWeekWithAReadingEveryHourIsNoLeap) {
  TestClock system;
  const Instant start = system.now();
  LivingClock clock(system);
  for (int hour = 0; hour < 7 * 24; ++hour) {
    ASSERT_NE(reading(clock, start), "clock") << hour;
    system.advance(kUsPerHour);
  }
}

// An event that another writer wrote tells of time that passed, as a reading does.
TEST(LivingClock, ANewerEventCountsAsAReading) {
  TestClock system;
  LivingClock clock(system);
  const Instant start = system.now();
  EXPECT_NE(reading(clock, start), "clock");
  system.advance(3 * kClockLeapUs);
  EXPECT_EQ(reading(clock, Instant{start.us + kClockLeapUs}), "clock");
  EXPECT_EQ(reading(clock, Instant{start.us + 2 * kClockLeapUs}), "2025-03-04T09:00:00Z");
}

TEST(LivingClock, GoingBackIsToldAsItIsAndForgetsNoReading) {
  TestClock system;
  LivingClock clock(system);
  const Instant start = system.now();
  EXPECT_EQ(reading(clock, start), "2025-03-01T09:00:00Z");
  system.advance(-10 * kClockLeapUs);
  EXPECT_EQ(reading(clock, Instant{0}), "2025-02-19T09:00:00Z");
  system.set(start);
  EXPECT_EQ(reading(clock, Instant{0}), "2025-03-01T09:00:00Z");
}

TEST(LedgerClock, ALeapIsAnErrorThatWritesNothingUntilTheLedgerIsOpenedAgain) {
  MemoryLedger made;
  auto ledger = made.open();
  ASSERT_EQ(outcomeOf(*ledger, CreateProject{"web"}), "1 event from 1");
  made.clock.advance(kClockLeapUs + 1);
  EXPECT_EQ(outcomeOf(*ledger, CreateProject{"shop"}), "[clock]");
  made.clock.advance(kUsPerHour);
  EXPECT_EQ(outcomeOf(*ledger, CreateProject{"shop"}), "[clock]");
  EXPECT_EQ(made.size(), 2u);
  ledger.reset();
  EXPECT_EQ(outcomeOf(*made.open(), CreateProject{"shop"}), "1 event from 2");
}

TEST(LedgerClock, GoingBackGivesTheLastEventsTimeAndRecordsTheRawClock) {
  MemoryLedger made;
  const auto ledger = made.open();
  const Instant first = made.clock.now();
  ASSERT_EQ(outcomeOf(*ledger, CreateProject{"web"}), "1 event from 1");
  made.clock.advance(-kUsPerHour);
  ASSERT_EQ(outcomeOf(*ledger, CreateProject{"shop"}), "1 event from 2");
  const Event event = eventAt(*made.log, 2);
  EXPECT_EQ(event.time, first);
  EXPECT_EQ(event.recorded_at, Instant{first.us - kUsPerHour});
}

}  // namespace
}  // namespace robotledger
