#include "projections/slot_index.h"

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

TEST(SlotIndex, ASearchMissesNothingThatStaysWhileOthersComeAndGo) {
  SlotIndex index;
  // All of them in a few clusters, so that what is erased makes others move.
  constexpr std::uint32_t kStaying = 64;
  const auto hashOf = [](std::uint32_t slot) { return std::uint64_t{slot % 16} * 20; };
  for (std::uint32_t slot = 0; slot < kStaying; ++slot) index.insert(hashOf(slot), slot);
  std::atomic<bool> done = false;
  std::vector<std::thread> readers;
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] {
      while (!done) {
        for (std::uint32_t slot = 0; slot < kStaying; ++slot) {
          ASSERT_TRUE(has(index, hashOf(slot), slot));
        }
      }
    });
  }
  std::mt19937 random(3);
  std::vector<std::uint32_t> guests;
  for (std::uint32_t slot = kStaying; slot < 20000; ++slot) {
    index.insert(hashOf(slot), slot);
    guests.push_back(slot);
    // At first they stay as well, so that the table has to grow.
    while (guests.size() > (slot < 3000 ? 1500 : 100)) {
      std::swap(guests[random() % guests.size()], guests.back());
      index.erase(hashOf(guests.back()), guests.back());
      guests.pop_back();
    }
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
}

}  // namespace
}  // namespace robotledger
