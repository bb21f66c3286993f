#include "core/base/utf8.h"

#include <string>

#include <gtest/gtest.h>

namespace robotledger {
namespace {

// UTF-8 by the table of RFC 3629, for any number, valid or not.
std::string encoded(char32_t code) {
  const auto more = [&](unsigned shift) {
    return static_cast<char>(0x80 | (code >> shift & 0x3f));
  };
  if (code < 0x80) return {static_cast<char>(code)};
  if (code < 0x800) return {static_cast<char>(0xc0 | code >> 6), more(0)};
  if (code < 0x10000) return {static_cast<char>(0xe0 | code >> 12), more(6), more(0)};
  return {static_cast<char>(0xf0 | code >> 18), more(12), more(6), more(0)};
}

TEST(Utf8, EveryCharacterIsReadAndSurrogatesAreNone) {
  for (char32_t code = 0; code < 0x120000; code += code < 0x11000 ? 1 : 97) {
    const std::string text = encoded(code);
    const Utf8Character character = firstCharacter(text + "z");
    const bool valid = code < 0xd800 || (code > 0xdfff && code <= 0x10ffff);
    ASSERT_EQ(character.length, valid ? text.size() : 0) << static_cast<std::uint32_t>(code);
    if (valid) {
      ASSERT_EQ(character.code, code);
    }
  }
}

TEST(Utf8, WhatOnlyLooksLikeItIsNone) {
  for (const std::string_view text :
       {"", "\x80", "\xbf", "\xc3", "\xe2\x82", "\xf0\x9f\xa4", "\xc3z", "\xe2z\xac", "\xe2\x82z",
        "\xc0\xaf", "\xc1\xbf", "\xe0\x9f\xbf", "\xf0\x8f\xbf\xbf", "\xf5\x80\x80\x80", "\xff"}) {
    EXPECT_EQ(firstCharacter(text).length, 0U);
  }
}

}  // namespace
}  // namespace robotledger
