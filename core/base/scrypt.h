// scrypt (RFC 7914), through OpenSSL: a hash that takes time and memory, for what people choose,
// which others can guess.
//
//   auto key = scrypt(password, salt, kScryptCost);     // 32 bytes, after some 80 ms and in 32 MiB
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace robotledger {

struct ScryptCost {
  std::uint64_t n = 0;  // a power of two; with r it says how much memory: 128 * n * r bytes
  std::uint64_t r = 0;
  std::uint64_t p = 0;
};

// The cost of what the ledger keeps.
inline constexpr ScryptCost kScryptCost{.n = std::uint64_t{1} << 15, .r = 8, .p = 1};
inline constexpr std::size_t kScryptBytes = 32;

// So many bytes. kInvalidArgument for a cost that is none; kIo where there is no memory for it.
// What was used on the way is wiped. Any thread.
Result<Bytes> scrypt(BytesView secret, BytesView salt, const ScryptCost& cost,
                     std::size_t length = kScryptBytes);

}  // namespace robotledger
