#include "core/base/scrypt.h"

#include <openssl/err.h>
#include <openssl/evp.h>

namespace robotledger {
namespace {

// More than any cost here takes: RFC 7914's largest test vector needs a little over 1 GiB.
constexpr std::uint64_t kMostMemory = std::uint64_t{1100} << 20;
constexpr std::uint64_t kMostBlocks = 1 << 10;

bool isCost(const ScryptCost& cost) {
  const bool power_of_two = cost.n > 1 && (cost.n & (cost.n - 1)) == 0;
  return power_of_two && cost.r > 0 && cost.r <= kMostBlocks && cost.p > 0 &&
         cost.p <= kMostBlocks && cost.n <= kMostMemory / (128 * cost.r);
}

}  // namespace

Result<Bytes> scrypt(BytesView secret, BytesView salt, const ScryptCost& cost, std::size_t length) {
  if (!isCost(cost) || length == 0) {
    return Error{ErrorCode::kInvalidArgument, "scrypt: this is no cost, or no length"};
  }
  Bytes key(length, '\0');
  const int made = EVP_PBE_scrypt(secret.data(), secret.size(),
                                  reinterpret_cast<const unsigned char*>(salt.data()), salt.size(),
                                  cost.n, cost.r, cost.p, kMostMemory,
                                  reinterpret_cast<unsigned char*>(key.data()), key.size());
  if (made == 1) return key;
  ERR_clear_error();
  return Error{ErrorCode::kIo, "scrypt: there is no memory for it"};
}

}  // namespace robotledger
