#include "core/domain/text.h"

#include <algorithm>

#include "core/base/limits.h"
#include "core/base/utf8.h"

namespace robotledger {
namespace {

bool isLower(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool isAlnum(char c) { return isLower(c) || (c >= 'A' && c <= 'Z'); }

// The opening quote counted.
constexpr std::size_t kMaxQuotedBytes = 101;

// How many bytes the character at the front has, or 0 where it is not UTF-8 or a control.
std::size_t characterLength(std::string_view text) {
  const Utf8Character character = firstCharacter(text);
  const bool control = character.code < 0x20 || (character.code >= 0x7f && character.code < 0xa0);
  return control ? 0 : character.length;
}

}  // namespace

bool isName(std::string_view name) {
  if (name.empty() || name.size() > kMaxNameBytes || !isLower(name.back())) return false;
  bool after_separator = true;
  for (const char c : name) {
    const bool separator = c == '.' || c == '_' || c == '-';
    if (!isLower(c) && (!separator || after_separator)) return false;
    after_separator = separator;
  }
  return true;
}

bool isOperatorName(std::string_view name) {
  if (name.empty() || name.size() > kMaxNameBytes || !isAlnum(name.front())) return false;
  return std::ranges::all_of(
      name, [](char c) { return isAlnum(c) || c == '.' || c == '_' || c == '@' || c == '-'; });
}

bool isText(std::string_view text) {
  if (text.size() > kMaxTextBytes) return false;
  while (!text.empty()) {
    const std::size_t length = characterLength(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

bool isOrigin(std::string_view origin) {
  return !origin.empty() && isPrintable(origin, kMaxNameBytes) &&
         origin.find_first_of(" +") == std::string_view::npos &&
         origin.find("://") == std::string_view::npos;
}

bool isPrintable(std::string_view text, std::size_t limit) {
  return text.size() <= limit &&
         std::ranges::all_of(text, [](char c) { return c >= 0x20 && c <= 0x7e; });
}

std::string inQuotes(std::string_view text) {
  std::string out = "'";
  while (!text.empty()) {
    const std::size_t length = characterLength(text);
    const std::string_view shown = length == 0 ? "?" : text.substr(0, length);
    if (out.size() + shown.size() > kMaxQuotedBytes) return out + "...'";
    out += shown;
    text.remove_prefix(shown.size());
  }
  return out + "'";
}

}  // namespace robotledger
