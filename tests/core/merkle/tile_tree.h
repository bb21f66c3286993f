// A tree in memory that answers for its tiles, as a log does.
#pragma once

#include <map>
#include <span>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "core/merkle/proof.h"
#include "core/merkle/tree.h"

namespace robotledger {

using TileKey = std::pair<unsigned, std::uint64_t>;

class TileTree {
 public:
  explicit TileTree(std::span<const Digest> leaves) {
    TreeGrowth growth = tree_.grow({leaves.begin(), leaves.end()});
    for (const FinishedTile& tile : growth.finishedTiles()) {
      tiles_[{tile.id.level, tile.id.index}] = tile.hashes;
    }
    tree_.commit(std::move(growth));
    for (unsigned level = 0; level < kTileLevels; ++level) {
      const Bytes hashes(tree_.unfinishedTile(level));
      if (!hashes.empty()) tiles_[{level, hashesAtLevel(level, size()) / kTileWidth}] = hashes;
    }
  }

  TreeSize size() const { return tree_.size(); }
  Digest root() const { return tree_.root(); }
  // All of them, as wide as the tree makes them.
  std::map<TileKey, Bytes>& tiles() { return tiles_; }

  // Lives as long as the tree. A tile that is not there, or not so wide, fails the test.
  HashTileReader reader() {
    return [this](unsigned level, std::uint64_t index, unsigned width) -> Result<Bytes> {
      const auto found = tiles_.find({level, index});
      if (found == tiles_.end() || width == 0 || width * kDigestBytes > found->second.size()) {
        ADD_FAILURE() << "no tile " << level << "/" << index << " of width " << width;
        return Error{ErrorCode::kNotFound, "no such tile"};
      }
      return found->second.substr(0, width * kDigestBytes);
    };
  }

 private:
  TreeBuilder tree_;
  std::map<TileKey, Bytes> tiles_;
};

inline Digest flipped(Digest digest, std::size_t bit = 0) {
  digest.at(bit / 8) = static_cast<std::uint8_t>(digest.at(bit / 8) ^ 1U << bit % 8);
  return digest;
}

}  // namespace robotledger
