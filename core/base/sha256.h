// SHA-256 (FIPS 180-4), through OpenSSL.
//
//   Digest digest = sha256("abc");
//   Sha256 hash; hash.update(a); hash.update(b); Digest both = hash.finish();
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "core/base/bytes.h"

namespace robotledger {

using Digest = std::array<std::uint8_t, 32>;

// Any thread.
Digest sha256(BytesView bytes);

// The digest's bytes, as they are stored. The view lives as long as the digest.
BytesView digestBytes(const Digest& digest);
// `bytes` has to be 32 long.
Digest digestFrom(BytesView bytes);

// A hash over pieces. One thread at a time; after finish() it starts anew.
class Sha256 {
 public:
  Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  ~Sha256();
  void update(BytesView bytes);
  Digest finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

}  // namespace robotledger
