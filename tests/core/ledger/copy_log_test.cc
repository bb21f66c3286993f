#include "core/ledger/copy_log.h"

#include "core/base/limits.h"
#include "core/log/memory_log_store.h"
#include "core/log/tile_tree.h"
#include "tests/core/log/log_testing.h"
#include "tests/core/log/published_store.h"

namespace robotledger {
namespace {

TEST(CopyLog, HasEveryRecordAndTheSameRoot) {
  for (const std::size_t size : {0U, 1U, 256U, 4096U, 4097U, 10000U}) {
    MemoryLogStore from;
    fillTo(from, size);
    TestDirectory directory;
    const auto to = openedLog(directory.log(), LogOpening::kCreateIfMissing);
    std::uint64_t told = 0;
    const auto copied = copyLog(from, *to, [&](TreeSize done, TreeSize all) {
      EXPECT_GT(done.value, told);
      EXPECT_EQ(all.value, size);
      told = done.value;
    });
    ASSERT_TRUE(copied) << copied.error().message;
    EXPECT_EQ(*copied, to->head());
    EXPECT_EQ(told, size);
    expectNumbered(*to, size);
  }
}

TEST(CopyLog, CopiesFromWhatWasPublished) {
  MemoryLogStore log;
  fillTo(log, 700);
  PublishedFiles files;
  ASSERT_TRUE(writeTileTree(log, TreeSize{0}, TreeSize{700}, files.writer()));
  MemoryLogStore to;
  const auto copied = copyLog(*openTileLog(TreeSize{700}, log.head().root, files.reader()), to, {});
  ASSERT_TRUE(copied) << copied.error().message;
  EXPECT_EQ(copied->root, log.head().root);
  expectNumbered(to, 700);
}

// The largest entries: batches are bounded by their bytes as well.
TEST(CopyLog, KeepsItsBatchesSmall) {
  MemoryLogStore from;
  for (std::uint64_t i = 0; i < 200; ++i) {
    const LogBatch batch{.id = {}, .entries = {Bytes(kMaxEntryBytes, static_cast<char>(i))}};
    ASSERT_EQ(from.append(TreeSize{i}, batch).ending, AppendEnding::kCommitted);
  }
  MemoryLogStore to;
  int batches = 0;
  ASSERT_TRUE(copyLog(from, to, [&](TreeSize, TreeSize) { ++batches; }));
  EXPECT_EQ(batches, 4);
  EXPECT_EQ(to.head().root, from.head().root);
}

TEST(CopyLog, RefusesALogThatHasRecords) {
  MemoryLogStore from;
  MemoryLogStore to;
  fillTo(to, 1);
  EXPECT_EQ(copyLog(from, to, {}).error().code, ErrorCode::kInvalidArgument);
  expectNumbered(to, 1);
}

TEST(CopyLog, SaysThatARecordIsDamaged) {
  MemoryLogStore from;
  fillTo(from, 300);
  from.damageRecord(Sequence{200}, "other");
  MemoryLogStore to;
  const auto copied = copyLog(from, to, {});
  ASSERT_FALSE(copied);
  EXPECT_EQ(copied.error().code, ErrorCode::kDamaged);
  EXPECT_TRUE(copied.error().message.starts_with("record 200 was changed"));
}

// All hashes were computed anew for the changed record, and only the root is of what was signed.
TEST(CopyLog, SaysThatTheRootIsNotWhatTheHeadSays) {
  MemoryLogStore other;
  ASSERT_EQ(other.append(TreeSize{0}, {.id = {}, .entries = {"changed"}}).ending,
            AppendEnding::kCommitted);
  PublishedFiles files;
  ASSERT_TRUE(writeTileTree(other, TreeSize{0}, TreeSize{1}, files.writer()));
  MemoryLogStore to;
  const Digest root = naiveRoot(numberedLeaves(1));
  const auto copied = copyLog(*openTileLog(TreeSize{1}, root, files.reader()), to, {});
  ASSERT_FALSE(copied);
  EXPECT_EQ(
      copied.error(),
      (Error{ErrorCode::kDamaged,
             "what was copied is 1 records with the root " + toHex(digestBytes(other.head().root)) +
                 ", and the log says 1 with the root " + toHex(digestBytes(root))}));
}

TEST(CopyLog, FailsAsAnAppendDoes) {
  MemoryLogStore from;
  fillTo(from, 300);
  MemoryLogStore to;
  to.breakNextAppend(MemoryFault::kUnknownKept);
  EXPECT_EQ(copyLog(from, to, {}).error().code, ErrorCode::kOutcomeUnknown);
}

}  // namespace
}  // namespace robotledger
