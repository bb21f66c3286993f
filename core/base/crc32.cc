#include "core/base/crc32.h"

#include <array>

namespace robotledger {
namespace {

// Of each byte, and of each byte with up to seven zeros after it, so that eight bytes are taken at
// a time.
constexpr std::size_t kAtATime = 8;
using CrcTables = std::array<std::array<std::uint32_t, 256>, kAtATime>;

constexpr CrcTables makeTables() {
  CrcTables tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t value = byte;
    for (int bit = 0; bit < 8; ++bit) {
      value = (value >> 1) ^ ((value & 1) != 0 ? 0xedb88320U : 0U);
    }
    tables[0][byte] = value;
  }
  for (std::size_t zeros = 1; zeros < kAtATime; ++zeros) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint32_t value = tables[zeros - 1][byte];
      tables[zeros][byte] = (value >> 8) ^ tables[0][value & 0xff];
    }
  }
  return tables;
}

}  // namespace

std::uint32_t crc32(std::string_view bytes) {
  static constexpr CrcTables kTables = makeTables();
  std::uint32_t value = 0xffffffffU;
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  for (; bytes.size() >= kAtATime; bytes.remove_prefix(kAtATime)) {
    std::uint32_t next = 0;
    for (std::size_t i = 0; i < kAtATime; ++i) {
      const std::uint32_t before = i < 4 ? value >> (8 * i) : 0;
      next ^= kTables[kAtATime - 1 - i][(before ^ at(i)) & 0xff];
    }
    value = next;
  }
  for (const char c : bytes) {
    value = (value >> 8) ^ kTables[0][(value ^ static_cast<unsigned char>(c)) & 0xff];
  }
  return ~value;
}

}  // namespace robotledger
