// The hashes of a proof as lines of base64 with an empty line behind them: what C2SP's tlog-proof
// and tlog-witness have in common. For those files only.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/sha256.h"

namespace robotledger {

// The empty line is not among them.
std::string formatHashLines(std::span<const Digest> hashes);

// Takes them off the front of a file, the empty line too. kDamaged says what is wrong, for any
// other spelling and for more than a tree can be deep.
Result<std::vector<Digest>> takeHashLines(std::string_view& file);

}  // namespace robotledger
