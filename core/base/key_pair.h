// A certificate and its key, as a server of TLS has them, looked at before they are used.
//
//   auto ends = checkKeyPair(certificate_pem, key_pem);
//   if (!ends) return ends.error();              // "the key is not that of the first certificate"
#pragma once

#include "core/base/bytes.h"
#include "core/base/instant.h"
#include "core/base/result.h"

namespace robotledger {

// When the first certificate ends. kInvalidArgument where one of the texts has none in PEM, the key
// has a password, or it is not the first certificate's. Any thread.
Result<Instant> checkKeyPair(BytesView certificate_pem, BytesView key_pem);

}  // namespace robotledger
