// Tokens taken apart, for tests.
#pragma once

#include <algorithm>
#include <string>

#include "core/base/base64.h"
#include "tests/api/login/login_testing.h"

namespace robotledger {

struct TokenParts {
  std::string header;
  std::string body;
  std::string signature;
};

inline std::string fromBase64Url(std::string text) {
  std::ranges::replace(text, '-', '+');
  std::ranges::replace(text, '_', '/');
  text.append((4 - text.size() % 4) % 4, '=');
  return fromBase64(text).value_or("");
}

inline TokenParts partsOf(const std::string& token) {
  const std::size_t first = token.find('.');
  const std::size_t last = token.rfind('.');
  EXPECT_NE(first, last);
  return {fromBase64Url(token.substr(0, first)),
          fromBase64Url(token.substr(first + 1, last - first - 1)),
          fromBase64Url(token.substr(last + 1))};
}

}  // namespace robotledger
