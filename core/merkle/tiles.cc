#include "core/merkle/tiles.h"

#include "core/base/check.h"
#include "core/base/parse.h"
#include "core/merkle/tree.h"

namespace robotledger {
namespace {

constexpr unsigned kMaxPathLevel = 63;
constexpr std::uint64_t kGroup = 1000;  // three digits a path element

std::optional<std::uint64_t> parseGroup(std::string_view text) {
  if (text.size() != 3) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return value;
}

// "x001/x234/067". A first group of x000 would be a second name of the same tile.
std::optional<std::uint64_t> parseIndex(std::string_view text) {
  std::uint64_t index = 0;
  for (bool first = true;; first = false) {
    const bool more = !text.empty() && text.front() == 'x';
    if (more) text.remove_prefix(1);
    const auto group = parseGroup(text.substr(0, 3));
    if (!group || (more && first && *group == 0)) return std::nullopt;
    if (__builtin_mul_overflow(index, kGroup, &index) ||
        __builtin_add_overflow(index, *group, &index)) {
      return std::nullopt;
    }
    text.remove_prefix(3);
    if (!more) return text.empty() ? std::optional(index) : std::nullopt;
    if (text.empty() || text.front() != '/') return std::nullopt;
    text.remove_prefix(1);
  }
}

std::string indexPath(std::uint64_t index) {
  std::string path;
  for (bool last = true; last || index > 0; last = false, index /= kGroup) {
    const std::string digits = std::to_string(index % kGroup + kGroup).substr(1);
    path.insert(0, last ? digits : "x" + digits + "/");
  }
  return path;
}

}  // namespace

std::uint64_t hashesAtLevel(unsigned level, TreeSize size) {
  return level >= kTileLevels ? 0 : size.value >> (kTileHeight * level);
}

unsigned tileWidth(TileId tile, TreeSize size) {
  const std::uint64_t hashes = hashesAtLevel(tile.level, size);
  const std::uint64_t full = hashes / kTileWidth;
  if (tile.index < full) return kTileWidth;
  return tile.index == full ? static_cast<unsigned>(hashes % kTileWidth) : 0;
}

Digest tileRoot(BytesView hashes) {
  RL_CHECK(hashes.size() == kTileBytes, "the root of a tile is that of a full one");
  return subtreeRoot(hashes);
}

std::string tilePath(const TileName& name) {
  RL_CHECK(name.width >= 1 && name.width <= kTileWidth, "a tile has 1 to 256 hashes");
  std::string path = "tile/";
  path += name.kind == TileKind::kEntries ? "entries" : std::to_string(name.tile.level);
  path += "/" + indexPath(name.tile.index);
  if (name.width < kTileWidth) path += ".p/" + std::to_string(name.width);
  return path;
}

std::optional<TileName> parseTilePath(std::string_view path) {
  constexpr std::string_view kPrefix = "tile/";
  constexpr std::string_view kPartial = ".p/";
  if (!path.starts_with(kPrefix)) return std::nullopt;
  path.remove_prefix(kPrefix.size());
  const std::size_t slash = path.find('/');
  if (slash == std::string_view::npos) return std::nullopt;

  TileName name;
  const std::string_view level = path.substr(0, slash);
  if (level == "entries") {
    name.kind = TileKind::kEntries;
  } else {
    const auto number = parseDecimal(level, kMaxPathLevel);
    if (!number) return std::nullopt;
    name.tile.level = static_cast<unsigned>(*number);
  }
  path.remove_prefix(slash + 1);

  const std::size_t partial = path.find(kPartial);
  if (partial != std::string_view::npos) {
    const auto width = parseDecimal(path.substr(partial + kPartial.size()), kTileWidth - 1);
    if (!width || *width == 0) return std::nullopt;
    name.width = static_cast<unsigned>(*width);
    path = path.substr(0, partial);
  }
  const auto index = parseIndex(path);
  if (!index) return std::nullopt;
  name.tile.index = *index;
  return name;
}

}  // namespace robotledger
