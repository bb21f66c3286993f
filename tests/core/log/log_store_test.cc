// One suite over all stores: what LogStore promises.
#include "core/log/log_store.h"

#include <atomic>
#include <thread>

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "core/log/guard.h"
#include "core/log/memory_log_store.h"
#include "core/merkle/tiles.h"
#include "tests/core/log/log_testing.h"
#include "tests/core/log/published_store.h"

namespace robotledger {
namespace {

class MemoryKind {
 public:
  MemoryKind() : store_(std::make_unique<MemoryLogStore>()) {}
  LogStore& store() { return *store_; }
  void reopen() { store_ = store_->reopen(); }

 private:
  std::unique_ptr<MemoryLogStore> store_;
};

class RocksKind {
 public:
  RocksKind() : store_(openedLog(directory_.log(), LogOpening::kCreateIfMissing)) {}
  LogStore& store() { return *store_; }
  void reopen() {
    store_.reset();
    store_ = openedLog(directory_.log());
  }

 private:
  TestDirectory directory_;
  std::unique_ptr<LogStore> store_;
};

// The same with a guard, which is asked whenever the log is opened.
class GuardedKind {
 public:
  GuardedKind() {
    auto log = openedLog(directory_.log(), LogOpening::kCreateIfMissing);
    const LogHead head = log->head();
    EXPECT_TRUE(Guard::create(guard(), {.first = {}, .size = head.size, .root = head.root}));
    store_ = guardLog(std::move(log), *Guard::open(guard()));
  }
  LogStore& store() { return *store_; }
  void reopen() {
    const LogHead head = store_->head();
    store_.reset();
    auto opened = Guard::open(guard());
    ASSERT_TRUE(opened);
    EXPECT_EQ((*opened)->state().size, head.size);
    EXPECT_EQ((*opened)->state().root, head.root);
    store_ = guardLog(openedLog(directory_.log()), *std::move(opened));
  }

 private:
  std::string guard() const { return (directory_.path() / "guard").string(); }
  TestDirectory directory_;
  std::unique_ptr<LogStore> store_;
};

// A log in memory, read from the files in which it is published.
class PublishedKind {
 public:
  LogStore& store() { return store_; }
  void reopen() { store_.reopen(); }

 private:
  PublishedStore store_;
};

template <class Kind>
class LogStoreSuite : public testing::Test {
 protected:
  LogStore& store() { return kind_.store(); }
  Kind kind_;
};

using Kinds = testing::Types<MemoryKind, RocksKind, GuardedKind, PublishedKind>;
TYPED_TEST_SUITE(LogStoreSuite, Kinds);

TYPED_TEST(LogStoreSuite, IsEmptyAtFirst) {
  const LogHead head = this->store().head();
  EXPECT_EQ(head.size.value, 0U);
  EXPECT_EQ(head.root, sha256(""));
  EXPECT_EQ(head.batch, BatchId{});
  auto record = this->store().read(Sequence{0});
  ASSERT_FALSE(record);
  EXPECT_EQ(record.error().code, ErrorCode::kNotFound);
  expectNumbered(this->store(), 0);
  this->kind_.reopen();
  EXPECT_EQ(this->store().head(), head);
}

TYPED_TEST(LogStoreSuite, RootIsTheNaiveTreesAfterEachAppend) {
  std::mt19937 random(5);
  const std::vector<Digest> leaves = numberedLeaves(1500);
  for (std::size_t at = 0; at < leaves.size();) {
    const std::size_t count = std::min<std::size_t>(leaves.size() - at, random() % 40 + 1);
    const LogBatch batch = numberedBatch(at, count);
    const AppendOutcome outcome = this->store().append(TreeSize{at}, batch);
    at += count;
    ASSERT_EQ(outcome.ending, AppendEnding::kCommitted) << outcome.error.message;
    ASSERT_EQ(outcome.head.size.value, at);
    ASSERT_EQ(outcome.head.root, naiveRoot(std::span(leaves).first(at)));
    ASSERT_EQ(outcome.head.batch, batch.id);
    ASSERT_EQ(outcome.head, this->store().head());
  }
  expectNumbered(this->store(), leaves.size());
}

TYPED_TEST(LogStoreSuite, AnotherSizeThanExpectedIsAConflictAndWritesNothing) {
  fillTo(this->store(), 10);
  const LogHead head = this->store().head();
  for (const std::uint64_t expected : {0U, 9U, 11U}) {
    const AppendOutcome outcome =
        this->store().append(TreeSize{expected}, numberedBatch(expected, 2));
    EXPECT_EQ(outcome.ending, AppendEnding::kConflict);
    EXPECT_EQ(outcome.head, head);
    EXPECT_FALSE(outcome.error.message.empty());
  }
  this->kind_.reopen();
  expectNumbered(this->store(), 10);
}

TYPED_TEST(LogStoreSuite, BatchesOutOfBoundsAreNotWrittenAndStopNothing) {
  const std::vector<std::vector<Bytes>> refused = {
      {}, {""}, {"a", ""}, {Bytes(kMaxEntryBytes + 1, 'x')}, {"a", Bytes(1 << 20, 'x')}};
  for (const auto& entries : refused) {
    const AppendOutcome outcome = this->store().append(TreeSize{0}, {.id = {}, .entries = entries});
    EXPECT_EQ(outcome.ending, AppendEnding::kNotWritten);
    EXPECT_EQ(outcome.error.code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(outcome.head.size.value, 0U);
  }
  const std::vector<Bytes> longest = {Bytes(kMaxEntryBytes, 'x'), "y"};
  const AppendOutcome outcome = this->store().append(TreeSize{0}, {.id = {}, .entries = longest});
  ASSERT_EQ(outcome.ending, AppendEnding::kCommitted) << outcome.error.message;
  EXPECT_EQ(outcome.head.root, naiveRoot(naiveLeaves(longest)));
  auto record = this->store().read(Sequence{0});
  ASSERT_TRUE(record);
  EXPECT_EQ(*record, longest[0]);
}

TYPED_TEST(LogStoreSuite, ReadsEveryRecordAndNoneBeyond) {
  fillTo(this->store(), 300, 7);
  for (std::size_t i = 0; i < 300; ++i) {
    auto record = this->store().read(Sequence{i});
    ASSERT_TRUE(record) << record.error().message;
    EXPECT_EQ(*record, numberedEntry(i));
  }
  auto beyond = this->store().read(Sequence{300});
  ASSERT_FALSE(beyond);
  EXPECT_EQ(beyond.error().code, ErrorCode::kNotFound);
}

TYPED_TEST(LogStoreSuite, ScansAnyRangeAndRefusesOthers) {
  fillTo(this->store(), 100);
  for (const auto& [from, until] :
       {std::pair(0U, 0U), {0U, 100U}, {17U, 18U}, {99U, 100U}, {100U, 100U}, {40U, 60U}}) {
    auto cursor = this->store().scan(Sequence{from}, TreeSize{until});
    ASSERT_TRUE(cursor);
    for (std::size_t i = from; i < until; ++i) {
      auto entry = (*cursor)->next();
      ASSERT_TRUE(entry && entry->has_value());
      EXPECT_EQ(**entry, numberedEntry(i));
    }
    for (int again = 0; again < 2; ++again) {
      auto end = (*cursor)->next();
      ASSERT_TRUE(end);
      EXPECT_FALSE(end->has_value());
    }
  }
  for (const auto& [from, until] : {std::pair(0U, 101U), {101U, 101U}, {5U, 4U}}) {
    auto cursor = this->store().scan(Sequence{from}, TreeSize{until});
    ASSERT_FALSE(cursor);
    EXPECT_EQ(cursor.error().code, ErrorCode::kInvalidArgument);
  }
}

TYPED_TEST(LogStoreSuite, ACursorDoesNotSeeWhatIsAppendedLater) {
  fillTo(this->store(), 10);
  auto cursor = this->store().scan(Sequence{0}, TreeSize{10});
  ASSERT_TRUE(cursor);
  fillTo(this->store(), 20);
  for (int i = 0; i < 10; ++i) ASSERT_TRUE((*cursor)->next()->has_value());
  EXPECT_FALSE((*cursor)->next()->has_value());
}

template <class Store>
void expectTiles(const Store& store, std::span<const Digest> leaves) {
  for (unsigned level = 0; level < 4; ++level) {
    const std::uint64_t last = hashesAtLevel(level, TreeSize{leaves.size()}) / kTileWidth;
    for (std::uint64_t index = last > 2 ? last - 2 : 0; index <= last + 1; ++index) {
      const Bytes tile = naiveTile(leaves, level, index);
      for (const std::size_t width : {1UL, tile.size() / 64, tile.size() / 32}) {
        if (width == 0 || width * 32 > tile.size()) continue;
        auto hashes = store.hashTile(level, index, static_cast<unsigned>(width));
        ASSERT_TRUE(hashes) << hashes.error().message;
        EXPECT_EQ(*hashes, tile.substr(0, width * 32)) << level << "/" << index << "/" << width;
      }
      if (tile.size() == kTileBytes) continue;
      auto wider = store.hashTile(level, index, static_cast<unsigned>(tile.size() / 32) + 1);
      ASSERT_FALSE(wider);
      EXPECT_EQ(wider.error().code, ErrorCode::kNotFound);
    }
  }
}

TYPED_TEST(LogStoreSuite, TilesAreThoseOfTheDefinitionAlsoAfterReopening) {
  const std::vector<Digest> leaves = numberedLeaves(66100);
  for (const std::size_t size : {1U, 255U, 256U, 257U, 600U, 65535U, 65536U, 66100U}) {
    fillTo(this->store(), size, 4000);
    expectTiles(this->store(), std::span(leaves).first(size));
    this->kind_.reopen();
    EXPECT_EQ(this->store().head().root, naiveRoot(std::span(leaves).first(size)));
    expectTiles(this->store(), std::span(leaves).first(size));
  }
  for (const unsigned width : {0U, 257U}) {
    auto hashes = this->store().hashTile(0, 0, width);
    ASSERT_FALSE(hashes);
    EXPECT_EQ(hashes.error().code, ErrorCode::kInvalidArgument);
  }
  EXPECT_EQ(this->store().hashTile(63, 0, 1).error().code, ErrorCode::kNotFound);
}

TYPED_TEST(LogStoreSuite, ReopeningFindsTheSameHeadAndGrowsOn) {
  std::size_t size = 0;
  for (const std::size_t more : {1U, 254U, 1U, 300U, 5U}) {
    size += more;
    fillTo(this->store(), size, 100);
    const LogHead head = this->store().head();
    this->kind_.reopen();
    EXPECT_EQ(this->store().head(), head);
    expectNumbered(this->store(), size);
  }
}

// One reader's round: what it sees is whole, whatever the writer does meanwhile.
void readOnce(const LogStore& store, std::mt19937& random) {
  const LogHead head = store.head();
  if (head.size.value == 0) return;
  const std::uint64_t at = random() % head.size.value;
  auto record = store.read(Sequence{at});
  ASSERT_TRUE(record) << record.error().message;
  EXPECT_EQ(*record, numberedEntry(at));
  const unsigned width = tileWidth({0, at / kTileWidth}, head.size);
  auto tile = store.hashTile(0, at / kTileWidth, width);
  ASSERT_TRUE(tile) << tile.error().message;
  EXPECT_EQ(tile->substr(at % kTileWidth * 32, 32), digestBytes(naiveLeafHash(*record)));
  auto cursor = store.scan(Sequence{at}, head.size);
  ASSERT_TRUE(cursor);
  for (std::uint64_t i = at; i < std::min(head.size.value, at + 20); ++i) {
    auto entry = (*cursor)->next();
    ASSERT_TRUE(entry && entry->has_value());
    EXPECT_EQ(**entry, numberedEntry(i));
  }
}

TYPED_TEST(LogStoreSuite, ReadersOnOtherThreadsSeeWholeBatches) {
  std::atomic<bool> done = false;
  std::vector<std::thread> readers;
  for (unsigned seed = 0; seed < 3; ++seed) {
    readers.emplace_back([&, seed] {
      std::mt19937 random(seed);
      while (!done) readOnce(this->store(), random);
    });
  }
  fillTo(this->store(), 6000, 37);
  done = true;
  for (std::thread& reader : readers) reader.join();
  expectNumbered(this->store(), 6000);
}

}  // namespace
}  // namespace robotledger
