// HMAC-SHA-256 (RFC 2104), through OpenSSL: a hash that only who has the key can make.
//
//   Digest code = hmacSha256(key, message);
#pragma once

#include "core/base/bytes.h"
#include "core/base/sha256.h"

namespace robotledger {

// A key and a message of any length. Any thread.
Digest hmacSha256(BytesView key, BytesView message);

}  // namespace robotledger
