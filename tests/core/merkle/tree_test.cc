#include "core/merkle/tree.h"

#include <map>
#include <random>

#include <gtest/gtest.h>

#include "tests/core/merkle/naive_tree.h"

namespace robotledger {
namespace {

using Tiles = std::map<std::pair<unsigned, std::uint64_t>, Bytes>;

void growBy(TreeBuilder& tree, std::span<const Digest> leaves, Tiles& tiles) {
  TreeGrowth growth = tree.grow({leaves.begin(), leaves.end()});
  for (const FinishedTile& tile : growth.finishedTiles()) {
    const bool fresh = tiles.emplace(std::pair(tile.id.level, tile.id.index), tile.hashes).second;
    EXPECT_TRUE(fresh) << "tile " << tile.id.level << "/" << tile.id.index << " came twice";
  }
  tree.commit(std::move(growth));
}

Result<TreeBuilder> restoreFrom(const TreeBuilder& tree, const Tiles& tiles) {
  return TreeBuilder::restore(tree.size(), tree.unfinishedTile(0), [&](TileId id) -> Result<Bytes> {
    const auto found = tiles.find({id.level, id.index});
    if (found == tiles.end()) return Error{ErrorCode::kDamaged, "no such tile"};
    return found->second;
  });
}

// All tiles of the tree, finished and unfinished, are those of the definition, and no others are.
void expectTilesByDefinition(const TreeBuilder& tree, const Tiles& tiles,
                             std::span<const Digest> leaves) {
  std::size_t full = 0;
  for (unsigned level = 0; level < kTileLevels; ++level) {
    const std::uint64_t count = hashesAtLevel(level, tree.size()) / kTileWidth;
    full += count;
    for (std::uint64_t index = 0; index < count; ++index) {
      const auto found = tiles.find({level, index});
      ASSERT_NE(found, tiles.end()) << level << "/" << index;
      ASSERT_EQ(found->second, naiveTile(leaves, level, index)) << level << "/" << index;
    }
    if (level < 3) {
      ASSERT_EQ(tree.unfinishedTile(level), naiveTile(leaves, level, count)) << level;
    }
  }
  EXPECT_EQ(tiles.size(), full);
}

TEST(Tree, HashesAreThoseOfTheRfc) {
  EXPECT_EQ(emptyRoot(), sha256(""));
  EXPECT_EQ(leafHash(""), sha256(BytesView("\0", 1)));
  for (const std::size_t length : {1U, 180U, 1022U, 1023U, 1024U, 65535U}) {
    const Bytes entry(length, 'x');
    EXPECT_EQ(leafHash(entry), naiveLeafHash(entry)) << length;
  }
  const std::vector<Digest> two = numberedLeaves(2);
  EXPECT_EQ(nodeHash(two[0], two[1]), naiveRoot(two));
}

TEST(Tree, RootIsTheNaiveOneAtEverySizeUpTo600) {
  const std::vector<Digest> leaves = numberedLeaves(600);
  TreeBuilder tree;
  Tiles tiles;
  EXPECT_EQ(tree.root(), emptyRoot());
  for (std::size_t size = 1; size <= leaves.size(); ++size) {
    growBy(tree, std::span(leaves).subspan(size - 1, 1), tiles);
    ASSERT_EQ(tree.size().value, size);
    ASSERT_EQ(tree.root(), naiveRoot(std::span(leaves).first(size))) << size;
  }
  expectTilesByDefinition(tree, tiles, leaves);
}

TEST(Tree, BatchesOfAnySizeGiveTheSameRootAndTiles) {
  std::mt19937 random(7);
  const std::vector<Digest> leaves = numberedLeaves(150000);
  for (int round = 0; round < 3; ++round) {
    TreeBuilder tree;
    Tiles tiles;
    for (std::size_t at = 0; at < leaves.size();) {
      const std::size_t most = random() % 4 == 0 ? 40000 : 700;
      const std::size_t count = std::min(leaves.size() - at, random() % most + 1);
      growBy(tree, std::span(leaves).subspan(at, count), tiles);
      at += count;
      ASSERT_EQ(tree.size().value, at);
    }
    EXPECT_EQ(tree.root(), naiveRoot(leaves));
    expectTilesByDefinition(tree, tiles, leaves);
  }
}

TEST(Tree, GrowthThatIsNotCommittedLeavesNoTrace) {
  const std::vector<Digest> leaves = numberedLeaves(1000);
  TreeBuilder tree;
  Tiles tiles;
  growBy(tree, std::span(leaves).first(255), tiles);
  const Digest before = tree.root();
  const Bytes unfinished(tree.unfinishedTile(0));

  const TreeGrowth dropped = tree.grow(numberedLeaves(700));
  EXPECT_EQ(dropped.size().value, 955U);
  EXPECT_EQ(dropped.finishedTiles().size(), 3U);

  EXPECT_EQ(tree.root(), before);
  EXPECT_EQ(tree.unfinishedTile(0), unfinished);
  growBy(tree, std::span(leaves).subspan(255), tiles);
  EXPECT_EQ(tree.root(), naiveRoot(leaves));
  expectTilesByDefinition(tree, tiles, leaves);
}

TEST(Tree, RestoredTreeIsTheSameAndGrowsOn) {
  std::mt19937 random(11);
  const std::vector<Digest> leaves = numberedLeaves(140000);
  for (const std::size_t size :
       {0U, 1U, 255U, 256U, 257U, 65535U, 65536U, 65537U, 131072U, 70000U}) {
    TreeBuilder tree;
    Tiles tiles;
    growBy(tree, std::span(leaves).first(size), tiles);
    auto restored = restoreFrom(tree, tiles);
    ASSERT_TRUE(restored) << restored.error().message;
    EXPECT_EQ(restored->root(), tree.root()) << size;
    const std::size_t more = random() % (leaves.size() - size);
    growBy(*restored, std::span(leaves).subspan(size, more), tiles);
    EXPECT_EQ(restored->root(), naiveRoot(std::span(leaves).first(size + more))) << size;
    expectTilesByDefinition(*restored, tiles, std::span(leaves).first(size + more));
  }
}

TEST(Tree, RestoringFromChangedHashesGivesAnotherRoot) {
  const std::vector<Digest> leaves = numberedLeaves(66000);
  TreeBuilder tree;
  Tiles tiles;
  growBy(tree, leaves, tiles);
  // The tiles at the right edge: 65792..66000 at level 0, and the first tile of level 1.
  for (const auto& id : {std::pair(0U, std::uint64_t{256}), std::pair(1U, std::uint64_t{0})}) {
    Tiles changed = tiles;
    changed[id][5000] = static_cast<char>(changed[id][5000] ^ 1);
    auto restored = restoreFrom(tree, changed);
    ASSERT_TRUE(restored);
    EXPECT_NE(restored->root(), tree.root()) << id.first;
  }
}

TEST(Tree, RestoringFromTooFewHashesIsDamage) {
  const std::vector<Digest> leaves = numberedLeaves(600);
  TreeBuilder tree;
  Tiles tiles;
  growBy(tree, leaves, tiles);
  const auto read = [&](TileId id) -> Result<Bytes> { return tiles[{id.level, id.index}]; };
  const BytesView last = tree.unfinishedTile(0);
  auto short_leaves = TreeBuilder::restore(tree.size(), last.substr(32), read);
  ASSERT_FALSE(short_leaves);
  EXPECT_EQ(short_leaves.error().code, ErrorCode::kDamaged);

  tiles[{0, 1}].resize(8191);
  auto short_tile = TreeBuilder::restore(tree.size(), last, read);
  ASSERT_FALSE(short_tile);
  EXPECT_EQ(short_tile.error().code, ErrorCode::kDamaged);
  EXPECT_NE(short_tile.error().message.find("tile 0/1"), std::string::npos);
}

}  // namespace
}  // namespace robotledger
