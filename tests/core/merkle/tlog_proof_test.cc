#include "core/merkle/tlog_proof.h"

#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "core/merkle/proof.h"
#include "tests/core/merkle/mutations.h"
#include "tests/core/merkle/naive_tree.h"
#include "tests/core/merkle/test_keys.h"
#include "tests/core/merkle/tile_tree.h"

namespace robotledger {
namespace {

using testing::HasSubstr;

const VerifierKey kLog = *parseVerifierKey(kLogVerifierKey);
const VerifierKey kWitness = *parseVerifierKey(kWitnessVerifierKey);

// That "entry-4" is in the log of seven, with the path that Go's sumdb/tlog makes.
const std::string kPath =
    "UUFYUnUVBkx7vTW0TJ8Rrdz8OLQ5VU/Juw2LfGYcPo8=\n"
    "DP2ldv9LKeozw6/a7tG9Y362VLKKBDAvyrX9fbB4Acw=\n"
    "JWueiCXl03CkrgBdCQHqKRl34pJ/XPjj5yZg3QlRnts=\n";
const std::string kFile = "c2sp.org/tlog-proof@v1\nindex 4\n" + kPath + "\n" + kSignedCheckpoint;

std::string damage(std::string_view file, BytesView entry = "entry-4") {
  const auto proof = parseTlogProof(file);
  if (proof) {
    const auto checked = checkTlogProof(*proof, entry, kLog);
    if (checked) return "good";
    EXPECT_EQ(checked.error().code, ErrorCode::kDamaged);
    return checked.error().message;
  }
  EXPECT_EQ(proof.error().code, ErrorCode::kDamaged);
  return proof.error().message;
}

TEST(TlogProof, ProvesAnEntry) {
  const auto proof = parseTlogProof(kFile);
  ASSERT_TRUE(proof) << proof.error().message;
  EXPECT_EQ(proof->index, Sequence{4});
  EXPECT_EQ(proof->path.size(), 3U);
  EXPECT_EQ(proof->checkpoint, kSignedCheckpoint);
  EXPECT_FALSE(proof->extra);
  const auto checked = checkTlogProof(*proof, "entry-4", kLog);
  ASSERT_TRUE(checked) << checked.error().message;
  EXPECT_EQ(checked->checkpoint.size, TreeSize{7});
  EXPECT_EQ(formatTlogProof(*proof), kFile);
}

TEST(TlogProof, ProvesEveryEntryOfALogAndNoOther) {
  for (const std::size_t size : {1U, 2U, 7U, 300U}) {
    TileTree tree(numberedLeaves(size));
    const std::string note =
        *signCheckpoint({.origin = kLogName, .size = tree.size(), .root = tree.root()}, *logKey());
    for (std::size_t i = 0; i < size; i += 1 + size / 40) {
      const TlogProof proof{.index = Sequence{i},
                            .path = *proveInclusion(Sequence{i}, tree.size(), tree.reader()),
                            .checkpoint = note,
                            .extra = {}};
      const auto read = parseTlogProof(formatTlogProof(proof));
      ASSERT_TRUE(read) << read.error().message;
      EXPECT_EQ(*read, proof);
      EXPECT_TRUE(checkTlogProof(*read, "entry-" + std::to_string(i), kLog));
      EXPECT_FALSE(checkTlogProof(*read, "entry-" + std::to_string(i + 1), kLog));
    }
  }
}

TEST(TlogProof, TellsWitnesses) {
  const auto proof = parseTlogProof(kFile + kWitnessLine);
  const auto checked = checkTlogProof(*proof, "entry-4", kLog, std::vector{kWitness});
  ASSERT_TRUE(checked) << checked.error().message;
  EXPECT_EQ(checked->signatures.size(), 2U);
}

TEST(TlogProof, MayHaveAnExtraLineThatNothingVouchesFor) {
  const std::string file =
      "c2sp.org/tlog-proof@v1\nextra AQI=\nindex 4\n" + kPath + "\n" + kSignedCheckpoint;
  const auto proof = parseTlogProof(file);
  ASSERT_TRUE(proof) << proof.error().message;
  EXPECT_EQ(proof->extra, "\x01\x02");
  EXPECT_EQ(formatTlogProof(*proof), file);
  EXPECT_EQ(damage(file), "good");
}

TEST(TlogProof, RefusalsSayWhat) {
  EXPECT_EQ(damage(kFile, "entry-5"),
            "the inclusion proof of leaf 4 of 7 does not lead to the root");
  EXPECT_EQ(damage(kFile, ""), "the inclusion proof of leaf 4 of 7 does not lead to the root");
  std::string later = kFile;
  later.replace(later.find("index 4"), 7, "index 7");
  EXPECT_EQ(damage(later), "a tree of 7 leaves has no leaf 7");
  const std::string short_path = kFile.substr(0, kFile.find("JWue")) + "\n" + kSignedCheckpoint;
  EXPECT_EQ(damage(short_path), "the inclusion proof of leaf 4 of 7 has 2 hashes, not 3");
  const auto unknown = checkTlogProof(*parseTlogProof(kFile), "entry-4", kWitness);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().message, "the note has no signature by a known key");
}

TEST(TlogProof, HasItsFormOrIsRefused) {
  const std::string header = "c2sp.org/tlog-proof@v1\n";
  const std::string rest = kPath + "\n" + kSignedCheckpoint;
  const std::string hash = kPath.substr(0, 45);
  std::string long_path;
  for (int i = 0; i < 65; ++i) long_path += hash;
  const std::pair<std::string, const char*> files[] = {
      {"", "begin with c2sp.org/tlog-proof@v1"},
      {"c2sp.org/tlog-proof@v2\nindex 4\n" + rest, "begin with"},
      {"\n" + kFile, "begin with"},
      {"c2sp.org/tlog-proof@v1", "begin with"},
      {header, "line of an index"},
      {header + rest, "line of an index"},
      {header + "index\n" + rest, "line of an index"},
      {header + "index \n" + rest, "line of an index"},
      {header + "index  4\n" + rest, "line of an index"},
      {header + "index 04\n" + rest, "line of an index"},
      {header + "index -4\n" + rest, "line of an index"},
      {header + "index 4\r\n" + rest, "line of an index"},
      {header + "Index 4\n" + rest, "line of an index"},
      {header + "index 18446744073709551616\n" + rest, "line of an index"},
      {header + "extra A\nindex 4\n" + rest, "extra line"},
      {header + "extra AQI=\nextra AQI=\nindex 4\n" + rest, "line of an index"},
      {header + "extra AQI=\n", "line of an index"},
      {header + "index 4\n" + kPath, "no empty line"},
      {header + "index 4\n" + kPath + kSignedCheckpoint, "hash 4 of the path"},
      {header + "index 4\n" + hash + " " + rest, "hash 2 of the path"},
      {header + "index 4\n" + hash.substr(4) + rest, "hash 1 of the path"},
      {header + "index 4\nextra AQI=\n" + rest, "hash 1 of the path"},
      {header + "index 4\n" + long_path + rest, "longer than any tree"},
      {header + "index 4\n" + kPath + "\n", "no signed note"},
      {header + "index 4\n" + kPath + "\n\n" + kSignedCheckpoint, "signature"},
      {kFile + "a", "newline"},
      {kFile + std::string(kMaxNoteBytes, 'a'), "bytes, more than"},
  };
  for (const auto& [file, what] : files) EXPECT_THAT(damage(file), HasSubstr(what)) << file;
}

TEST(TlogProof, EveryBitMatters) {
  forEachFlippedBit(kFile, [](const Bytes& changed, std::size_t at) {
    EXPECT_NE(damage(changed), "good") << at;
  });
  forEachFlippedBit("entry-4", [](const Bytes& changed, std::size_t at) {
    EXPECT_NE(damage(kFile, changed), "good") << at;
  });
}

TEST(TlogProof, RandomChangesProveTheSameOrNothing) {
  std::mt19937 random(3);
  for (int round = 0; round < 3000; ++round) {
    const auto proof = parseTlogProof(mutated(kFile, random));
    if (!proof) continue;
    const auto checked = checkTlogProof(*proof, "entry-4", kLog);
    if (!checked) continue;
    EXPECT_EQ(proof->index, Sequence{4});
    EXPECT_EQ(formatCheckpoint(checked->checkpoint), kCheckpointText);
  }
}

}  // namespace
}  // namespace robotledger
