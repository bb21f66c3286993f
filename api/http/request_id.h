// The id under which a request is found in the log: the client's X-Request-Id where that is one,
// else one made here.
//
//   requestId(request)        "build-4711", or 32 hexadecimal digits
#pragma once

#include <string>

#include "api/http/exchange.h"

namespace robotledger::http {

// The client's, where he sent just one, of 1 to 128 printable ASCII characters. Any thread.
std::string requestId(const Request& request);
// Unlike every other, without being a secret. Any thread.
std::string newRequestId();

}  // namespace robotledger::http
