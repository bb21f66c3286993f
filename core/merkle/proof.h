// Proofs of the Merkle tree (RFC 6962, sections 2.1.1 and 2.1.2), made from tiles and checked with
// nothing but the proof: that a leaf is in a tree, and that one tree is the beginning of another.
//
//   const HashTileReader read = std::bind_front(&LogStore::hashTile, &log);
//   auto path = proveInclusion(Sequence{12345}, TreeSize{70000}, read);
//   if (!path) return path.error();
//   auto included = checkInclusion(leafHash(entry), Sequence{12345}, TreeSize{70000}, *path, root);
//
// A proof made of changed tiles is a proof that fails where it is checked: making one checks the
// lengths of what it reads and no hashes.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/base/sha256.h"

namespace robotledger {

// Reads the first `width` hashes, 1 to 256, of tile (level, index), 32 bytes each. The width asked
// for is what a tree of the size in question has of that tile, so that published tiles answer too.
using HashTileReader =
    std::function<Result<Bytes>(unsigned level, std::uint64_t index, unsigned width)>;

// The functions that read tiles read each one once at most, and of each level at most two; they
// fail as the reader does, and with kDamaged for a tile of the wrong length. Any thread, where the
// reader is for any thread.

// The root of the tree of the first `size` leaves.
Result<Digest> rootFromTiles(TreeSize size, const HashTileReader& read);

// The hashes from the leaf's sibling up to a child of the root. kInvalidArgument where the tree has
// no such leaf.
Result<std::vector<Digest>> proveInclusion(Sequence leaf, TreeSize size,
                                           const HashTileReader& read);

// That the tree of `old_size` leaves is the beginning of that of `new_size`. Nothing needs proving,
// and the proof is empty, where the sizes are equal or the old tree is. kInvalidArgument where the
// old tree is the larger one.
Result<std::vector<Digest>> proveConsistency(TreeSize old_size, TreeSize new_size,
                                             const HashTileReader& read);

// kDamaged where the proof has another length than it must, or does not lead from the leaf's hash
// to the root; kInvalidArgument where the tree has no such leaf. Any thread.
Result<void> checkInclusion(const Digest& leaf_hash, Sequence leaf, TreeSize size,
                            std::span<const Digest> path, const Digest& root);

// The same of a consistency proof, which has to lead to both roots; that of an empty tree is
// emptyRoot(). kInvalidArgument where the old tree is the larger one. Any thread.
Result<void> checkConsistency(TreeSize old_size, const Digest& old_root, TreeSize new_size,
                              const Digest& new_root, std::span<const Digest> path);

}  // namespace robotledger
