#include "core/log/tile_check.h"

#include "core/merkle/tree.h"

namespace robotledger {
namespace {

BytesView hashAt(BytesView hashes, std::size_t place) {
  return hashes.substr(place * kDigestBytes, kDigestBytes);
}

std::string nameOf(TileId tile) {
  return "tile " + std::to_string(tile.level) + "/" + std::to_string(tile.index);
}

// "record 785", or for a hash of a higher level "records 4096 to 4351".
std::string recordsUnder(TileId tile, std::size_t place) {
  const unsigned shift = kTileHeight * tile.level;
  const std::uint64_t first = (tile.index * kTileWidth + place) << shift;
  if (tile.level == 0) return "record " + std::to_string(first);
  const std::uint64_t last = first + (std::uint64_t{1} << shift) - 1;
  return "records " + std::to_string(first) + " to " + std::to_string(last);
}

// What the tile above has for this one; nothing where this one is not full, or that is unreadable.
std::optional<Digest> vouchedFor(const LogStore& log, TileId tile, BytesView hashes) {
  if (hashes.size() != kTileBytes) return std::nullopt;
  const auto place = static_cast<unsigned>(tile.index % kTileWidth);
  const auto above = log.hashTile(tile.level + 1, tile.index / kTileWidth, place + 1);
  if (!above) return std::nullopt;
  return digestFrom(hashAt(*above, place));
}

// The first hash that the records and the stored tile have differently.
std::size_t firstDifference(BytesView computed, BytesView stored) {
  std::size_t place = 0;
  while (hashAt(computed, place) == hashAt(stored, place)) ++place;
  return place;
}

Error disagreement(const LogStore& log, TileId tile, std::size_t place, BytesView computed,
                   BytesView stored) {
  const char* const one_or_more = tile.level == 0 ? " was" : " were";
  const std::string records = recordsUnder(tile, place);
  std::string who = records + " and " + nameOf(tile) + " do not fit together";
  if (const auto vouched = vouchedFor(log, tile, computed)) {
    if (*vouched == tileRoot(computed)) who = nameOf(tile) + " was changed";
    if (*vouched == tileRoot(stored)) who = records + one_or_more + " changed";
  }
  return {ErrorCode::kDamaged, who + ": hash " + std::to_string(place) + " of " + nameOf(tile) +
                                   " is " + toHex(hashAt(stored, place)) + ", and that of " +
                                   records + " is " + toHex(hashAt(computed, place))};
}

}  // namespace

std::optional<TileFault> checkTile(const LogStore& log, TileId tile, BytesView computed) {
  const auto width = static_cast<unsigned>(computed.size() / kDigestBytes);
  const auto stored = log.hashTile(tile.level, tile.index, width);
  if (!stored) return TileFault{.hash = 0, .error = stored.error()};
  if (*stored == computed) return std::nullopt;
  const std::size_t place = firstDifference(computed, *stored);
  return TileFault{.hash = place, .error = disagreement(log, tile, place, computed, *stored)};
}

}  // namespace robotledger
