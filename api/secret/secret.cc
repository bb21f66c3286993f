#include "api/secret/secret.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/base/crc32.h"
#include "core/base/random.h"
#include "core/base/sha256.h"

namespace robotledger {
namespace {

constexpr std::string_view kDigits =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
// The largest multiple of 62 in a byte: what is at or above it would favour the first digits.
constexpr unsigned kFairBytes = 256 / 62 * 62;

void putChecksum(std::string& text) {
  std::uint32_t left = crc32(text);
  std::array<char, kSecretChecksumDigits> digits{};
  for (std::size_t i = digits.size(); i > 0; --i) {
    digits[i - 1] = kDigits[left % kDigits.size()];
    left /= static_cast<std::uint32_t>(kDigits.size());
  }
  text.append(digits.data(), digits.size());
}

}  // namespace

Result<std::unique_ptr<SecretText>> makeSecret() {
  std::string text;
  text.reserve(kSecretBytes);  // so that no copy stays behind where it would have grown
  text = kSecretPrefix;
  while (text.size() < kSecretPrefix.size() + kSecretRandomDigits) {
    auto random = randomBytes(kSecretRandomDigits);
    if (!random) {
      wipe(text);
      return random.error();
    }
    for (const char c : *random) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte >= kFairBytes) continue;
      if (text.size() == kSecretPrefix.size() + kSecretRandomDigits) break;
      text.push_back(kDigits[byte % kDigits.size()]);
    }
    wipe(*random);
  }
  putChecksum(text);
  return std::make_unique<SecretText>(std::move(text));
}

SecretForm formOf(std::string_view text) {
  if (text.size() != kSecretBytes || !text.starts_with(kSecretPrefix)) return SecretForm::kNotOurs;
  const std::string_view digits = text.substr(kSecretPrefix.size());
  if (digits.find_first_not_of(kDigits) != std::string_view::npos) return SecretForm::kNotOurs;
  std::string expected(text.substr(0, kSecretBytes - kSecretChecksumDigits));
  putChecksum(expected);
  const bool alike = equalInConstantTime(expected, text);
  wipe(expected);
  return alike ? SecretForm::kOurs : SecretForm::kWrongChecksum;
}

SecretHash hashOf(std::string_view secret) {
  const Digest digest = sha256(secret);
  SecretHash hash{.kind = SecretHash::Kind::kGenerated,
                  .hash = Bytes(digestBytes(digest)),
                  .salt = {},
                  .fingerprint = 0};
  hash.fingerprint = fingerprintOf(hash);
  return hash;
}

std::uint64_t fingerprintOf(const SecretHash& hash) { return ByteReader(hash.hash).bigEndian64(); }

}  // namespace robotledger
