#include "projections/row_writer.h"

#include <gtest/gtest.h>

#include "projections/memory_row_store.h"

namespace robotledger {
namespace {

RowBatch batchOf(const Bytes& key, const Bytes& value) {
  RowBatch batch;
  batch.put(key, value);
  return batch;
}

// Refuses the batches from the third on.
class FailingRows final : public RowStore {
 public:
  Result<void> write(const RowBatch& batch) override {
    if (++writes > 2) return Error{ErrorCode::kIo, "write " + std::to_string(writes)};
    return rows.write(batch);
  }
  Result<void> flush() override { return rows.flush(); }
  Result<void> beginBulk() override { return rows.beginBulk(); }
  Result<void> endBulk() override { return rows.endBulk(); }
  Result<void> clear() override { return rows.clear(); }
  std::shared_ptr<const RowSnapshot> snapshot() const override { return rows.snapshot(); }
  std::uint64_t diskBytes() const override { return 0; }

  MemoryRowStore rows;
  int writes = 0;
};

TEST(RowWriter, WritesInOrder) {
  MemoryRowStore rows;
  RowWriter writer(rows);
  for (int i = 0; i < 200; ++i) writer.write(batchOf("key", std::to_string(i)));
  ASSERT_TRUE(writer.finish());
  EXPECT_EQ(*rows.snapshot()->get("key"), "199");
}

TEST(RowWriter, GoesOnAfterItWasFinished) {
  MemoryRowStore rows;
  RowWriter writer(rows);
  ASSERT_TRUE(writer.finish());
  writer.write(batchOf("key", "value"));
  ASSERT_TRUE(writer.finish());
  EXPECT_EQ(*rows.snapshot()->get("key"), "value");
}

TEST(RowWriter, WritesWhatWaitsWhenItEnds) {
  MemoryRowStore rows;
  {
    RowWriter writer(rows);
    for (int i = 0; i < 20; ++i) writer.write(batchOf(std::to_string(i), "value"));
  }
  for (int i = 0; i < 20; ++i) EXPECT_EQ(*rows.snapshot()->get(std::to_string(i)), "value");
}

TEST(RowWriter, TellsOfTheFirstFailureAndWritesNothingMore) {
  FailingRows rows;
  RowWriter writer(rows);
  for (int i = 0; i < 5; ++i) writer.write(batchOf(std::to_string(i), "value"));
  const auto written = writer.finish();
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().message, "write 3");
  EXPECT_EQ(rows.writes, 3);
  EXPECT_EQ(*rows.snapshot()->get("1"), "value");
  EXPECT_EQ(*rows.snapshot()->get("2"), std::nullopt);
}

}  // namespace
}  // namespace robotledger
