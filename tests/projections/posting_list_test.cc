#include "projections/posting_list.h"

#include <algorithm>
#include <random>

#include <gtest/gtest.h>

#include "projections/memory_row_store.h"
#include "projections/row_keys.h"

namespace robotledger {
namespace {

// Puts a list in parts of the size given.
void putList(RowStore& rows, const Bytes& prefix, const std::vector<std::uint64_t>& entries,
             std::size_t part_size) {
  RowBatch batch;
  for (std::size_t i = 0; i < entries.size(); i += part_size) {
    Bytes key = prefix;
    putBigEndian64(key, entries[i]);
    Bytes part;
    for (std::size_t j = i + 1; j < std::min(i + part_size, entries.size()); ++j) {
      putVarint(part, entries[j] - entries[j - 1]);
    }
    batch.put(key, part);
  }
  ASSERT_TRUE(rows.write(batch));
}

std::vector<std::uint64_t> randomEntries(std::mt19937_64& random, std::size_t count) {
  std::vector<std::uint64_t> entries;
  std::uint64_t last = random() % 5;
  for (; count > 0; --count) {
    entries.push_back(last);
    last += 1 + random() % (random() % 4 == 0 ? 1000 : 3);
  }
  return entries;
}

const Bytes kAnn = postingPrefix(PostingIndex::kActor, "ann");

TEST(PostingList, IsSoughtThroughAsAVectorIs) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 300; ++round) {
    const auto entries = randomEntries(random, random() % 60);
    MemoryRowStore rows;
    putList(rows, kAnn, entries, 1 + random() % 7);
    // The neighbours are not to be seen.
    putList(rows, postingPrefix(PostingIndex::kActor, "alice"), {1, 5000, 900000}, 2);
    putList(rows, postingPrefix(PostingIndex::kActor, "anna"), {2, 6000, 900001}, 2);
    const auto snapshot = rows.snapshot();
    PostingCursor cursor(*snapshot, kAnn);
    std::uint64_t from = random() % 3;
    for (int seeks = 0; seeks < 80; ++seeks) {
      const auto found = cursor.seek(Sequence{from});
      ASSERT_TRUE(found);
      const auto expected = std::lower_bound(entries.begin(), entries.end(), from);
      ASSERT_EQ(found->has_value(), expected != entries.end()) << "from " << from;
      if (!*found) break;
      ASSERT_EQ((*found)->value, *expected) << "from " << from;
      // The same again, the next one, or far ahead.
      from = (*found)->value + (random() % 3) * (random() % 200);
    }
  }
}

TEST(PostingList, ThatIsNotThereHasNoEntries) {
  MemoryRowStore rows;
  const auto snapshot = rows.snapshot();
  PostingCursor cursor(*snapshot, kAnn);
  EXPECT_EQ(*cursor.seek(Sequence{0}), std::nullopt);
  EXPECT_EQ(*cursor.seek(Sequence{9}), std::nullopt);
}

TEST(PostingList, ReadsAPart) {
  Bytes part;
  for (const std::uint64_t difference : {1, 200, 70000}) putVarint(part, difference);
  const auto entries = readPostings(Sequence{5}, part);
  ASSERT_TRUE(entries);
  EXPECT_EQ(*entries,
            (std::vector<Sequence>{Sequence{5}, Sequence{6}, Sequence{206}, Sequence{70206}}));
  EXPECT_EQ(readPostings(Sequence{5}, "")->size(), 1U);
}

TEST(PostingList, SaysThatItIsDamagedWhereAPartIsCutShort) {
  MemoryRowStore rows;
  putList(rows, kAnn, {1, 70000}, 2);
  RowBatch batch;
  for (const std::uint64_t first : {1}) {
    Bytes key = kAnn;
    putBigEndian64(key, first);
    batch.put(key, "\xff");
  }
  ASSERT_TRUE(rows.write(batch));
  const auto snapshot = rows.snapshot();
  const auto found = PostingCursor(*snapshot, kAnn).seek(Sequence{1});
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::kViewsDamaged);
}

}  // namespace
}  // namespace robotledger
