#include "api/http/head_watch.h"

#include <future>

#include <gtest/gtest.h>

namespace robotledger::http {
namespace {

using std::chrono::milliseconds;
using Woken = HeadWatch::Woken;

std::future<Woken> wait(HeadWatch& watch, std::uint64_t more_than, milliseconds at_most) {
  const auto promise = std::make_shared<std::promise<Woken>>();
  watch.await({more_than}, at_most, [promise](Woken why) { promise->set_value(why); });
  return promise->get_future();
}

CommittedEvents upTo(std::uint64_t last) {
  auto events = std::make_shared<std::vector<Event>>(1);
  events->back().sequence = {last};
  return events;
}

TEST(HeadWatch, TellsAtOnceWhereThereIsMoreAlready) {
  HeadWatch watch;
  watch.grownTo({5});
  EXPECT_EQ(wait(watch, 4, milliseconds(0)).get(), Woken::kGrown);
  watch.grownTo({3});
  EXPECT_EQ(watch.size(), TreeSize{5});
}

TEST(HeadWatch, TellsThoseWhoseEventCame) {
  HeadWatch watch;
  auto first = wait(watch, 0, milliseconds(60000));
  auto later = wait(watch, 7, milliseconds(60000));
  watch.onCommitted(upTo(6));
  EXPECT_EQ(first.get(), Woken::kGrown);
  EXPECT_EQ(later.wait_for(milliseconds(20)), std::future_status::timeout);
  watch.onCommitted(upTo(7));
  EXPECT_EQ(later.get(), Woken::kGrown);
  EXPECT_EQ(watch.size(), TreeSize{8});
}

TEST(HeadWatch, TellsWhenTheTimeIsUpAndWhenItEnds) {
  std::future<Woken> left;
  {
    HeadWatch watch;
    EXPECT_EQ(wait(watch, 0, milliseconds(5)).get(), Woken::kTimeIsUp);
    left = wait(watch, 0, milliseconds(60000));
  }
  EXPECT_EQ(left.get(), Woken::kClosed);
}

}  // namespace
}  // namespace robotledger::http
