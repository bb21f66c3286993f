// CRC-32 (IEEE 802.3, reflected, as in zlib, gzip and ZIP): finds what broke by chance, nothing
// that somebody changed on purpose.
//
//   crc32("123456789")     0xcbf43926
#pragma once

#include <cstdint>
#include <string_view>

namespace robotledger {

// Any thread.
std::uint32_t crc32(std::string_view bytes);

}  // namespace robotledger
