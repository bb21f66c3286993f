// The Merkle tree and its proofs as RFC 6962, section 2.1, defines them: recursive, slow, and easy
// to check by eye.
#pragma once

#include <span>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/sha256.h"

namespace robotledger {

inline Digest naiveLeafHash(BytesView entry) { return sha256(Bytes(1, '\0') + Bytes(entry)); }

// The largest power of two below n; n is 2 at least.
inline std::size_t naiveSplit(std::size_t n) {
  std::size_t split = 1;
  while (split * 2 < n) split *= 2;
  return split;
}

// MTH over leaf hashes.
inline Digest naiveRoot(std::span<const Digest> leaves) {
  if (leaves.empty()) return sha256("");
  if (leaves.size() == 1) return leaves[0];
  const std::size_t split = naiveSplit(leaves.size());
  const Digest left = naiveRoot(leaves.first(split));
  const Digest right = naiveRoot(leaves.subspan(split));
  return sha256("\x01" + Bytes(digestBytes(left)) + Bytes(digestBytes(right)));
}

// PATH(m, D[n]) of section 2.1.1.
inline std::vector<Digest> naivePath(std::size_t m, std::span<const Digest> leaves) {
  if (leaves.size() == 1) return {};
  const std::size_t split = naiveSplit(leaves.size());
  const auto left = leaves.first(split);
  const auto right = leaves.subspan(split);
  std::vector<Digest> path = m < split ? naivePath(m, left) : naivePath(m - split, right);
  path.push_back(naiveRoot(m < split ? right : left));
  return path;
}

// Whether SUBPROOF's m leaves are all of a tree that the other side knows: the RFC's b.
enum class Known { kYes, kNo };

// SUBPROOF(m, D[n], b) of section 2.1.2. PROOF(m, D[n]) is that with kYes.
inline std::vector<Digest> naiveSubproof(std::size_t m, std::span<const Digest> leaves,
                                         Known known) {
  if (m == leaves.size()) {
    return known == Known::kYes ? std::vector<Digest>() : std::vector{naiveRoot(leaves)};
  }
  const std::size_t split = naiveSplit(leaves.size());
  const auto left = leaves.first(split);
  const auto right = leaves.subspan(split);
  std::vector<Digest> proof =
      m <= split ? naiveSubproof(m, left, known) : naiveSubproof(m - split, right, Known::kNo);
  proof.push_back(naiveRoot(m <= split ? right : left));
  return proof;
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
