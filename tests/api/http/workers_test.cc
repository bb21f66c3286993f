#include "api/http/workers.h"

#include <future>

#include <gtest/gtest.h>

namespace robotledger::http {
namespace {

TEST(Workers, DoWhatFitsIntoTheirQueueAndRefuseTheRest) {
  std::promise<void> go;
  std::shared_future<void> told = go.get_future().share();
  std::promise<void> begun;
  std::atomic<int> done = 0;
  {
    Workers workers({.threads = 1, .queue = 2});
    ASSERT_TRUE(workers.submit([&] {
      begun.set_value();
      told.wait();
      ++done;
    }));
    begun.get_future().wait();
    EXPECT_TRUE(workers.submit([&] { ++done; }));
    EXPECT_TRUE(workers.submit([&] { ++done; }));
    EXPECT_EQ(workers.waiting(), 2U);
    EXPECT_FALSE(workers.submit([&] { ++done; }));
    std::promise<void> last;
    go.set_value();
    while (!workers.submit([&] { last.set_value(); })) std::this_thread::yield();
    last.get_future().wait();
  }
  EXPECT_EQ(done, 3);
}

TEST(Workers, EndWithWhatRunsAndLetGoOfWhatWaits) {
  std::promise<void> begun;
  std::atomic<int> done = 0;
  auto held = std::make_shared<int>(0);
  {
    Workers workers({.threads = 1, .queue = 8});
    ASSERT_TRUE(workers.submit([&] {
      begun.set_value();
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
      ++done;
    }));
    begun.get_future().wait();
    EXPECT_TRUE(workers.submit([&, held] { ++done; }));
  }
  EXPECT_EQ(done, 1);
  EXPECT_EQ(held.use_count(), 1);
}

}  // namespace
}  // namespace robotledger::http
