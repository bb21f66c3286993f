// The bytes of the file `last-used`; last_used.h has their format.
//
//   auto uses = parseLastUsed(formatLastUsed(uses));     // the same
#pragma once

#include <string_view>

#include "api/login/last_used.h"
#include "core/base/bytes.h"

namespace robotledger {

Bytes formatLastUsed(const LastUses& uses);
// Nothing for what formatLastUsed() does not write.
std::optional<LastUses> parseLastUsed(std::string_view text);

// An address as it is kept: printable ASCII without spaces, at most 64 bytes; else "?".
std::string keptAddress(std::string_view address);

// Any of these: any thread.
}  // namespace robotledger
