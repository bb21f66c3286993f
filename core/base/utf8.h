// Characters of UTF-8 (RFC 3629: no surrogates, no overlong forms, nothing beyond U+10FFFF).
//
//   firstCharacter("é!")     U+00E9, two bytes long
#pragma once

#include <cstddef>
#include <string_view>

namespace robotledger {

struct Utf8Character {
  char32_t code = 0;
  std::size_t length = 0;  // in bytes; 0 where the text begins with no character
};

// Any thread.
Utf8Character firstCharacter(std::string_view text);

}  // namespace robotledger
