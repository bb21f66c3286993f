#include "api/http/supervision.h"

#include <csignal>
#include <thread>

#include <gtest/gtest.h>

namespace robotledger::http {
namespace {

using Event = Supervision::Event;

// Signals go to this thread, as they were before in the end.
class SupervisionTest : public testing::Test {
 protected:
  SupervisionTest() { ::pthread_sigmask(SIG_SETMASK, nullptr, &before_); }
  ~SupervisionTest() override { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

TEST_F(SupervisionTest, TellsSignalsInTurnAndPoisonFirst) {
  auto supervision = Supervision::start();
  ASSERT_TRUE(supervision);
  ::raise(SIGHUP);
  EXPECT_EQ((*supervision)->wait(), Event::kReload);
  ::raise(SIGTERM);
  EXPECT_EQ((*supervision)->wait(), Event::kEnd);
  ::raise(SIGINT);
  EXPECT_EQ((*supervision)->wait(), Event::kEnd);
  EXPECT_FALSE((*supervision)->isPoisoned());
  (*supervision)->poisoned();
  ::raise(SIGHUP);
  EXPECT_TRUE((*supervision)->isPoisoned());
  EXPECT_EQ((*supervision)->wait(), Event::kPoisoned);
  // What was not looked at any more must not end the test.
  (void)std::signal(SIGHUP, SIG_IGN);
}

TEST_F(SupervisionTest, IsWokenByPoisonWhileItWaits) {
  auto supervision = Supervision::start();
  ASSERT_TRUE(supervision);
  const std::jthread poisons([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    (*supervision)->poisoned();
  });
  EXPECT_EQ((*supervision)->wait(), Event::kPoisoned);
}

}  // namespace
}  // namespace robotledger::http
