#include "core/merkle/entry_bundle.h"

#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "tests/core/merkle/mutations.h"
#include "tests/core/merkle/naive_tree.h"

namespace robotledger {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Bytes bundleOf(const std::vector<Bytes>& entries) {
  Bytes bundle;
  for (const Bytes& entry : entries) EXPECT_TRUE(putEntry(bundle, entry));
  return bundle;
}

std::string damage(BytesView bundle, unsigned width) {
  const auto entries = readEntryBundle(bundle, width);
  if (entries) return "read";
  EXPECT_EQ(entries.error().code, ErrorCode::kDamaged);
  return entries.error().message;
}

TEST(EntryBundle, IsLengthsAndEntries) {
  const Bytes bundle = bundleOf({"abc", "", "d"});
  EXPECT_EQ(toHex(bundle),
            "0003616263"
            "0000"
            "000164");
  const auto entries = readEntryBundle(bundle, 3);
  ASSERT_TRUE(entries) << entries.error().message;
  EXPECT_THAT(*entries, ElementsAre("abc", "", "d"));
  EXPECT_TRUE(readEntryBundle("", 0));
}

TEST(EntryBundle, HoldsEntriesOfAnyLengthThatALogTakes) {
  std::vector<Bytes> entries;
  for (const std::size_t length : {std::size_t{255}, std::size_t{256}, kMaxEntryBytes}) {
    entries.emplace_back(length, static_cast<char>(length));
  }
  const Bytes bundle = bundleOf(entries);
  const auto read = readEntryBundle(bundle, 3);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_TRUE(std::equal(read->begin(), read->end(), entries.begin(), entries.end()));

  Bytes untouched = "x";
  const auto longer = putEntry(untouched, Bytes(kMaxEntryBytes + 1, 'a'));
  ASSERT_FALSE(longer);
  EXPECT_EQ(longer.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(longer.error().message, "an entry has at most 65535 bytes, not 65536");
  EXPECT_EQ(untouched, "x");
}

TEST(EntryBundle, HasAsManyEntriesAsItMustAndNothingElse) {
  const Bytes bundle = bundleOf({"abc", "de"});
  EXPECT_EQ(damage(bundle, 3), "the bundle is cut off in entry 2 of 3");
  EXPECT_EQ(damage(bundle, 1), "the bundle has 4 bytes behind its 1 entries");
  EXPECT_EQ(damage(bundle + '\0', 2), "the bundle has 1 bytes behind its 2 entries");
  EXPECT_EQ(damage("", 1), "the bundle is cut off in entry 0 of 1");
  for (std::size_t length = 0; length < bundle.size(); ++length) {
    EXPECT_THAT(damage(bundle.substr(0, length), 2), HasSubstr("cut off")) << length;
  }
}

TEST(EntryBundle, EveryBitMattersToWhoComparesTheLeafHashes) {
  const std::vector<Bytes> entries{"entry-0", "entry-1", "", "entry-3"};
  const std::vector<Digest> leaves = naiveLeaves(entries);
  forEachFlippedBit(bundleOf(entries), [&](const Bytes& changed, std::size_t at) {
    const auto read = readEntryBundle(changed, 4);
    if (!read) return;
    const std::vector<Bytes> got(read->begin(), read->end());
    EXPECT_NE(naiveLeaves(got), leaves) << at;
  });
}

TEST(EntryBundle, RandomChangesAreReadOrRefusedAndNoMore) {
  std::mt19937 random(4);
  const Bytes bundle = bundleOf({"entry-0", "entry-1", "", Bytes(300, 'x')});
  for (int round = 0; round < 20000; ++round) {
    const Bytes changed = mutated(bundle, random);
    const auto read = readEntryBundle(changed, 4);
    if (read) {
      EXPECT_EQ(bundleOf({read->begin(), read->end()}), changed);
    }
  }
}

}  // namespace
}  // namespace robotledger
