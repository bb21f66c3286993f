// One suite over both row stores, against std::map.
#include "projections/row_store.h"

#include <filesystem>
#include <map>
#include <random>

#include <gtest/gtest.h>

#include "projections/memory_row_store.h"
#include "projections/no_rows.h"
#include "projections/rocks_row_store.h"

namespace robotledger {
namespace {

using Model = std::map<Bytes, Bytes>;

class MemoryKind {
 public:
  RowStore& store() { return store_; }

 private:
  MemoryRowStore store_;
};

class RocksKind {
 public:
  RocksKind() {
    std::string path = (std::filesystem::temp_directory_path() / "robotledger-XXXXXX").string();
    if (mkdtemp(path.data()) == nullptr) ADD_FAILURE() << "no directory for the test";
    directory_ = path;
    open();
  }
  RocksKind(const RocksKind&) = delete;
  RocksKind& operator=(const RocksKind&) = delete;
  ~RocksKind() {
    store_.reset();
    std::filesystem::remove_all(directory_);
  }
  RowStore& store() { return *store_; }
  void open() {
    store_.reset();
    // So small that rows go to the disk all the time.
    auto opened = openRocksRowStore(rows().string(), {.write_buffer_bytes = 64 << 10});
    ASSERT_TRUE(opened) << opened.error().message;
    store_ = *std::move(opened);
  }
  std::filesystem::path rows() const { return directory_ / "rows"; }
  std::filesystem::path directory() const { return directory_; }

 private:
  std::filesystem::path directory_;
  std::unique_ptr<RowStore> store_;
};

template <class Kind>
class RowStoreSuite : public testing::Test {
 protected:
  RowStore& store() { return kind_.store(); }
  Kind kind_;
};

using Kinds = testing::Types<MemoryKind, RocksKind>;
TYPED_TEST_SUITE(RowStoreSuite, Kinds);

// Few keys, so that they meet; the empty one and such as sort as unsigned bytes among them.
Bytes randomKey(std::mt19937& random) {
  static constexpr char kBytes[] = {'\0', 'a', 'b', '\x7f', '\x80', '\xff'};
  Bytes key(random() % 4, '\0');
  for (char& c : key) c = kBytes[random() % sizeof(kBytes)];
  return key;
}

RowBatch randomBatch(std::mt19937& random, Model& model) {
  RowBatch batch;
  for (auto i = random() % 20; i > 0; --i) {
    const Bytes key = randomKey(random);
    if (random() % 3 == 0) {
      batch.remove(key);
      model.erase(key);
    } else {
      const Bytes value(random() % 200, static_cast<char>(random()));
      batch.put(key, value);
      model[key] = value;
    }
  }
  return batch;
}

void expectRow(const RowCursor& cursor, const Model& model, Model::const_iterator row) {
  ASSERT_TRUE(cursor.status());
  ASSERT_EQ(cursor.valid(), row != model.end());
  if (!cursor.valid()) return;
  ASSERT_EQ(cursor.key(), row->first);
  ASSERT_EQ(cursor.value(), row->second);
}

void expectCursorMoves(const RowSnapshot& rows, const Model& model, std::mt19937& random) {
  const auto cursor = rows.cursor();
  const Bytes key = randomKey(random);
  const bool forward = random() % 2 == 0;
  Model::const_iterator row;
  if (forward) {
    cursor->seek(key);
    row = model.lower_bound(key);
  } else {
    cursor->seekForPrev(key);
    row = model.upper_bound(key);
    row = row == model.begin() ? model.end() : std::prev(row);
  }
  for (int step = 0; step < 6; ++step) {
    expectRow(*cursor, model, row);
    if (!cursor->valid()) return;
    if (random() % 3 == 0) {
      cursor->prev();
      row = row == model.begin() ? model.end() : std::prev(row);
    } else {
      cursor->next();
      ++row;
    }
  }
}

void expectSame(const RowSnapshot& rows, const Model& model) {
  const auto cursor = rows.cursor();
  auto row = model.begin();
  for (cursor->seek(""); cursor->valid(); cursor->next(), ++row) {
    ASSERT_NE(row, model.end());
    expectRow(*cursor, model, row);
  }
  ASSERT_TRUE(cursor->status());
  ASSERT_EQ(row, model.end());
}

TYPED_TEST(RowStoreSuite, AnswersAsAMapDoes) {
  std::mt19937 random(3);
  Model model;
  for (int round = 0; round < 2000; ++round) {
    ASSERT_TRUE(this->store().write(randomBatch(random, model)));
    if (random() % 100 == 0) {
      ASSERT_TRUE(this->store().flush());
    }
    if (round == 500) {
      ASSERT_TRUE(this->store().beginBulk());
    }
    if (round == 1500) {
      ASSERT_TRUE(this->store().endBulk());
    }
    const auto rows = this->store().snapshot();
    std::vector<Bytes> keys;
    for (int i = 0; i < 5; ++i) keys.push_back(randomKey(random));
    const auto many = rows->getMany(keys);
    ASSERT_TRUE(many);
    for (std::size_t i = 0; i < keys.size(); ++i) {
      const auto one = rows->get(keys[i]);
      ASSERT_TRUE(one);
      ASSERT_EQ(*one, (*many)[i]);
      const auto row = model.find(keys[i]);
      ASSERT_EQ(*one, row == model.end() ? std::nullopt : std::optional(row->second));
    }
    expectCursorMoves(*rows, model, random);
    if (this->HasFatalFailure()) return;
  }
  expectSame(*this->store().snapshot(), model);
}

TYPED_TEST(RowStoreSuite, SnapshotsKeepTheirRowsWhateverIsWrittenLater) {
  std::mt19937 random(4);
  Model model;
  std::vector<std::pair<std::shared_ptr<const RowSnapshot>, Model>> taken;
  for (int round = 0; round < 400; ++round) {
    ASSERT_TRUE(this->store().write(randomBatch(random, model)));
    if (random() % 10 == 0) taken.emplace_back(this->store().snapshot(), model);
    if (random() % 50 == 0) {
      ASSERT_TRUE(this->store().flush());
    }
    if (taken.size() > 8) taken.erase(taken.begin() + static_cast<int>(random() % taken.size()));
    if (random() % 10 != 0) continue;
    for (const auto& [rows, then] : taken) expectSame(*rows, then);
    if (this->HasFatalFailure()) return;
  }
}

TYPED_TEST(RowStoreSuite, WithoutARowSaysWhatNoRowsSays) {
  const NoRows none;
  const auto empty = this->store().snapshot();
  EXPECT_EQ(*none.get("a"), *empty->get("a"));
  EXPECT_EQ(*none.getMany({"a", "b"}), *empty->getMany({"a", "b"}));
  for (const RowSnapshot* rows : {static_cast<const RowSnapshot*>(&none), empty.get()}) {
    const auto cursor = rows->cursor();
    cursor->seek("");
    EXPECT_FALSE(cursor->valid());
    cursor->seekForPrev("\xff");
    EXPECT_FALSE(cursor->valid());
    EXPECT_TRUE(cursor->status());
  }
}

TYPED_TEST(RowStoreSuite, SeeksPastBothEnds) {
  const auto empty = this->store().snapshot()->cursor();
  empty->seek("");
  EXPECT_FALSE(empty->valid());
  empty->seekForPrev("\xff");
  EXPECT_FALSE(empty->valid());

  RowBatch batch;
  batch.put("b", "1");
  batch.put("d", "2");
  ASSERT_TRUE(this->store().write(batch));
  const auto rows = this->store().snapshot();
  const auto cursor = rows->cursor();
  cursor->seekForPrev("a");
  EXPECT_FALSE(cursor->valid());
  cursor->seekForPrev("z");
  ASSERT_TRUE(cursor->valid());
  EXPECT_EQ(cursor->key(), "d");
  cursor->seekForPrev("c");
  ASSERT_TRUE(cursor->valid());
  EXPECT_EQ(cursor->key(), "b");
  cursor->prev();
  EXPECT_FALSE(cursor->valid());
  cursor->seek("e");
  EXPECT_FALSE(cursor->valid());
  EXPECT_TRUE(cursor->status());
}

TYPED_TEST(RowStoreSuite, ALaterChangeInABatchWins) {
  RowBatch batch;
  batch.put("a", "1");
  batch.remove("a");
  batch.put("b", "1");
  batch.put("b", "2");
  batch.remove("c");
  batch.put("c", "3");
  ASSERT_TRUE(this->store().write(batch));
  expectSame(*this->store().snapshot(), {{"b", "2"}, {"c", "3"}});
}

TYPED_TEST(RowStoreSuite, ClearingDropsEveryRowAndWritingGoesOn) {
  std::mt19937 random(6);
  Model model;
  for (int i = 0; i < 200; ++i) ASSERT_TRUE(this->store().write(randomBatch(random, model)));
  {
    const auto rows = this->store().snapshot();
    const auto refused = this->store().clear();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kInUse);
    expectSame(*rows, model);
  }
  ASSERT_TRUE(this->store().clear());
  expectSame(*this->store().snapshot(), {});
  EXPECT_EQ(this->store().diskBytes(), 0U);
  Model after;
  ASSERT_TRUE(this->store().write(randomBatch(random, after)));
  expectSame(*this->store().snapshot(), after);
}

TEST(RocksRowStore, ReopeningFindsWhatWasClosedWell) {
  RocksKind kind;
  std::mt19937 random(8);
  Model model;
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < 100; ++i) ASSERT_TRUE(kind.store().write(randomBatch(random, model)));
    kind.open();
    expectSame(*kind.store().snapshot(), model);
  }
}

// Copies the files under a store that runs on, as a crash leaves them: without what is in memory.
TEST(RocksRowStore, WhatACrashLeavesIsWhatSomeOfTheFirstBatchesMade) {
  RocksKind kind;
  std::mt19937 random(9);
  constexpr std::uint64_t kBatches = 3000;
  for (std::uint64_t i = 1; i <= kBatches; ++i) {
    RowBatch batch;
    batch.put("position", std::to_string(i));
    batch.put("row-" + std::to_string(i), Bytes(random() % 300, 'x'));
    ASSERT_TRUE(kind.store().write(batch));
  }
  const auto copy = kind.directory() / "copy";
  // A file may go away while they are copied; then they are copied anew.
  std::error_code failed;
  do {
    std::filesystem::remove_all(copy);
    std::filesystem::copy(kind.rows(), copy, failed);
  } while (failed);

  auto crashed = openRocksRowStore(copy.string(), {});
  ASSERT_TRUE(crashed) << crashed.error().message;
  const auto rows = (*crashed)->snapshot();
  const auto position = rows->get("position");
  ASSERT_TRUE(position && position->has_value());
  const std::uint64_t last = std::stoull(**position);
  EXPECT_GT(last, 0U);
  EXPECT_LT(last, kBatches);
  for (std::uint64_t i = 1; i <= kBatches; ++i) {
    const auto row = rows->get("row-" + std::to_string(i));
    ASSERT_TRUE(row);
    ASSERT_EQ(row->has_value(), i <= last) << i << " of " << last;
  }
}

TEST(RocksRowStore, ClosingGivesUpNoFlushThatIsOnItsWay) {
  const RocksKind kind;
  const std::string path = (kind.directory() / "large").string();
  std::mt19937 random(5);
  RowBatch batch;
  for (int i = 0; i < 20000; ++i) {
    Bytes value(1000, '\0');
    for (char& c : value) c = static_cast<char>(random());
    batch.put(std::to_string(i), std::move(value));
  }
  {
    const auto store = openRocksRowStore(path, {});
    ASSERT_TRUE(store);
    ASSERT_TRUE((*store)->write(batch));
    ASSERT_TRUE((*store)->flush());
  }
  const auto again = openRocksRowStore(path, {});
  ASSERT_TRUE(again);
  const auto row = (*again)->snapshot()->get("19999");
  EXPECT_TRUE(row && row->has_value());
}

TEST(RocksRowStore, ClearingRemovesTheFiles) {
  RocksKind kind;
  for (int i = 0; i < 50; ++i) {
    RowBatch batch;
    batch.put(std::to_string(i), Bytes(20000, 'x'));
    ASSERT_TRUE(kind.store().write(batch));
  }
  kind.open();
  EXPECT_GT(kind.store().diskBytes(), 0U);
  ASSERT_TRUE(kind.store().clear());
  for (const auto& entry : std::filesystem::directory_iterator(kind.rows())) {
    EXPECT_NE(entry.path().extension(), ".sst") << entry.path();
  }
}

TEST(RocksRowStore, ASecondOpenerIsToldThatItIsInUse) {
  RocksKind kind;
  const auto second = openRocksRowStore(kind.rows().string(), {});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kInUse);
}

TEST(RocksRowStore, AMissingFileIsDamage) {
  RocksKind kind;
  RowBatch batch;
  batch.put("a", "1");
  ASSERT_TRUE(kind.store().write(batch));
  kind.open();  // the row is in a file now
  const auto copy = kind.directory() / "copy";
  std::filesystem::copy(kind.rows(), copy);
  for (const auto& entry : std::filesystem::directory_iterator(copy)) {
    if (entry.path().extension() == ".sst") std::filesystem::remove(entry.path());
  }
  const auto damaged = openRocksRowStore(copy.string(), {});
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().code, ErrorCode::kViewsDamaged);
}

}  // namespace
}  // namespace robotledger
