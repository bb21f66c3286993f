// Base64 with padding (RFC 4648, section 4). Bytes have one spelling, and no other is read: no
// white space, no missing padding, no bits behind the end.
//
//   toBase64("\x01\x02")     "AQI="
//   fromBase64("AQJ=")       nothing: its last two bits belong to no byte and are not zero
//
// All functions: any thread. They are not for secrets: their time depends on the bytes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/sha256.h"

namespace robotledger {

std::string toBase64(BytesView bytes);
// Nothing for what toBase64() does not write.
std::optional<Bytes> fromBase64(std::string_view text);
// The same, and nothing for another length than a digest's.
std::optional<Digest> digestFromBase64(std::string_view text);

}  // namespace robotledger
