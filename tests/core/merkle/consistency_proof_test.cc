#include "core/merkle/consistency_proof.h"

#include <gtest/gtest.h>

#include "core/merkle/proof.h"
#include "tests/core/merkle/mutations.h"
#include "tests/core/merkle/naive_tree.h"
#include "tests/core/merkle/test_keys.h"
#include "tests/core/merkle/tile_tree.h"

namespace robotledger {
namespace {

const VerifierKey kLog = *parseVerifierKey(kLogVerifierKey);

std::string noteOf(std::size_t size) {
  TileTree tree(numberedLeaves(size));
  return *signCheckpoint({.origin = kLogName, .size = tree.size(), .root = tree.root()}, *logKey());
}

ConsistencyProof proofOf(std::size_t old_size, std::size_t size) {
  TileTree tree(numberedLeaves(size));
  return {.old_size = TreeSize{old_size},
          .path = *proveConsistency(TreeSize{old_size}, tree.size(), tree.reader()),
          .checkpoint = noteOf(size)};
}

TEST(ConsistencyProof, ProvesThatALogBeginsWithWhatItWas) {
  for (const std::size_t size : {1U, 2U, 7U, 256U, 300U}) {
    for (std::size_t old_size = 1; old_size <= size; old_size += 1 + size / 20) {
      const ConsistencyProof proof = proofOf(old_size, size);
      const auto read = parseConsistencyProof(formatConsistencyProof(proof));
      ASSERT_TRUE(read) << read.error().message;
      EXPECT_EQ(*read, proof);
      const auto now = checkConsistencyProof(*read, noteOf(old_size), kLog);
      ASSERT_TRUE(now) << now.error().message;
      EXPECT_EQ(now->size.value, size);
    }
  }
}

TEST(ConsistencyProof, OfAnotherSizeOrKeyOrHistoryDoesNotHold) {
  const ConsistencyProof proof = proofOf(5, 9);
  EXPECT_FALSE(checkConsistencyProof(proof, noteOf(6), kLog));
  const VerifierKey other = *parseVerifierKey(kWitnessVerifierKey);
  EXPECT_FALSE(checkConsistencyProof(proof, noteOf(5), other));
  Checkpoint forked{.origin = kLogName, .size = TreeSize{5}, .root = {}};
  const auto said = checkConsistencyProof(proof, *signCheckpoint(forked, *logKey()), kLog);
  ASSERT_FALSE(said);
  EXPECT_EQ(said.error().code, ErrorCode::kDamaged);
}

TEST(ConsistencyProof, EveryChangedBitIsFound) {
  const std::string good = formatConsistencyProof(proofOf(5, 9));
  const std::string old_note = noteOf(5);
  forEachFlippedBit(good, [&](const std::string& bad, std::size_t) {
    const auto read = parseConsistencyProof(bad);
    EXPECT_FALSE(read && checkConsistencyProof(*read, old_note, kLog)) << bad;
  });
}

TEST(ConsistencyProof, OtherSpellingsAreNone) {
  const std::string good = formatConsistencyProof(proofOf(5, 9));
  const std::string rest = good.substr(good.find('\n'));
  for (const std::string& bad :
       {std::string(), std::string("old 5"), "old 05" + rest, "old -5" + rest, "Old 5" + rest,
        "old 5 " + rest, "old 18446744073709551616" + rest, std::string("old 5\n\n"),
        good.substr(0, good.find("\n\n")), std::string(std::size_t{2} << 20, 'o')}) {
    const auto read = parseConsistencyProof(bad);
    EXPECT_FALSE(read && checkConsistencyProof(*read, noteOf(5), kLog)) << bad.substr(0, 50);
  }
}

}  // namespace
}  // namespace robotledger
