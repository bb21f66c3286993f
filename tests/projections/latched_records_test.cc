#include "projections/latched_records.h"

#include <thread>

#include <gtest/gtest.h>

namespace robotledger {
namespace {

using Records = LatchedRecords<12>;

Records::Words filledWith(std::uint64_t number) {
  Records::Words words{};
  words.fill(number);
  return words;
}

// The number that the record is filled with.
std::uint64_t numberIn(const Records& records, std::uint32_t slot) {
  for (;;) {
    const auto look = records.look(slot);
    const std::uint64_t first = look.word(0);
    bool alike = true;
    for (std::size_t i = 1; i < Records::Words().size(); ++i) alike &= look.word(i) == first;
    if (!look.holds()) continue;
    EXPECT_TRUE(alike);
    return first;
  }
}

TEST(LatchedRecords, GiveBackWhatWasWrittenLast) {
  Records records;
  for (std::uint32_t i = 0; i < 10000; ++i) {
    ASSERT_EQ(records.take(), i);
    EXPECT_EQ(numberIn(records, i), 0u);
    for (std::uint64_t round = 0; round <= i % 3; ++round) {
      records.write(i, filledWith(i + round));
    }
  }
  for (std::uint32_t i = 0; i < 10000; ++i) EXPECT_EQ(numberIn(records, i), i + i % 3);
}

TEST(LatchedRecords, ASlotIsUsedAgainAndOneThatNeverWasHasNoRecord) {
  Records records;
  EXPECT_FALSE(records.look(0));
  EXPECT_EQ(records.take(), 0u);
  EXPECT_EQ(records.take(), 1u);
  records.giveBack(0);
  EXPECT_EQ(records.take(), 0u);
  EXPECT_TRUE(records.look(1));
  EXPECT_FALSE(records.look(1024));
  EXPECT_FALSE(records.look(UINT32_MAX));
}

TEST(LatchedRecords, ALookDoesNotHoldWhereTheRecordChanged) {
  Records records;
  const std::uint32_t slot = records.take();
  records.write(slot, filledWith(1));
  const auto look = records.look(slot);
  EXPECT_EQ(look.word(3), 1u);
  EXPECT_TRUE(look.holds());
  records.write(slot, filledWith(2));
  EXPECT_FALSE(look.holds());
}

TEST(LatchedRecords, ReadersSeeWholeRecordsThatOnlyGoForwardWhileTheWriterWrites) {
  Records records;
  constexpr std::uint32_t kSlots = 4;
  constexpr std::uint64_t kWrites = 100000;
  for (std::uint32_t i = 0; i < kSlots; ++i) records.take();
  std::atomic<int> reading = 0;
  std::atomic<bool> done = false;
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      std::array<std::uint64_t, kSlots> seen{};
      reading += 1;
      while (!done) {
        for (std::uint32_t slot = 0; slot < kSlots; ++slot) {
          const std::uint64_t number = numberIn(records, slot);
          ASSERT_GE(number, seen.at(slot));
          seen.at(slot) = number;
        }
      }
    });
  }
  while (reading < 3) std::this_thread::yield();
  for (std::uint64_t i = 1; i <= kWrites; ++i) {
    for (std::uint32_t slot = 0; slot < kSlots; ++slot) records.write(slot, filledWith(i));
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
  for (std::uint32_t slot = 0; slot < kSlots; ++slot) EXPECT_EQ(numberIn(records, slot), kWrites);
}

}  // namespace
}  // namespace robotledger
