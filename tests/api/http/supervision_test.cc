#include "api/http/supervision.h"

#include <csignal>
#include <thread>

#include <gtest/gtest.h>
#include <unistd.h>

namespace robotledger::http {
namespace {

using Event = Supervision::Event;

TEST(Supervision, TellsSignalsInTurnAndPoisonFirst) {
  auto supervision = Supervision::start();
  ASSERT_TRUE(supervision);
  const std::jthread other([] { ::kill(::getpid(), SIGHUP); });
  EXPECT_EQ((*supervision)->wait(), Event::kReload);
  ::kill(::getpid(), SIGTERM);
  EXPECT_EQ((*supervision)->wait(), Event::kEnd);
  ::kill(::getpid(), SIGINT);
  EXPECT_EQ((*supervision)->wait(), Event::kEnd);
  ::kill(::getpid(), SIGHUP);
  EXPECT_FALSE((*supervision)->isPoisoned());
  (*supervision)->poisoned();
  EXPECT_TRUE((*supervision)->isPoisoned());
  EXPECT_EQ((*supervision)->wait(), Event::kPoisoned);
}

TEST(Supervision, IsWokenByPoisonWhileItWaits) {
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
