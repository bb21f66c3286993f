#include "core/base/base64.h"

#include <array>
#include <cstdint>

namespace robotledger {
namespace {

constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::size_t kGroupBytes = 3;
constexpr std::size_t kGroupDigits = 4;
constexpr unsigned kDigitBits = 6;
constexpr unsigned kByteBits = 8;
constexpr std::uint8_t kNoDigit = 0xff;

constexpr std::array<std::uint8_t, 256> kValues = [] {
  std::array<std::uint8_t, 256> values{};
  values.fill(kNoDigit);
  for (std::size_t i = 0; i < kDigits.size(); ++i) {
    values[static_cast<std::uint8_t>(kDigits[i])] = static_cast<std::uint8_t>(i);
  }
  return values;
}();

}  // namespace

std::string toBase64(BytesView bytes) {
  std::string text;
  text.reserve((bytes.size() + kGroupBytes - 1) / kGroupBytes * kGroupDigits);
  std::uint32_t bits = 0;
  unsigned have = 0;  // bits that are not yet written
  for (const char c : bytes) {
    bits = bits << kByteBits | static_cast<std::uint8_t>(c);
    for (have += kByteBits; have >= kDigitBits;) {
      have -= kDigitBits;
      text.push_back(kDigits[bits >> have & 63]);
    }
  }
  if (have > 0) text.push_back(kDigits[bits << (kDigitBits - have) & 63]);
  while (text.size() % kGroupDigits != 0) text.push_back('=');
  return text;
}

std::optional<Bytes> fromBase64(std::string_view text) {
  if (text.size() % kGroupDigits != 0) return std::nullopt;
  for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.remove_suffix(1);
  Bytes bytes;
  bytes.reserve(text.size() * kDigitBits / kByteBits);
  std::uint32_t bits = 0;
  unsigned have = 0;
  for (const char c : text) {
    const std::uint8_t value = kValues[static_cast<std::uint8_t>(c)];
    if (value == kNoDigit) return std::nullopt;
    bits = bits << kDigitBits | value;
    have += kDigitBits;
    if (have < kByteBits) continue;
    have -= kByteBits;
    bytes.push_back(static_cast<char>(bits >> have));
    bits &= (1U << have) - 1;
  }
  if (bits != 0) return std::nullopt;
  return bytes;
}

std::optional<Digest> digestFromBase64(std::string_view text) {
  const auto bytes = fromBase64(text);
  if (!bytes || bytes->size() != sizeof(Digest)) return std::nullopt;
  return digestFrom(*bytes);
}

}  // namespace robotledger
