#include "projections/slot_index.h"

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <thread>

#include <gtest/gtest.h>

namespace robotledger {
namespace {

std::set<std::uint32_t> slotsOf(const SlotIndex& index, std::uint64_t hash) {
  std::set<std::uint32_t> slots;
  index.find(hash, [&](std::uint32_t slot) {
    EXPECT_TRUE(slots.insert(slot).second);
    return false;
  });
  return slots;
}

bool has(const SlotIndex& index, std::uint64_t hash, std::uint32_t slot) {
  return index.find(hash, [&](std::uint32_t offered) { return offered == slot; });
}

TEST(SlotIndex, HasWhatAMapHas) {
  // Few hashes, so that many share one, and many that belong to neighbouring cells.
  for (const std::uint64_t hashes : {3u, 60u, 4000u, 1u << 20}) {
    SlotIndex index;
    std::map<std::uint64_t, std::set<std::uint32_t>> map;
    std::vector<std::pair<std::uint64_t, std::uint32_t>> all;
    std::mt19937_64 random(hashes);
    for (std::uint32_t i = 0; i < 20000; ++i) {
      // Grows, and then shrinks.
      const bool insert = random() % 100 < (i < 12000 ? 60 : 30);
      if (insert || all.empty()) {
        const std::uint64_t hash = random() % hashes;
        index.insert(hash, i);
        map[hash].insert(i);
        all.emplace_back(hash, i);
      } else {
        std::swap(all[random() % all.size()], all.back());
        const auto [hash, slot] = all.back();
        all.pop_back();
        index.erase(hash, slot);
        map[hash].erase(slot);
      }
      if (hashes < 100 && all.size() > 500) {
        for (const auto& [hash, slot] : all) index.erase(hash, slot);
        all.clear();
        map.clear();
      }
      const std::uint64_t asked = random() % hashes;
      ASSERT_EQ(slotsOf(index, asked), map[asked]);
    }
    for (const auto& [hash, slots] : map) ASSERT_EQ(slotsOf(index, hash), slots);
  }
}

TEST(SlotIndex, ASearchThatIsOvertakenByWhatItLooksForSearchesAgain) {
  // At each step of a search, what it has passed is erased, so that the rest moves up behind it.
  constexpr std::uint32_t kSlots = 10;
  for (std::uint32_t step = 0; step + 1 < kSlots; ++step) {
    SlotIndex index;
    for (std::uint32_t slot = 0; slot < kSlots; ++slot) index.insert(7, slot);
    std::uint32_t offered = 0;
    EXPECT_TRUE(index.find(7, [&](std::uint32_t slot) {
      if (offered++ == step) {
        for (std::uint32_t passed = 0; passed <= step; ++passed) index.erase(7, passed);
      }
      return slot == kSlots - 1;
    })) << step;
  }
}

TEST(SlotIndex, ASearchInATableThatWasReplacedMeanwhileIsInTheOldOne) {
  SlotIndex index;
  for (std::uint32_t slot = 0; slot < 10; ++slot) index.insert(7, slot);
  std::uint32_t offered = 0;
  EXPECT_TRUE(index.find(7, [&](std::uint32_t slot) {
    if (offered++ == 0) {
      for (std::uint32_t other = 10; other < 5000; ++other) index.insert(other * 7919ULL, other);
    }
    return slot == 9;
  }));
}

// Readers that look for all that stays, until `work` is done.
template <class Work>
void whileOthersSearch(const SlotIndex& index, std::uint32_t staying, std::uint64_t hash,
                       const Work& work) {
  std::atomic<int> reading = 0;
  std::atomic<bool> done = false;
  std::vector<std::thread> readers;
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] {
      while (!done) {
        for (std::uint32_t slot = 0; slot < staying; ++slot) {
          ASSERT_TRUE(has(index, hash + slot % 16, slot));
        }
        reading += 1;
        std::this_thread::yield();
      }
    });
  }
  while (reading < 2) std::this_thread::yield();
  work();
  done = true;
  for (std::thread& reader : readers) reader.join();
}

TEST(SlotIndex, ASearchMissesNothingThatMovesUpMeanwhile) {
  constexpr std::uint32_t kStaying = 32;
  constexpr std::uint32_t kGuests = 400;
  std::mt19937_64 random(3);
  for (std::uint64_t round = 0; round < 30; ++round) {
    SlotIndex index;
    const std::uint64_t hash = random() % 1024;
    // Those that stay are at the end of a cluster; what was before them goes.
    std::vector<std::uint32_t> guests;
    for (std::uint32_t slot = kStaying; slot < kStaying + kGuests; ++slot) {
      index.insert(hash + slot % 16, slot);
      guests.push_back(slot);
    }
    for (std::uint32_t slot = 0; slot < kStaying; ++slot) index.insert(hash + slot % 16, slot);
    std::ranges::shuffle(guests, random);
    whileOthersSearch(index, kStaying, hash, [&] {
      for (const std::uint32_t slot : guests) index.erase(hash + slot % 16, slot);
    });
  }
}

TEST(SlotIndex, ASearchMissesNothingWhileTheTableGrows) {
  constexpr std::uint32_t kStaying = 32;
  for (std::uint64_t round = 0; round < 10; ++round) {
    SlotIndex index;
    for (std::uint32_t slot = 0; slot < kStaying; ++slot) index.insert(slot % 16, slot);
    whileOthersSearch(index, kStaying, 0, [&] {
      for (std::uint32_t slot = kStaying; slot < 20000; ++slot) index.insert(slot * 7919ULL, slot);
    });
  }
}

}  // namespace
}  // namespace robotledger
