// What has to hold for any bytes that are taken for an entry.
#pragma once

#include "core/base/bytes.h"

namespace robotledger {

// Decodes them; where they are an event, encodes it and decodes that. Ends the process where the
// event does not survive, where its encoding is not canonical, or where an error is no damage.
void tryEntry(BytesView bytes);

}  // namespace robotledger
