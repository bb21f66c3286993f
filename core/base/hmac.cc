#include "core/base/hmac.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "core/base/check.h"

namespace robotledger {

Digest hmacSha256(BytesView key, BytesView message) {
  Digest code;
  unsigned int length = 0;
  // A key without bytes has to be one at some address.
  static constexpr char kNoKey = '\0';
  const unsigned char* made = HMAC(
      EVP_sha256(), key.empty() ? &kNoKey : key.data(), static_cast<int>(key.size()),
      reinterpret_cast<const unsigned char*>(message.data()), message.size(), code.data(), &length);
  RL_CHECK(made != nullptr && length == code.size(), "HMAC-SHA-256 needs nothing but memory");
  return code;
}

}  // namespace robotledger
