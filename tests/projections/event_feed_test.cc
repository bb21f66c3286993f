#include "projections/event_feed.h"

#include <gtest/gtest.h>

#include "core/log/memory_log_store.h"
#include "core/wire/event_codec.h"

namespace robotledger {
namespace {

// More than the feed reads ahead.
constexpr std::uint64_t kMany = 6000;

const MemoryLogStore& manyEvents() {
  static MemoryLogStore log;
  if (log.head().size.value == 0) {
    LogBatch batch{.id = *newBatchId(), .entries = {}};
    for (std::uint64_t i = 0; i < kMany; ++i) {
      batch.entries.push_back(encodeEvent(
          {.sequence = Sequence{i}, .actor = "admin", .body = AccountDisabled{AccountId{i}}}));
    }
    EXPECT_EQ(log.append(TreeSize{0}, batch).ending, AppendEnding::kCommitted);
  }
  return log;
}

// The sequences of all events until the end or an error.
std::vector<std::uint64_t> takeAll(EventFeed& feed, Result<void>& ended) {
  std::vector<std::uint64_t> taken;
  while (true) {
    const auto part = feed.next();
    if (!part) ended = part.error();
    if (!part || part->empty()) return taken;
    for (const Event& event : *part) taken.push_back(event.sequence.value);
  }
}

TEST(EventFeed, GivesEveryEventInOrder) {
  EventFeed feed(manyEvents(), Sequence{10}, TreeSize{kMany});
  Result<void> ended;
  const auto taken = takeAll(feed, ended);
  EXPECT_TRUE(ended);
  ASSERT_EQ(taken.size(), kMany - 10);
  for (std::size_t i = 0; i < taken.size(); ++i) ASSERT_EQ(taken[i], i + 10);
  EXPECT_TRUE(feed.next()->empty()) << "the end stays the end";
}

TEST(EventFeed, OfNoEventsEndsAtOnce) {
  EventFeed feed(manyEvents(), Sequence{5}, TreeSize{5});
  EXPECT_TRUE(feed.next()->empty());
}

TEST(EventFeed, StopsWhereNobodyTakesTheRest) {
  EventFeed unread(manyEvents(), Sequence{0}, TreeSize{kMany});
  EventFeed begun(manyEvents(), Sequence{0}, TreeSize{kMany});
  EXPECT_FALSE(begun.next()->empty());
}

TEST(EventFeed, GivesWhatComesBeforeADamagedRecordAndThenTheError) {
  MemoryLogStore log;
  LogBatch batch{.id = *newBatchId(), .entries = {}};
  for (std::uint64_t i = 0; i < 400; ++i) batch.entries.push_back(*manyEvents().read(Sequence{i}));
  ASSERT_EQ(log.append(TreeSize{0}, batch).ending, AppendEnding::kCommitted);
  log.damageRecord(Sequence{300}, "something else");
  EventFeed feed(log, Sequence{0}, TreeSize{400});
  Result<void> ended;
  EXPECT_EQ(takeAll(feed, ended).size(), 300U);
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, ErrorCode::kDamaged);
}

}  // namespace
}  // namespace robotledger
