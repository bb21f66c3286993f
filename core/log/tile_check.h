// Whether a stored tile is what the records give, and where not, which of the two is wrong: the
// hash over the tile, which stands in the tile above, vouches for one of them.
//
//   if (auto fault = checkTile(log, TileId{0, 3}, hashes)) return fault->error;
#pragma once

#include <optional>

#include "core/base/result.h"
#include "core/log/log_store.h"
#include "core/merkle/tiles.h"

namespace robotledger {

struct TileFault {
  std::size_t hash = 0;  // the first one in the tile that is wrong
  Error error;           // kDamaged; or as the store fails
};

// `computed` is what the records give: 1 to 256 hashes, one after the other. Any thread.
std::optional<TileFault> checkTile(const LogStore& log, TileId tile, BytesView computed);

}  // namespace robotledger
