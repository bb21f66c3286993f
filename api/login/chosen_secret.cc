#include "api/login/chosen_secret.h"

#include <algorithm>

#include "api/secret/secret.h"
#include "core/base/hmac.h"
#include "core/base/random.h"
#include "core/base/scrypt.h"
#include "core/base/secure.h"
#include "core/base/utf8.h"
#include "core/domain/text.h"

namespace robotledger {
namespace {

constexpr std::size_t kSaltBytes = 16;

Result<Digest> slowHash(std::string_view secret, BytesView salt, BytesView pepper) {
  auto slow = scrypt(secret, salt, kScryptCost);
  if (!slow) return slow.error();
  const SecretText key(*std::move(slow));
  return hmacSha256(pepper, key.text());
}

std::size_t charactersIn(std::string_view text) {
  std::size_t count = 0;
  while (!text.empty()) {
    // Of a text that was looked at, so each has a length.
    text.remove_prefix(std::max<std::size_t>(firstCharacter(text).length, 1));
    ++count;
  }
  return count;
}

// What holds for all that people choose.
std::optional<std::string> wrongText(std::string_view secret, std::size_t min_characters) {
  if (!isText(secret)) {
    return "it has to be UTF-8 without control characters, of at most " +
           std::to_string(kMaxChosenCharacters) + " characters";
  }
  const std::size_t characters = charactersIn(secret);
  if (characters < min_characters || characters > kMaxChosenCharacters) {
    return "it has to have " + std::to_string(min_characters) + " to " +
           std::to_string(kMaxChosenCharacters) + " characters";
  }
  if (secret.starts_with(' ') || secret.ends_with(' ')) {
    return "it must not begin or end with a space";
  }
  if (formOf(secret) != SecretForm::kNotOurs) {
    return "it has the form of the secrets that are made here, and so could never be chosen";
  }
  return std::nullopt;
}

bool hasAny(std::string_view text, char first, char last) {
  return std::ranges::any_of(text, [&](char c) { return c >= first && c <= last; });
}

}  // namespace

std::optional<std::string> wrongPassword(std::string_view password) {
  return wrongText(password, kMinPasswordCharacters);
}

std::optional<std::string> wrongChosenSecret(std::string_view secret) {
  if (auto wrong = wrongText(secret, kMinChosenCharacters)) return wrong;
  if (hasAny(secret, 'A', 'Z') && hasAny(secret, 'a', 'z') && hasAny(secret, '0', '9')) {
    return std::nullopt;
  }
  return "it has to have an upper-case letter, a lower-case letter and a digit";
}

Result<SecretHash> hashChosen(std::string_view secret, BytesView pepper) {
  auto salt = randomBytes(kSaltBytes);
  if (!salt) return salt.error();
  const auto hash = slowHash(secret, *salt, pepper);
  if (!hash) return hash.error();
  return SecretHash{.kind = SecretHash::Kind::kChosen,
                    .hash = Bytes(digestBytes(*hash)),
                    .salt = *std::move(salt),
                    .fingerprint = 0};
}

Result<bool> matchesChosen(std::string_view secret, const SecretHash& hash, BytesView pepper) {
  const auto made = slowHash(secret, hash.salt, pepper);
  if (!made) return made.error();
  const bool alike = equalInConstantTime(digestBytes(*made), hash.hash);
  return alike && hash.kind == SecretHash::Kind::kChosen;
}

SecretHash nobodysSecret() {
  return {.kind = SecretHash::Kind::kAsserted,
          .hash = Bytes(Digest{}.size(), '\0'),
          .salt = Bytes(kSaltBytes, '\0'),
          .fingerprint = 0};
}

}  // namespace robotledger
