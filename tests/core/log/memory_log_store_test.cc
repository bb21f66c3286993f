#include "core/log/memory_log_store.h"

#include <gtest/gtest.h>

#include "tests/core/log/log_testing.h"

namespace robotledger {
namespace {

TEST(MemoryLogStore, AnAppendThatIsNotWrittenMayBeTriedAgain) {
  MemoryLogStore store;
  fillTo(store, 5);
  store.breakNextAppend(MemoryFault::kNotWritten);
  const AppendOutcome failed = store.append(TreeSize{5}, numberedBatch(5, 1));
  EXPECT_EQ(failed.ending, AppendEnding::kNotWritten);
  EXPECT_EQ(failed.error.code, ErrorCode::kIo);
  fillTo(store, 7);
  expectNumbered(store, 7);
}

TEST(MemoryLogStore, AfterAnUnknownEndingNothingIsTakenUntilItIsReopened) {
  for (const MemoryFault fault : {MemoryFault::kUnknownLost, MemoryFault::kUnknownKept}) {
    MemoryLogStore store;
    fillTo(store, 255);
    const LogHead before = store.head();
    store.breakNextAppend(fault);
    const LogBatch batch = numberedBatch(255, 3);
    const AppendOutcome unknown = store.append(TreeSize{255}, batch);
    EXPECT_EQ(unknown.ending, AppendEnding::kUnknown);
    EXPECT_EQ(unknown.head, before);
    expectNumbered(store, 255);
    EXPECT_EQ(store.hashTile(0, 0, 256).error().code, ErrorCode::kNotFound);

    const AppendOutcome refused = store.append(TreeSize{255}, numberedBatch(255, 1));
    EXPECT_EQ(refused.ending, AppendEnding::kNotWritten);
    EXPECT_EQ(refused.error.code, ErrorCode::kClosed);

    const bool kept = fault == MemoryFault::kUnknownKept;
    auto found = store.reopen();
    EXPECT_EQ(found->head().batch == batch.id, kept);
    expectNumbered(*found, kept ? 258 : 255);
    fillTo(*found, 300);
    expectNumbered(*found, 300);
  }
}

TEST(MemoryLogStore, ADamagedRecordIsNamedWhereverItIsRead) {
  MemoryLogStore store;
  fillTo(store, 20);
  store.damageRecord(Sequence{7}, "entry-8");
  auto record = store.read(Sequence{7});
  ASSERT_FALSE(record);
  EXPECT_EQ(record.error().code, ErrorCode::kDamaged);
  EXPECT_NE(record.error().message.find("record 7 "), std::string::npos);
  auto cursor = store.scan(Sequence{7}, TreeSize{9});
  ASSERT_TRUE(cursor);
  EXPECT_EQ((*cursor)->next().error().code, ErrorCode::kDamaged);
  EXPECT_TRUE(store.read(Sequence{8}));
}

}  // namespace
}  // namespace robotledger
