// A registry token: what an account may do for a few minutes, signed.
//
//   auto token = signToken(key, {.issuer = "ledger.example/robots", .subject = "robot$web+ci",
//                                .audience = "registry.example", .issued = now, ...});
//
// A JWT (RFC 7519) signed with ES256, as the distribution project's registry takes it:
// https://distribution.github.io/distribution/spec/auth/jwt/
// The header has typ, alg, kid and x5c. Beside the claims of that page (iss, sub, aud as one text,
// exp, nbf, iat as whole seconds, jti, access) there is one of our own, `robotledger_size`: how
// many events the ledger had when it was decided, so that a token can be held against the log.
#pragma once

#include <string>
#include <vector>

#include "api/token/scope.h"
#include "api/token/token_key.h"
#include "core/base/ids.h"
#include "core/base/instant.h"

namespace robotledger {

struct TokenClaims {
  std::string issuer;
  std::string subject;  // the account's qualified name
  std::string audience;
  Instant issued;
  std::int32_t lifetime_s = 0;
  TreeSize decided_at;
  std::vector<ResourceScope> access;
};

// With a number of its own. kIo where the system has no randomness to give, or OpenSSL does not
// sign. Any thread.
Result<std::string> signToken(const TokenKey& key, const TokenClaims& claims);

}  // namespace robotledger
