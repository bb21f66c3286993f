#include "core/base/crc32.h"

#include <string>

#include <gtest/gtest.h>

namespace robotledger {
namespace {

// Computed with Python's zlib.
TEST(Crc32, IsTheOneOfZlib) {
  EXPECT_EQ(crc32(""), 0U);
  EXPECT_EQ(crc32("a"), 0xe8b7be43U);
  EXPECT_EQ(crc32("123456789"), 0xcbf43926U);
  EXPECT_EQ(crc32("rbt_00000000000000000000000000000000"), 0x589c33f7U);
}

// The definition, a bit at a time.
std::uint32_t naiveCrc32(const std::string& bytes) {
  std::uint32_t value = 0xffffffffU;
  for (const char c : bytes) {
    value ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) {
      value = (value >> 1) ^ ((value & 1) != 0 ? 0xedb88320U : 0U);
    }
  }
  return ~value;
}

TEST(Crc32, OfEveryLengthIsWhatTheDefinitionGives) {
  std::string bytes;
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(crc32(bytes), naiveCrc32(bytes)) << i << " bytes";
    bytes.push_back(static_cast<char>(i * 37 + 200));
  }
}

}  // namespace
}  // namespace robotledger
