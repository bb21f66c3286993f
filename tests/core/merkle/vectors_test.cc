#include "tests/core/merkle/vectors.h"

#include <gtest/gtest.h>

#include "core/base/base64.h"
#include "core/base/parse.h"
#include "core/merkle/checkpoint.h"
#include "core/merkle/entry_bundle.h"
#include "core/merkle/proof.h"
#include "core/merkle/tlog_proof.h"
#include "core/merkle/tree.h"
#include "tests/core/merkle/tile_tree.h"

namespace robotledger {
namespace {

class Vectors : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kVectors)) GTEST_SKIP() << "no vectors at " << kVectors;
  }
  static TileTree treeOf(std::size_t size) {
    return TileTree(std::span(vectorLeaves()).first(size));
  }
};

TEST_F(Vectors, CheckpointsAreOpenedAndHaveOurRoots) {
  for (const std::size_t size : kVectorSizes) {
    const auto opened = openCheckpoint(vectorFile(checkpointFile(size)), vectorKey("log.vkey"));
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_EQ(opened->checkpoint, (Checkpoint{.origin = "robots.example/ledger",
                                              .size = TreeSize{size},
                                              .root = treeOf(size).root()}));
  }
}

TEST_F(Vectors, WitnessesAreFoundWhereTheySigned) {
  const std::vector<VerifierKey> witnesses{vectorKey("witness.vkey")};
  for (const std::size_t size : kVectorSizes) {
    const auto opened =
        openCheckpoint(vectorFile(checkpointFile(size)), vectorKey("log.vkey"), witnesses);
    ASSERT_TRUE(opened) << opened.error().message;
    const bool witnessed = size == 7 || size == 70000;
    ASSERT_EQ(opened->signatures.size(), witnessed ? 2U : 1U) << size;
    if (witnessed) {
      EXPECT_EQ(opened->signatures[1].time_s, 1700000000U);
    }
  }
}

TEST_F(Vectors, PartialTilesAreThePublishedOnes) {
  TileTree tree = treeOf(70000);
  EXPECT_EQ((tree.tiles()[{1, 1}]), vectorFile("tile-1-001.p.17.bin"));
  EXPECT_EQ((tree.tiles()[{2, 0}]), vectorFile("tile-2-000.p.1.bin"));
}

TEST_F(Vectors, EntryBundleIsTheOneThatWeWrite) {
  const Bytes bundle = vectorFile("entries-000.bin");
  Bytes ours;
  for (int i = 0; i < 256; ++i) ASSERT_TRUE(putEntry(ours, "entry-" + std::to_string(i)));
  EXPECT_EQ(ours, bundle);
  const auto entries = readEntryBundle(bundle, 256);
  ASSERT_TRUE(entries) << entries.error().message;
  const std::vector<Bytes> held(entries->begin(), entries->end());
  EXPECT_EQ(naiveRoot(naiveLeaves(held)), treeOf(256).root());
}

TEST_F(Vectors, TlogProofIsTheOneThatWeWrite) {
  const Bytes file = vectorFile("proof-12345-70000.tlog-proof");
  TileTree tree = treeOf(70000);
  const TlogProof ours{.index = Sequence{12345},
                       .path = *proveInclusion(Sequence{12345}, tree.size(), tree.reader()),
                       .checkpoint = vectorFile(checkpointFile(70000)),
                       .extra = {}};
  EXPECT_EQ(formatTlogProof(ours), file);
  const auto proof = parseTlogProof(file);
  ASSERT_TRUE(proof) << proof.error().message;
  EXPECT_EQ(*proof, ours);
  const auto checked = checkTlogProof(*proof, "entry-12345", vectorKey("log.vkey"),
                                      std::vector{vectorKey("witness.vkey")});
  ASSERT_TRUE(checked) << checked.error().message;
  EXPECT_EQ(checked->signatures.size(), 2U);
}

TEST_F(Vectors, ConsistencyProofOfTheWitnessRequestIsTheOneThatWeMake) {
  TileTree tree = treeOf(70000);
  const auto path = proveConsistency(TreeSize{257}, TreeSize{70000}, tree.reader());
  ASSERT_TRUE(path) << path.error().message;
  std::string ours = "old 257\n";
  for (const Digest& hash : *path) ours += toBase64(digestBytes(hash)) + "\n";
  const Bytes file = vectorFile("add-checkpoint-257-70000.txt");
  ASSERT_TRUE(file.starts_with(ours + "\n"));
  const auto opened =
      openCheckpoint(std::string_view(file).substr(ours.size() + 1), vectorKey("log.vkey"));
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_TRUE(checkConsistency(TreeSize{257}, treeOf(257).root(), TreeSize{70000},
                               opened->checkpoint.root, *path));
}

}  // namespace
}  // namespace robotledger
