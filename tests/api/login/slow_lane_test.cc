#include "api/login/slow_lane.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace robotledger {
namespace {

// A lane whose two threads are held. Then one of them is let go, so that there is one order in
// which the rest runs; the other in the end.
struct HeldLane {
  std::promise<void> go;
  std::promise<void> end;
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::string> ran;
  std::vector<std::string> no_room;
  std::unique_ptr<SlowLane> lane = *SlowLane::start();

  HeldLane() {
    static_assert(kSlowAtOnce == 2);
    std::atomic<std::size_t> held = 0;
    for (std::promise<void>* until : {&go, &end}) {
      lane->run("holder", Rank::kKnown, [&held, gone = until->get_future().share()](Turn) {
        ++held;
        gone.wait();
      });
    }
    while (held < kSlowAtOnce) std::this_thread::yield();
  }
  HeldLane(const HeldLane&) = delete;
  HeldLane& operator=(const HeldLane&) = delete;
  ~HeldLane() {
    if (lane) end.set_value();
  }

  void put(const std::string& source, const std::string& name, Rank rank = Rank::kStranger) {
    lane->run(source, rank, [this, name](Turn turn) {
      const std::lock_guard lock(mutex);
      (turn == Turn::kYours ? ran : no_room).push_back(name);
      changed.notify_all();
    });
  }
  std::vector<std::string> refused() {
    const std::lock_guard lock(mutex);
    return no_room;
  }
  // Lets go, and waits until so many have run.
  std::vector<std::string> ranAfter(std::size_t count) {
    go.set_value();
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return ran.size() >= count; });
    return ran;
  }
};

std::size_t placeOf(const std::vector<std::string>& names, const std::string& name) {
  return static_cast<std::size_t>(std::ranges::find(names, name) - names.begin());
}

TEST(SlowLane, RunsTwoAtATimeAndNoMore) {
  auto lane = *SlowLane::start();
  std::atomic<int> running = 0;
  std::atomic<int> most = 0;
  std::atomic<int> done = 0;
  for (int i = 0; i < 20; ++i) {
    lane->run("host", Rank::kStranger, [&](Turn) {
      const int now = ++running;
      int before = most;
      while (now > before && !most.compare_exchange_weak(before, now)) {
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      --running;
      ++done;
    });
  }
  while (done < 20) std::this_thread::yield();
  EXPECT_EQ(most, 2);
}

TEST(SlowLane, WhoComesFromElsewhereDoesNotWaitForAFlood) {
  HeldLane held;
  for (int i = 0; i < 20; ++i) held.put("flood", "flood" + std::to_string(i));
  held.put("elsewhere", "elsewhere");
  held.put("flood", "known", Rank::kKnown);
  const auto ran = held.ranAfter(22);
  EXPECT_EQ(placeOf(ran, "known"), 0U);
  EXPECT_EQ(placeOf(ran, "elsewhere"), 1U);
  for (std::size_t i = 0; i < 20; ++i) EXPECT_EQ(ran[i + 2], "flood" + std::to_string(i));
}

TEST(SlowLane, TheRoomIsOfThoseWhoTakeLessOfIt) {
  HeldLane held;
  for (std::size_t i = 0; i < kSlowWaiting; ++i) held.put("flood", "flood" + std::to_string(i));
  EXPECT_TRUE(held.refused().empty());
  held.put("flood", "one too many");
  EXPECT_EQ(held.refused(), (std::vector<std::string>{"one too many"}));
  held.put("elsewhere", "elsewhere");
  EXPECT_EQ(held.refused().back(), "flood" + std::to_string(kSlowWaiting - 1));
  held.put("flood", "known", Rank::kKnown);
  EXPECT_EQ(held.refused().back(), "flood" + std::to_string(kSlowWaiting - 2));
  const auto ran = held.ranAfter(kSlowWaiting);
  EXPECT_LT(placeOf(ran, "known"), ran.size());
  EXPECT_LT(placeOf(ran, "elsewhere"), ran.size());
  EXPECT_EQ(held.refused().size(), 3U);
}

TEST(SlowLane, WhatWaitsWhenItEndsHasNoRoom) {
  HeldLane held;
  held.put("host", "waits");
  std::thread ending([&] { held.lane.reset(); });
  while (held.refused().empty()) std::this_thread::yield();
  EXPECT_EQ(held.refused(), (std::vector<std::string>{"waits"}));
  held.go.set_value();
  held.end.set_value();
  ending.join();
  EXPECT_TRUE(held.ran.empty());
}

}  // namespace
}  // namespace robotledger
