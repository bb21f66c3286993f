// The Merkle tree of RFC 6962, section 2.1, growing at its right edge, and the tiles it finishes.
//
//   TreeBuilder tree;
//   TreeGrowth growth = tree.grow({leafHash("entry-0"), leafHash("entry-1")});
//   if (write(growth.finishedTiles(), growth.root())) tree.commit(std::move(growth));
//
// A growth that is not committed is dropped, and the tree never had it: that is how a write which
// failed is undone.
#pragma once

#include <array>
#include <functional>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/base/sha256.h"
#include "core/merkle/tiles.h"

namespace robotledger {

// SHA-256 of nothing. Any thread, as the next ones.
Digest emptyRoot();
// SHA-256(0x00 ‖ entry).
Digest leafHash(BytesView entry);
// SHA-256(0x01 ‖ left ‖ right).
Digest nodeHash(const Digest& left, const Digest& right);
// The root over hashes that lie one after the other; their count is a power of two, at most 256.
Digest subtreeRoot(BytesView hashes);

// A full tile: 256 hashes, kTileBytes long, never to change.
struct FinishedTile {
  TileId id;
  Bytes hashes;
  bool operator==(const FinishedTile&) const = default;
};

// The roots of the full subtrees at a tree's right edge, one for each bit of its size that is set:
// node h covers 2^h leaves, the higher ones first. They are all that the root needs.
class TreeEdge {
 public:
  TreeSize size() const { return size_; }
  // As many node hashes as the size has bits set.
  Digest root() const;

 private:
  friend class TreeBuilder;
  TreeSize size_;
  std::array<Digest, 64> nodes_{};
};

// What some leaves would make of a tree. A value of its own; it outlives the tree if it must.
class TreeGrowth {
 public:
  TreeSize size() const { return edge_.size(); }
  Digest root() const { return edge_.root(); }
  // In the order in which they were finished: a tile before the one above it.
  const std::vector<FinishedTile>& finishedTiles() const { return finished_; }

 private:
  friend class TreeBuilder;
  TreeSize from_;
  TreeEdge edge_;
  std::array<Bytes, kTileLevels> added_;  // the new hashes of each level
  std::vector<FinishedTile> finished_;
};

// Holds the right edge and the unfinished tile of each level, 64 KB at most. One thread at a time
// for commit(); the const functions from several threads where none commits.
class TreeBuilder {
 public:
  // The hashes of a full tile as they are stored.
  using TileReader = std::function<Result<Bytes>(TileId)>;

  // The empty tree.
  TreeBuilder() = default;

  // A tree of `size` leaves again, from the hashes of its last size % 256 leaves, one after the
  // other, and from the full tiles at its right edge: at most 255 are read for each level. Fails as
  // the reader does, and with kDamaged for a tile or leaves of the wrong length. Whether the root
  // is the right one is for the caller to compare: any byte changed in what was read changes it.
  static Result<TreeBuilder> restore(TreeSize size, BytesView last_leaves,
                                     const TileReader& read_tile);

  TreeSize size() const { return edge_.size(); }
  Digest root() const { return edge_.root(); }

  // About one node hash a leaf; copies the edge, not the tiles.
  TreeGrowth grow(const std::vector<Digest>& leaves) const;

  // Takes the growth over. It has to be this tree's, at its present size.
  void commit(TreeGrowth growth);

  // The hashes of the level that fill no tile yet: size / 256^level % 256 of them, one after the
  // other. The view lives until the next commit.
  BytesView unfinishedTile(unsigned level) const;

 private:
  void addLeaf(TreeGrowth& growth, const Digest& leaf) const;
  void addHash(TreeGrowth& growth, unsigned level, const Digest& hash) const;
  void restoreEdge();

  TreeEdge edge_;
  std::array<Bytes, kTileLevels> unfinished_;
};

}  // namespace robotledger
