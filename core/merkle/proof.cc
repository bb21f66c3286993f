#include "core/merkle/proof.h"

#include <algorithm>
#include <bit>
#include <map>
#include <optional>
#include <string>

#include "core/merkle/tiles.h"
#include "core/merkle/tree.h"

namespace robotledger {
namespace {

// The leaves below a node, `until` not included. A node's `from` is a multiple of the largest power
// of two that fits into it: that is how the RFC splits.
struct Leaves {
  std::uint64_t from = 0;
  std::uint64_t until = 0;
};

enum class Side { kLeft, kRight };

struct Sibling {
  Leaves leaves;
  Side side = Side::kLeft;
};

// One step down from a node of several leaves: into the child that has `leaf`. The other child is
// what a proof shows.
Sibling stepDown(Leaves& node, std::uint64_t leaf) {
  const std::uint64_t split = node.from + std::bit_floor(node.until - node.from - 1);
  const Leaves left{node.from, split};
  const Leaves right{split, node.until};
  node = leaf < split ? left : right;
  return leaf < split ? Sibling{right, Side::kRight} : Sibling{left, Side::kLeft};
}

// What an inclusion proof shows, from the leaf up.
std::vector<Sibling> inclusionSiblings(Sequence leaf, TreeSize size) {
  std::vector<Sibling> siblings;
  Leaves node{0, size.value};
  while (node.until - node.from > 1) siblings.push_back(stepDown(node, leaf.value));
  std::ranges::reverse(siblings);
  return siblings;
}

// What a consistency proof shows: the largest node whose last leaf is the old tree's, and its
// siblings from there up. Where that node begins at leaf 0 it is the old tree, and is not shown.
struct Consistency {
  Leaves node;
  std::vector<Sibling> siblings;
  bool showsNode() const { return node.from != 0; }
  std::size_t length() const { return siblings.size() + (showsNode() ? 1 : 0); }
};

// 0 < old_size < new_size.
Consistency consistencyOf(TreeSize old_size, TreeSize new_size) {
  Consistency shape{.node = {0, new_size.value}, .siblings = {}};
  while (shape.node.until != old_size.value) {
    shape.siblings.push_back(stepDown(shape.node, old_size.value - 1));
  }
  std::ranges::reverse(shape.siblings);
  return shape;
}

// Hashes of a tree's nodes, from its tiles.
class Nodes {
 public:
  Nodes(TreeSize size, const HashTileReader& read) : size_(size), read_(read) {}

  Result<Digest> hash(Leaves node) {
    // The full subtrees it is made of, from the smallest, which is the rightmost, on.
    std::optional<Digest> hash;
    std::uint64_t end = node.until;
    for (std::uint64_t rest = node.until - node.from; rest != 0; rest &= rest - 1) {
      const auto height = static_cast<unsigned>(std::countr_zero(rest));
      end -= std::uint64_t{1} << height;
      auto subtree = fullSubtree(height, end >> height);
      if (!subtree) return subtree.error();
      hash = hash ? nodeHash(*subtree, *hash) : *subtree;
    }
    return hash.value_or(emptyRoot());
  }

  // Those of the siblings, behind what `path` has.
  Result<void> append(std::vector<Digest>& path, std::span<const Sibling> siblings) {
    for (const Sibling& sibling : siblings) {
      auto digest = hash(sibling.leaves);
      if (!digest) return digest.error();
      path.push_back(*digest);
    }
    return {};
  }

 private:
  // The index-th subtree of 2^height leaves: all its hashes at a tile's level lie in one tile.
  Result<Digest> fullSubtree(unsigned height, std::uint64_t index) {
    const unsigned bits = height % kTileHeight;
    const std::uint64_t first = index << bits;
    auto hashes = tile({height / kTileHeight, first / kTileWidth});
    if (!hashes) return hashes.error();
    return subtreeRoot(hashes->substr(first % kTileWidth * kDigestBytes, kDigestBytes << bits));
  }

  Result<BytesView> tile(TileId id) {
    const auto found = tiles_.find({id.level, id.index});
    if (found != tiles_.end()) return BytesView(found->second);
    const unsigned width = tileWidth(id, size_);
    auto hashes = read_(id.level, id.index, width);
    if (!hashes) return hashes.error();
    if (hashes->size() != width * kDigestBytes) {
      return Error{ErrorCode::kDamaged, tilePath({id, width}) + " has " +
                                            std::to_string(hashes->size()) + " bytes, not " +
                                            std::to_string(width * kDigestBytes)};
    }
    return BytesView(
        tiles_.emplace(std::pair(id.level, id.index), *std::move(hashes)).first->second);
  }

  TreeSize size_;
  const HashTileReader& read_;
  std::map<std::pair<unsigned, std::uint64_t>, Bytes> tiles_;
};

Error noSuchLeaf(Sequence leaf, TreeSize size) {
  return Error{ErrorCode::kInvalidArgument, "a tree of " + std::to_string(size.value) +
                                                " leaves has no leaf " +
                                                std::to_string(leaf.value)};
}

Error largerOldTree(TreeSize old_size, TreeSize new_size) {
  return Error{ErrorCode::kInvalidArgument, "a tree of " + std::to_string(old_size.value) +
                                                " leaves is not the beginning of one of " +
                                                std::to_string(new_size.value)};
}

Result<void> checkLength(std::size_t length, std::size_t must_be, const std::string& proof) {
  if (length == must_be) return {};
  return Error{ErrorCode::kDamaged, proof + " has " + std::to_string(length) + " hashes, not " +
                                        std::to_string(must_be)};
}

Digest parent(const Digest& hash, const Digest& sibling, Side side) {
  return side == Side::kLeft ? nodeHash(sibling, hash) : nodeHash(hash, sibling);
}

std::string consistencyProof(TreeSize old_size, TreeSize new_size) {
  return "the consistency proof from " + std::to_string(old_size.value) + " to " +
         std::to_string(new_size.value) + " leaves";
}

}  // namespace

Result<Digest> rootFromTiles(TreeSize size, const HashTileReader& read) {
  return Nodes(size, read).hash({0, size.value});
}

Result<std::vector<Digest>> proveInclusion(Sequence leaf, TreeSize size,
                                           const HashTileReader& read) {
  if (leaf.value >= size.value) return noSuchLeaf(leaf, size);
  std::vector<Digest> path;
  auto shown = Nodes(size, read).append(path, inclusionSiblings(leaf, size));
  if (!shown) return shown.error();
  return path;
}

Result<std::vector<Digest>> proveConsistency(TreeSize old_size, TreeSize new_size,
                                             const HashTileReader& read) {
  if (old_size > new_size) return largerOldTree(old_size, new_size);
  std::vector<Digest> path;
  if (old_size == new_size || old_size.value == 0) return path;
  const Consistency shape = consistencyOf(old_size, new_size);
  Nodes nodes(new_size, read);
  if (shape.showsNode()) {
    auto digest = nodes.hash(shape.node);
    if (!digest) return digest.error();
    path.push_back(*digest);
  }
  auto shown = nodes.append(path, shape.siblings);
  if (!shown) return shown.error();
  return path;
}

Result<void> checkInclusion(const Digest& leaf_hash, Sequence leaf, TreeSize size,
                            std::span<const Digest> path, const Digest& root) {
  if (leaf.value >= size.value) return noSuchLeaf(leaf, size);
  const std::vector<Sibling> siblings = inclusionSiblings(leaf, size);
  const std::string proof = "the inclusion proof of leaf " + std::to_string(leaf.value) + " of " +
                            std::to_string(size.value);
  if (auto fits = checkLength(path.size(), siblings.size(), proof); !fits) return fits;
  Digest hash = leaf_hash;
  for (std::size_t i = 0; i < path.size(); ++i) hash = parent(hash, path[i], siblings[i].side);
  if (hash == root) return {};
  return Error{ErrorCode::kDamaged, proof + " does not lead to the root"};
}

Result<void> checkConsistency(TreeSize old_size, const Digest& old_root, TreeSize new_size,
                              const Digest& new_root, std::span<const Digest> path) {
  if (old_size > new_size) return largerOldTree(old_size, new_size);
  const std::string proof = consistencyProof(old_size, new_size);
  if (old_size == new_size || old_size.value == 0) {
    if (auto fits = checkLength(path.size(), 0, proof); !fits) return fits;
    const bool leads = (old_size != new_size || old_root == new_root) &&
                       (old_size.value != 0 || old_root == emptyRoot());
    if (leads) return {};
    return Error{ErrorCode::kDamaged, proof + " does not lead to the old root"};
  }
  const Consistency shape = consistencyOf(old_size, new_size);
  if (auto fits = checkLength(path.size(), shape.length(), proof); !fits) return fits;
  Digest old_hash = old_root;
  if (shape.showsNode()) {
    old_hash = path.front();
    path = path.subspan(1);
  }
  Digest new_hash = old_hash;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const Side side = shape.siblings[i].side;
    new_hash = parent(new_hash, path[i], side);
    // What is right of the old tree came later.
    if (side == Side::kLeft) old_hash = parent(old_hash, path[i], side);
  }
  if (old_hash != old_root) {
    return Error{ErrorCode::kDamaged, proof + " does not lead to the old root"};
  }
  if (new_hash == new_root) return {};
  return Error{ErrorCode::kDamaged, proof + " does not lead to the new root"};
}

}  // namespace robotledger
