#include "core/merkle/tree.h"

#include <bit>
#include <cstring>
#include <utility>

#include "core/base/check.h"

namespace robotledger {
namespace {

constexpr char kLeafPrefix = 0;
constexpr char kNodePrefix = 1;
// Entries up to this length are hashed in one go, which costs half of a hash over pieces.
constexpr std::size_t kShortEntryBytes = 1023;

}  // namespace

Digest emptyRoot() { return sha256({}); }

Digest leafHash(BytesView entry) {
  if (entry.size() <= kShortEntryBytes) {
    std::array<char, kShortEntryBytes + 1> bytes;
    bytes[0] = kLeafPrefix;
    if (!entry.empty()) std::memcpy(bytes.data() + 1, entry.data(), entry.size());
    return sha256({bytes.data(), entry.size() + 1});
  }
  Sha256 hash;
  hash.update({&kLeafPrefix, 1});
  hash.update(entry);
  return hash.finish();
}

Digest nodeHash(const Digest& left, const Digest& right) {
  std::array<char, 1 + 2 * kDigestBytes> bytes;
  bytes[0] = kNodePrefix;
  std::memcpy(bytes.data() + 1, left.data(), kDigestBytes);
  std::memcpy(bytes.data() + 1 + kDigestBytes, right.data(), kDigestBytes);
  return sha256({bytes.data(), bytes.size()});
}

Digest subtreeRoot(BytesView hashes) {
  const std::size_t count = hashes.size() / kDigestBytes;
  RL_CHECK(std::has_single_bit(count) && count <= kTileWidth, "a subtree in a tile is full");
  std::array<Digest, kTileWidth> row;
  std::memcpy(row.data(), hashes.data(), count * kDigestBytes);
  for (std::size_t width = count / 2; width > 0; width /= 2) {
    for (std::size_t i = 0; i < width; ++i) row[i] = nodeHash(row[2 * i], row[2 * i + 1]);
  }
  return row[0];
}

Digest TreeEdge::root() const {
  if (size_.value == 0) return emptyRoot();
  std::uint64_t rest = size_.value;
  Digest root = nodes_[static_cast<std::size_t>(std::countr_zero(rest))];
  // From the lowest node up: each higher one is the left sibling of all that is right of it.
  for (rest &= rest - 1; rest != 0; rest &= rest - 1) {
    root = nodeHash(nodes_[static_cast<std::size_t>(std::countr_zero(rest))], root);
  }
  return root;
}

TreeGrowth TreeBuilder::grow(const std::vector<Digest>& leaves) const {
  TreeGrowth growth;
  growth.from_ = size();
  growth.edge_ = edge_;
  growth.added_[0].reserve(leaves.size() * kDigestBytes);
  for (const Digest& leaf : leaves) addLeaf(growth, leaf);
  return growth;
}

void TreeBuilder::addLeaf(TreeGrowth& growth, const Digest& leaf) const {
  TreeEdge& edge = growth.edge_;
  Digest hash = leaf;
  addHash(growth, 0, hash);
  // As in a binary counter: each full subtree on the right makes one with its left sibling.
  std::size_t height = 0;
  for (; (edge.size_.value >> height & 1) != 0; ++height) {
    hash = nodeHash(edge.nodes_[height], hash);
    if ((height + 1) % kTileHeight == 0) {
      addHash(growth, static_cast<unsigned>((height + 1) / kTileHeight), hash);
    }
  }
  edge.nodes_[height] = hash;
  ++edge.size_.value;
}

void TreeBuilder::addHash(TreeGrowth& growth, unsigned level, const Digest& hash) const {
  Bytes& added = growth.added_[level];
  added.append(digestBytes(hash));
  const BytesView before = unfinished_[level];
  if ((before.size() + added.size()) % kTileBytes != 0) return;

  // The tile's tail is what was added last; its head, for the first tile, is what was there before.
  const std::size_t tail = std::min(added.size(), kTileBytes);
  FinishedTile tile{.id = {level, (growth.edge_.size_.value >> (kTileHeight * level)) / kTileWidth},
                    .hashes = {}};
  tile.hashes.reserve(kTileBytes);
  if (tail < kTileBytes) tile.hashes.append(before);
  tile.hashes.append(added, added.size() - tail);
  growth.finished_.push_back(std::move(tile));
}

void TreeBuilder::commit(TreeGrowth growth) {
  RL_CHECK(growth.from_ == size(), "a growth belongs to the tree as it was");
  for (unsigned level = 0; level < kTileLevels; ++level) {
    const Bytes& added = growth.added_[level];
    Bytes& unfinished = unfinished_[level];
    const std::size_t before = unfinished.size();
    if (before + added.size() < kTileBytes) {
      unfinished.append(added);
      continue;
    }
    const std::size_t left = (before + added.size()) % kTileBytes;
    unfinished.assign(added, added.size() - left);
  }
  edge_ = growth.edge_;
}

BytesView TreeBuilder::unfinishedTile(unsigned level) const {
  return level < kTileLevels ? BytesView(unfinished_[level]) : BytesView();
}

Result<TreeBuilder> TreeBuilder::restore(TreeSize size, BytesView last_leaves,
                                         const TileReader& read_tile) {
  if (last_leaves.size() != size.value % kTileWidth * kDigestBytes) {
    return Error{ErrorCode::kDamaged, "a tree of " + std::to_string(size.value) + " leaves has " +
                                          std::to_string(size.value % kTileWidth) +
                                          " in its last tile, not " +
                                          std::to_string(last_leaves.size() / kDigestBytes)};
  }
  TreeBuilder tree;
  tree.edge_.size_ = size;
  tree.unfinished_[0] = last_leaves;
  for (unsigned level = 1; level < kTileLevels; ++level) {
    const std::uint64_t hashes = hashesAtLevel(level, size);
    // Each hash of a level is the root of a full tile of the level below.
    for (std::uint64_t i = hashes - hashes % kTileWidth; i < hashes; ++i) {
      auto tile = read_tile(TileId{level - 1, i});
      if (!tile) return tile.error();
      if (tile->size() != kTileBytes) {
        return Error{ErrorCode::kDamaged, "tile " + std::to_string(level - 1) + "/" +
                                              std::to_string(i) + " has " +
                                              std::to_string(tile->size()) + " bytes, not " +
                                              std::to_string(kTileBytes)};
      }
      tree.unfinished_[level].append(digestBytes(tileRoot(*tile)));
    }
  }
  tree.restoreEdge();
  return tree;
}

void TreeBuilder::restoreEdge() {
  for (unsigned level = 0; level < kTileLevels; ++level) {
    BytesView hashes = unfinished_[level];
    for (std::size_t bit = kTileHeight; bit-- > 0;) {
      const std::size_t bytes = kDigestBytes << bit;
      if (hashes.size() < bytes) continue;
      edge_.nodes_[std::size_t{level} * kTileHeight + bit] = subtreeRoot(hashes.substr(0, bytes));
      hashes.remove_prefix(bytes);
    }
  }
}

}  // namespace robotledger
