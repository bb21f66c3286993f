// The Merkle tree as RFC 6962, section 2.1, defines it: recursive, slow, and easy to check by eye.
#pragma once

#include <span>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/sha256.h"

namespace robotledger {

inline Digest naiveLeafHash(BytesView entry) { return sha256(Bytes(1, '\0') + Bytes(entry)); }

// MTH over leaf hashes.
inline Digest naiveRoot(std::span<const Digest> leaves) {
  if (leaves.empty()) return sha256("");
  if (leaves.size() == 1) return leaves[0];
  std::size_t split = 1;
  while (split * 2 < leaves.size()) split *= 2;
  const Digest left = naiveRoot(leaves.first(split));
  const Digest right = naiveRoot(leaves.subspan(split));
  return sha256("\x01" + Bytes(digestBytes(left)) + Bytes(digestBytes(right)));
}

// Tile (level, index) by its definition, as wide as the tree makes it.
inline Bytes naiveTile(std::span<const Digest> leaves, unsigned level, std::uint64_t index) {
  std::size_t span = 1;
  for (unsigned i = 0; i < level; ++i) span *= 256;
  Bytes tile;
  for (std::size_t i = 0; i < 256; ++i) {
    const std::size_t from = (index * 256 + i) * span;
    if (from + span > leaves.size()) break;
    tile += digestBytes(naiveRoot(leaves.subspan(from, span)));
  }
  return tile;
}

inline std::vector<Digest> naiveLeaves(std::span<const Bytes> entries) {
  std::vector<Digest> leaves;
  for (const Bytes& entry : entries) leaves.push_back(naiveLeafHash(entry));
  return leaves;
}

// "entry-0", "entry-1", …, as in the public test vectors.
inline std::vector<Digest> numberedLeaves(std::size_t count) {
  std::vector<Digest> leaves;
  for (std::size_t i = 0; i < count; ++i) {
    leaves.push_back(naiveLeafHash("entry-" + std::to_string(i)));
  }
  return leaves;
}

}  // namespace robotledger
