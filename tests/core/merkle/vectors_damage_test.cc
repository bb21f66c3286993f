// Each byte of each public vector matters: no bit of it can be changed unseen.
#include <random>

#include <gtest/gtest.h>

#include "core/base/base64.h"
#include "core/base/parse.h"
#include "core/merkle/checkpoint.h"
#include "core/merkle/entry_bundle.h"
#include "core/merkle/proof.h"
#include "core/merkle/tlog_proof.h"
#include "core/merkle/tree.h"
#include "tests/core/merkle/mutations.h"
#include "tests/core/merkle/tile_tree.h"
#include "tests/core/merkle/vectors.h"

namespace robotledger {
namespace {

constexpr int kRounds = 500;

class VectorsDamage : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kVectors)) GTEST_SKIP() << "no vectors at " << kVectors;
    log_ = vectorKey("log.vkey");
    witnesses_ = {vectorKey("witness.vkey")};
  }

  // Where the line of the witness begins; the end, where there is none.
  static std::size_t witnessLine(const Bytes& file) {
    return std::min(file.find("— witness.example/w1"), file.size());
  }

  // A change is refused. In the line of the witness it may instead make its name or id an unknown
  // one: that line is passed over then, the witness is not named, and all else is as it was.
  template <class Open>
  void expectEveryBitMatters(const Bytes& file, const Open& open) {
    const std::size_t witness_at = witnessLine(file);
    const Result<OpenedCheckpoint> good = open(file);
    ASSERT_TRUE(good) << good.error().message;
    ASSERT_EQ(good->signatures.size(), witness_at < file.size() ? 2U : 1U);
    forEachFlippedBit(file, [&](const Bytes& changed, std::size_t at) {
      const Result<OpenedCheckpoint> opened = open(changed);
      if (!opened) return;
      EXPECT_GE(at, witness_at) << "a change of byte " << at << " is not seen";
      EXPECT_EQ(opened->checkpoint, good->checkpoint);
      EXPECT_EQ(opened->signatures, std::vector{good->signatures[0]});
    });
    std::mt19937 random(1);
    for (int round = 0; round < kRounds; ++round) {
      const Result<OpenedCheckpoint> opened = open(mutated(file, random));
      if (opened) {
        EXPECT_EQ(opened->checkpoint, good->checkpoint);
      }
    }
  }

  VerifierKey log_;
  std::vector<VerifierKey> witnesses_;
};

class CheckpointDamage : public VectorsDamage, public testing::WithParamInterface<std::size_t> {};

TEST_P(CheckpointDamage, EveryBitMatters) {
  expectEveryBitMatters(vectorFile(checkpointFile(GetParam())),
                        [&](const Bytes& note) { return openCheckpoint(note, log_, witnesses_); });
}

INSTANTIATE_TEST_SUITE_P(Sizes, CheckpointDamage, testing::ValuesIn(kVectorSizes),
                         testing::PrintToStringParamName());

TEST_F(VectorsDamage, EveryBitOfTheTlogProofMatters) {
  const auto open = [&](const Bytes& file) -> Result<OpenedCheckpoint> {
    const auto proof = parseTlogProof(file);
    if (!proof) return proof.error();
    return checkTlogProof(*proof, "entry-12345", log_, witnesses_);
  };
  expectEveryBitMatters(vectorFile("proof-12345-70000.tlog-proof"), open);
}

// As a witness reads it that has the tree of 257 leaves.
TEST_F(VectorsDamage, EveryBitOfTheWitnessRequestMatters) {
  const Digest old_root = naiveRoot(std::span(vectorLeaves()).first(257));
  const auto open = [&](const Bytes& request) -> Result<OpenedCheckpoint> {
    const Error refused{ErrorCode::kDamaged, "no request"};
    std::string_view rest = request;
    if (takeLine(rest) != "old 257") return refused;
    std::vector<Digest> path;
    for (auto line = takeLine(rest); line != ""; line = takeLine(rest)) {
      const auto hash = line ? digestFromBase64(*line) : std::nullopt;
      if (!hash) return refused;
      path.push_back(*hash);
    }
    auto opened = openCheckpoint(rest, log_);
    if (!opened) return opened;
    const auto consistent = checkConsistency(TreeSize{257}, old_root, opened->checkpoint.size,
                                             opened->checkpoint.root, path);
    if (!consistent) return consistent.error();
    return opened;
  };
  expectEveryBitMatters(vectorFile("add-checkpoint-257-70000.txt"), open);
}

TEST_F(VectorsDamage, EveryBitOfTheTilesMatters) {
  TileTree tree(vectorLeaves());
  const Digest root = openCheckpoint(vectorFile(checkpointFile(70000)), log_)->checkpoint.root;
  const auto expect_it_matters = [&](TileKey key, const char* name) {
    const Bytes hashes = vectorFile(name);
    tree.tiles()[key] = hashes;
    EXPECT_EQ(*rootFromTiles(TreeSize{70000}, tree.reader()), root);
    forEachFlippedBit(hashes, [&](const Bytes& changed, std::size_t at) {
      tree.tiles()[key] = changed;
      EXPECT_NE(*rootFromTiles(TreeSize{70000}, tree.reader()), root) << name << " " << at;
    });
    tree.tiles()[key] = hashes;
  };
  expect_it_matters({1, 1}, "tile-1-001.p.17.bin");
  expect_it_matters({2, 0}, "tile-2-000.p.1.bin");
}

// Each entry of a bundle hashes to its place in the tile of level 0, whose root is signed.
TEST_F(VectorsDamage, EveryBitOfTheEntryBundleMatters) {
  const auto tile = std::span(vectorLeaves()).first(256);
  ASSERT_EQ(naiveRoot(tile),
            openCheckpoint(vectorFile(checkpointFile(256)), log_)->checkpoint.root);
  const auto good = [&](const Bytes& bundle) {
    const auto entries = readEntryBundle(bundle, 256);
    return entries &&
           std::equal(entries->begin(), entries->end(), tile.begin(), tile.end(),
                      [](BytesView entry, const Digest& leaf) { return leafHash(entry) == leaf; });
  };
  const Bytes bundle = vectorFile("entries-000.bin");
  EXPECT_TRUE(good(bundle));
  forEachFlippedBit(
      bundle, [&](const Bytes& changed, std::size_t at) { EXPECT_FALSE(good(changed)) << at; });
  std::mt19937 random(2);
  for (int round = 0; round < kRounds; ++round) {
    const Bytes changed = mutated(bundle, random);
    EXPECT_EQ(good(changed), changed == bundle);
  }
}

TEST_F(VectorsDamage, EveryBitOfTheVerifierKeysMatters) {
  for (const char* name : {"log.vkey", "witness.vkey"}) {
    Bytes line = vectorFile(name);
    while (line.ends_with('\n')) line.pop_back();
    EXPECT_TRUE(parseVerifierKey(line));
    forEachFlippedBit(line, [&](const Bytes& changed, std::size_t at) {
      EXPECT_FALSE(parseVerifierKey(changed)) << name << " " << at;
    });
  }
}

}  // namespace
}  // namespace robotledger
