// Basic credentials (RFC 7617), as they come in a request's Authorization header.
//
//   auto basic = basicCredentials("Basic YWRtaW46c2VjcmV0");     // admin, secret
//
// The value is "Basic" in any case, spaces, and base64 with its padding (RFC 4648, section 4), of a
// name, a colon and a secret, which may have colons. Text that has no colon, or control characters
// before it, is none.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace robotledger::http {

struct BasicCredentials {
  std::string name;
  std::string secret;
};

// Nothing for what is none. The secret is for the caller to wipe. Any thread.
std::optional<BasicCredentials> basicCredentials(std::string_view header);

}  // namespace robotledger::http
