// Tiles of a Merkle tree, as C2SP tlog-tiles lays them out (https://c2sp.org/tlog-tiles): 256
// hashes each; entry i of tile (level, index) covers the leaves from (index*256+i)*256^level on,
// 256^level of them.
//
//   tileWidth(TileId{1, 1}, TreeSize{70000})       17: the tile is partial, 17 hashes wide
//   tilePath({TileId{0, 1234067}, 17})             "tile/0/x001/x234/067.p/17"
//   parseTilePath("tile/entries/000")              the entry bundle of the first 256 leaves
//
// All functions: any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/ids.h"
#include "core/base/sha256.h"

namespace robotledger {

inline constexpr unsigned kTileHeight = 8;  // levels of the tree in a tile
inline constexpr unsigned kTileWidth = 256;
inline constexpr std::size_t kDigestBytes = sizeof(Digest);
inline constexpr std::size_t kTileBytes = kTileWidth * kDigestBytes;
// A tree of fewer than 2^64 leaves has tiles at levels 0 to 7.
inline constexpr unsigned kTileLevels = 8;

struct TileId {
  unsigned level = 0;
  std::uint64_t index = 0;
  bool operator==(const TileId&) const = default;
};

// How many hashes of that level a tree of `size` leaves has: floor(size / 256^level).
std::uint64_t hashesAtLevel(unsigned level, TreeSize size);

// How many hashes the tile has in a tree of `size` leaves: 0 where there is no such tile, 256 for a
// full one.
unsigned tileWidth(TileId tile, TreeSize size);

// The hash over a full tile: the entry for it in the tile above. `hashes` is kTileBytes long.
Digest tileRoot(BytesView hashes);

// What a path names: a tile of hashes, or a bundle of entries; full (256) or partial (1 to 255).
enum class TileKind { kHashes, kEntries };

struct TileName {
  TileId tile;  // level 0 for entries
  unsigned width = kTileWidth;
  TileKind kind = TileKind::kHashes;
  bool operator==(const TileName&) const = default;
};

// The path below the log's prefix, without a slash before it.
std::string tilePath(const TileName& name);

// Reads what tilePath() writes, and nothing else: no other spelling of a number is taken. A level
// up to 63 is a well-formed path, though no tree has one above 7.
std::optional<TileName> parseTilePath(std::string_view path);

}  // namespace robotledger
