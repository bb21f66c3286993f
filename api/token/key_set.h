// The public keys by which tokens can be checked: the one in use, and those before it whose tokens
// may still live.
//
//   auto keys = TokenKeySet::open("ledger/keys/token-keys.json", key->publicKey(), now);
//   (*keys)->jwks(now)        {"keys":[{"kty":"EC","crv":"P-256","kid":"…","x5c":["…"],…}]}
//
// It is the JSON Web Key Set of RFC 7517. The file holds nothing that is secret; it is written anew
// whenever another key is used.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "api/token/token_key.h"

namespace robotledger {

// Does not change. Any thread.
class TokenKeySet {
 public:
  // Remembers the key as the one that is used from now on. A file that is not there is made; one
  // that cannot be read is kInvalidArgument, and says what to do; kIo where the system fails.
  static Result<std::unique_ptr<TokenKeySet>> open(const std::string& path,
                                                   const PublicTokenKey& key, Instant now);

  // Those whose tokens may live at that instant, the one in use first.
  std::string jwks(Instant now) const;

 private:
  struct Replaced {
    PublicTokenKey key;
    Instant until;  // its last token has ended by then
  };
  Result<void> read(const std::string& path, Instant now);
  Result<void> write(const std::string& path) const;

  PublicTokenKey key_;
  std::vector<Replaced> replaced_;
};

}  // namespace robotledger
