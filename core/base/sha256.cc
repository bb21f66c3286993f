// The low-level functions, which OpenSSL 3 calls deprecated, have a third of the cost of the EVP
// ones for inputs as short as a tree's nodes, and do the same.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "core/base/sha256.h"

#include <cstring>

#include <openssl/sha.h>

#include "core/base/check.h"

namespace robotledger {

struct Sha256::Context {
  SHA256_CTX sha;
};

Digest sha256(BytesView bytes) {
  Digest digest;
  SHA256_CTX sha;
  SHA256_Init(&sha);
  SHA256_Update(&sha, bytes.data(), bytes.size());
  SHA256_Final(digest.data(), &sha);
  return digest;
}

BytesView digestBytes(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

Digest digestFrom(BytesView bytes) {
  Digest digest;
  RL_CHECK(bytes.size() == digest.size(), "a digest has 32 bytes");
  std::memcpy(digest.data(), bytes.data(), digest.size());
  return digest;
}

Sha256::Sha256() : context_(std::make_unique<Context>()) { SHA256_Init(&context_->sha); }
Sha256::~Sha256() = default;

void Sha256::update(BytesView bytes) { SHA256_Update(&context_->sha, bytes.data(), bytes.size()); }

Digest Sha256::finish() {
  Digest digest;
  SHA256_Final(digest.data(), &context_->sha);
  SHA256_Init(&context_->sha);
  return digest;
}

}  // namespace robotledger
