#include "core/merkle/proof.h"

#include <bit>
#include <limits>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/merkle/naive_tree.h"
#include "tests/core/merkle/tile_tree.h"

namespace robotledger {
namespace {

using testing::HasSubstr;
using Path = std::vector<Digest>;

constexpr std::size_t kSmall = 70;
constexpr std::size_t kLarge = 70000;

// Leaves are hashed once for all tests.
const std::vector<Digest>& leaves() {
  static const std::vector<Digest> kAll = numberedLeaves(kLarge);
  return kAll;
}

std::span<const Digest> first(std::size_t size) { return std::span(leaves()).first(size); }

bool included(std::size_t index, std::size_t size, const Path& path, const Digest& root) {
  return checkInclusion(leaves()[index], Sequence{index}, TreeSize{size}, path, root).has_value();
}

bool consistent(std::size_t old_size, const Digest& old_root, std::size_t new_size,
                const Digest& new_root, const Path& path) {
  return checkConsistency(TreeSize{old_size}, old_root, TreeSize{new_size}, new_root, path)
      .has_value();
}

// The proof with each hash changed, each left out, and one more at every place.
std::vector<Path> spoiled(const Path& path) {
  std::mt19937 random(static_cast<unsigned>(path.size()));
  std::vector<Path> all;
  const auto at = [](Path& of, std::size_t i) {
    return of.begin() + static_cast<std::ptrdiff_t>(i);
  };
  for (std::size_t i = 0; i < path.size(); ++i) {
    all.push_back(path);
    all.back()[i] = flipped(path[i], random() % 256);
    all.push_back(path);
    all.back().erase(at(all.back(), i));
    if (i == 0 || path[i] == path[i - 1]) continue;
    all.push_back(path);
    std::swap(all.back()[i], all.back()[i - 1]);
  }
  for (std::size_t i = 0; i <= path.size(); ++i) {
    all.push_back(path);
    all.back().insert(at(all.back(), i), leaves()[random() % kSmall]);
  }
  return all;
}

void expectInclusion(TileTree& tree, std::size_t index, std::size_t size, const Digest& root) {
  SCOPED_TRACE("leaf " + std::to_string(index) + " of " + std::to_string(size));
  const auto path = proveInclusion(Sequence{index}, TreeSize{size}, tree.reader());
  ASSERT_TRUE(path) << path.error().message;
  ASSERT_EQ(*path, naivePath(index, first(size)));
  EXPECT_TRUE(included(index, size, *path, root));
  EXPECT_FALSE(included(index, size, *path, flipped(root, index % 256)));
  EXPECT_FALSE(
      checkInclusion(flipped(leaves()[index]), Sequence{index}, TreeSize{size}, *path, root));
  for (const Path& bad : spoiled(*path)) EXPECT_FALSE(included(index, size, bad, root));
}

void expectConsistency(TileTree& tree, std::size_t old_size, const Digest& old_root,
                       std::size_t new_size, const Digest& new_root) {
  SCOPED_TRACE(std::to_string(old_size) + " to " + std::to_string(new_size));
  const auto path = proveConsistency(TreeSize{old_size}, TreeSize{new_size}, tree.reader());
  ASSERT_TRUE(path) << path.error().message;
  ASSERT_EQ(*path, old_size == 0 ? Path() : naiveSubproof(old_size, first(new_size), Known::kYes));
  EXPECT_TRUE(consistent(old_size, old_root, new_size, new_root, *path));
  EXPECT_FALSE(consistent(old_size, flipped(old_root, 255), new_size, new_root, *path));
  // An empty tree is the beginning of every other.
  EXPECT_EQ(consistent(old_size, old_root, new_size, flipped(new_root), *path),
            old_size == 0 && new_size > 0);
  for (const Path& bad : spoiled(*path)) {
    EXPECT_FALSE(consistent(old_size, old_root, new_size, new_root, bad));
  }
}

TEST(Proof, InclusionIsTheRfcsForEveryLeafOfEverySmallTree) {
  TileTree tree(first(kSmall));
  for (std::size_t size = 1; size <= kSmall; ++size) {
    const Digest root = naiveRoot(first(size));
    for (std::size_t index = 0; index < size; ++index) expectInclusion(tree, index, size, root);
  }
}

TEST(Proof, ConsistencyIsTheRfcsForEveryPairOfSmallTrees) {
  TileTree tree(first(kSmall));
  for (std::size_t new_size = 0; new_size <= kSmall; ++new_size) {
    const Digest new_root = naiveRoot(first(new_size));
    for (std::size_t old_size = 0; old_size <= new_size; ++old_size) {
      expectConsistency(tree, old_size, naiveRoot(first(old_size)), new_size, new_root);
    }
  }
}

TEST(Proof, LargeTreesAreProvedFromSeveralLevelsOfTiles) {
  TileTree tree(first(kLarge));
  for (const std::size_t size : {255U, 256U, 257U, 511U, 65536U, 65537U, 70000U}) {
    const Digest root = naiveRoot(first(size));
    for (const std::size_t index : {std::size_t{0}, std::size_t{254}, size / 2, size - 1}) {
      expectInclusion(tree, index, size, root);
    }
    for (const std::size_t old_size : {std::size_t{1}, std::size_t{255}, size - 1}) {
      expectConsistency(tree, old_size, naiveRoot(first(old_size)), size, root);
    }
  }
}

TEST(Proof, RootAtAnyEarlierSizeComesFromTheSameTiles) {
  TileTree tree(first(kLarge));
  std::vector<std::size_t> sizes{4096, 65535, 65536, 65537, kLarge};
  for (std::size_t size = 0; size <= 520; ++size) sizes.push_back(size);
  for (const std::size_t size : sizes) {
    const auto root = rootFromTiles(TreeSize{size}, tree.reader());
    ASSERT_TRUE(root) << root.error().message;
    EXPECT_EQ(*root, naiveRoot(first(size))) << size;
  }
}

TEST(Proof, ReadsNoTileTwiceAndTwoOfALevelAtMost) {
  TileTree tree(first(kLarge));
  std::map<TileKey, int> reads;
  const HashTileReader tiles = tree.reader();
  const HashTileReader counting = [&](unsigned level, std::uint64_t index, unsigned width) {
    EXPECT_EQ(++reads[TileKey(level, index)], 1) << level << "/" << index;
    return tiles(level, index, width);
  };
  std::mt19937 random(3);
  for (int round = 0; round < 300; ++round) {
    const std::size_t size = random() % kLarge + 1;
    const std::size_t index = random() % size;
    for (const int kind : {0, 1, 2}) {
      reads.clear();
      if (kind == 0) {
        ASSERT_TRUE(proveInclusion(Sequence{index}, TreeSize{size}, counting));
      }
      if (kind == 1) {
        ASSERT_TRUE(proveConsistency(TreeSize{index}, TreeSize{size}, counting));
      }
      if (kind == 2) {
        ASSERT_TRUE(rootFromTiles(TreeSize{size}, counting));
      }
      std::map<unsigned, int> of_level;
      for (const auto& [tile, count] : reads) of_level[tile.first] += count;
      for (const auto& [level, count] : of_level) EXPECT_LE(count, kind == 2 ? 1 : 2) << level;
    }
  }
}

// A tree of any size whose leaves are all alike: its subtrees are known by their size alone.
class AlikeTree {
 public:
  Digest full(unsigned height) const {
    Digest hash = leaf();
    for (; height > 0; --height) hash = nodeHash(hash, hash);
    return hash;
  }
  static Digest leaf() { return leafHash("alike"); }
  HashTileReader reader() const {
    return [this](unsigned level, std::uint64_t, unsigned width) -> Result<Bytes> {
      Bytes hashes;
      const Digest hash = full(level * kTileHeight);
      for (unsigned i = 0; i < width; ++i) hashes += digestBytes(hash);
      return hashes;
    };
  }
  // By the definition, on sizes.
  Digest root(std::uint64_t size) const {
    if (std::has_single_bit(size)) return full(static_cast<unsigned>(std::countr_zero(size)));
    const std::uint64_t split = std::bit_floor(size);
    return nodeHash(root(split), root(size - split));
  }
};

TEST(Proof, TreesOfAnySizeAreProved) {
  const AlikeTree tree;
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
  constexpr std::uint64_t kHalf = std::uint64_t{1} << 63;
  std::vector<std::uint64_t> sizes{kHalf - 1, kHalf, kHalf + 1, kMost - 1, kMost};
  for (unsigned bit = 8; bit < 63; bit += 9) sizes.push_back((std::uint64_t{1} << bit) + 12345);
  for (const std::uint64_t size : sizes) {
    SCOPED_TRACE(size);
    const auto root = rootFromTiles(TreeSize{size}, tree.reader());
    ASSERT_TRUE(root);
    EXPECT_EQ(*root, tree.root(size));
    for (const std::uint64_t index : {std::uint64_t{0}, size / 3, size - 1}) {
      const auto path = proveInclusion(Sequence{index}, TreeSize{size}, tree.reader());
      ASSERT_TRUE(path);
      EXPECT_TRUE(checkInclusion(AlikeTree::leaf(), Sequence{index}, TreeSize{size}, *path, *root));
    }
    for (const std::uint64_t old_size : {std::uint64_t{1}, size / 3, size - 1}) {
      const auto path = proveConsistency(TreeSize{old_size}, TreeSize{size}, tree.reader());
      ASSERT_TRUE(path);
      EXPECT_TRUE(
          checkConsistency(TreeSize{old_size}, tree.root(old_size), TreeSize{size}, *root, *path));
    }
  }
}

TEST(Proof, IsOfOneLeafAndOfOneEarlierTree) {
  TileTree tree(first(kSmall));
  const Digest root = tree.root();
  const Path path = *proveInclusion(Sequence{20}, tree.size(), tree.reader());
  for (std::size_t other = 0; other < kSmall; ++other) {
    EXPECT_EQ(included(other, kSmall, path, root), other == 20) << other;
    const auto moved = checkInclusion(leaves()[20], Sequence{other}, tree.size(), path, root);
    EXPECT_EQ(moved.has_value(), other == 20) << other;
  }
  const Digest old_root = naiveRoot(first(20));
  const Path proof = *proveConsistency(TreeSize{20}, tree.size(), tree.reader());
  for (std::size_t other = 0; other <= kSmall; ++other) {
    EXPECT_EQ(consistent(other, old_root, kSmall, root, proof), other == 20) << other;
  }
}

TEST(Proof, WhatCannotBeAskedIsRefused) {
  TileTree tree(first(kSmall));
  const auto argument = [](const auto& result, const char* what) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(result.error().message, what);
  };
  argument(proveInclusion(Sequence{70}, TreeSize{70}, tree.reader()),
           "a tree of 70 leaves has no leaf 70");
  argument(proveInclusion(Sequence{0}, TreeSize{0}, tree.reader()),
           "a tree of 0 leaves has no leaf 0");
  argument(proveConsistency(TreeSize{8}, TreeSize{7}, tree.reader()),
           "a tree of 8 leaves is not the beginning of one of 7");
  argument(checkInclusion({}, Sequence{70}, TreeSize{70}, {}, tree.root()),
           "a tree of 70 leaves has no leaf 70");
  argument(checkConsistency(TreeSize{8}, {}, TreeSize{7}, {}, {}),
           "a tree of 8 leaves is not the beginning of one of 7");
}

TEST(Proof, RefusalsSayWhatAndWhere) {
  TileTree tree(first(kSmall));
  const auto damaged = [](const Result<void>& result) {
    EXPECT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::kDamaged);
    return result.error().message;
  };
  const Path path = *proveInclusion(Sequence{20}, tree.size(), tree.reader());
  EXPECT_EQ(damaged(checkInclusion(leaves()[20], Sequence{20}, tree.size(), {}, tree.root())),
            "the inclusion proof of leaf 20 of 70 has 0 hashes, not 7");
  EXPECT_EQ(damaged(checkInclusion(leaves()[21], Sequence{20}, tree.size(), path, tree.root())),
            "the inclusion proof of leaf 20 of 70 does not lead to the root");
  const Path proof = *proveConsistency(TreeSize{20}, tree.size(), tree.reader());
  const Digest old_root = naiveRoot(first(20));
  EXPECT_EQ(damaged(checkConsistency(TreeSize{20}, tree.root(), tree.size(), tree.root(), proof)),
            "the consistency proof from 20 to 70 leaves does not lead to the old root");
  EXPECT_EQ(damaged(checkConsistency(TreeSize{20}, old_root, tree.size(), old_root, proof)),
            "the consistency proof from 20 to 70 leaves does not lead to the new root");
}

TEST(Proof, AnEmptyTreeHasOneRoot) {
  EXPECT_TRUE(consistent(0, emptyRoot(), 0, emptyRoot(), {}));
  EXPECT_FALSE(consistent(0, leaves()[0], 0, leaves()[0], {}));
  EXPECT_FALSE(consistent(0, leaves()[0], 1, leaves()[0], {}));
}

TEST(Proof, TilesOfTheWrongLengthAreDamageAndAReadersErrorIsKept) {
  TileTree tree(first(kLarge));
  const HashTileReader tiles = tree.reader();
  for (const std::ptrdiff_t change : {-32, -1, 1, 32}) {
    const HashTileReader wrong = [&](unsigned level, std::uint64_t index,
                                     unsigned width) -> Result<Bytes> {
      auto hashes = tiles(level, index, width);
      if (level == 1) hashes->resize(hashes->size() + static_cast<std::size_t>(change));
      return hashes;
    };
    const auto path = proveInclusion(Sequence{0}, TreeSize{kLarge}, wrong);
    ASSERT_FALSE(path);
    EXPECT_EQ(path.error().code, ErrorCode::kDamaged);
    EXPECT_THAT(path.error().message, HasSubstr("tile/1/000 has "));
    EXPECT_FALSE(rootFromTiles(TreeSize{kLarge}, wrong));
    EXPECT_FALSE(proveConsistency(TreeSize{65793}, TreeSize{kLarge}, wrong));
  }
  const HashTileReader failing = [](unsigned, std::uint64_t, unsigned) -> Result<Bytes> {
    return Error{ErrorCode::kIo, "the disk is gone"};
  };
  EXPECT_EQ(proveInclusion(Sequence{0}, TreeSize{7}, failing).error().message, "the disk is gone");
  EXPECT_EQ(proveConsistency(TreeSize{3}, TreeSize{7}, failing).error().code, ErrorCode::kIo);
  EXPECT_EQ(rootFromTiles(TreeSize{7}, failing).error().code, ErrorCode::kIo);
}

// A changed tile makes a proof that fails, or does not show what was changed.
TEST(Proof, MadeOfChangedTilesFailsWhereItIsChecked) {
  std::mt19937 random(5);
  TileTree tree(first(kLarge));
  const Digest root = tree.root();
  const Path good = *proveInclusion(Sequence{300}, tree.size(), tree.reader());
  int failed = 0;
  for (int round = 0; round < 200; ++round) {
    const std::vector<TileKey> on_the_way{{0, 1}, {1, 0}, {2, 0}, {0, 273}, {1, 1}};
    Bytes& tile = tree.tiles()[on_the_way[random() % on_the_way.size()]];
    const std::size_t at = random() % tile.size();
    const char was = tile[at];
    tile[at] = static_cast<char>(was ^ 1 << random() % 8);
    const Path path = *proveInclusion(Sequence{300}, tree.size(), tree.reader());
    EXPECT_EQ(included(300, kLarge, path, root), path == good);
    failed += path == good ? 0 : 1;
    tile[at] = was;
  }
  EXPECT_GT(failed, 150);
}

}  // namespace
}  // namespace robotledger
