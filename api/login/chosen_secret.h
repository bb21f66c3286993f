// Secrets that people choose: an operator's password, and an account's secret where one was chosen
// for it. They can be guessed, so they are kept as HMAC-SHA-256(pepper, scrypt(secret, salt)), with
// a salt of 16 random bytes.
//
//   if (auto wrong = wrongPassword(text)) ...                      // "it has to be at least …"
//   auto hash = hashChosen(text, pepper);                          // some 80 ms, 32 MiB
//   auto fits = matchesChosen(text, *hash, pepper);                // the same
//
// All functions: any thread. None says anything of a secret in an error.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/domain/event.h"

namespace robotledger {

inline constexpr std::size_t kMinPasswordCharacters = 12;
inline constexpr std::size_t kMinChosenCharacters = 8;
inline constexpr std::size_t kMaxChosenCharacters = 128;

// What is wrong with a new password, in words for a person; nothing where it may be one: 12 to 128
// characters of UTF-8, no control characters, no space at either end, and not of the form of the
// secrets that are made here, which are looked up and not compared.
std::optional<std::string> wrongPassword(std::string_view password);

// The same for an account's: 8 to 128 characters, among them an upper-case letter, a lower-case
// letter and a digit of ASCII, as Harbor's clients choose them.
std::optional<std::string> wrongChosenSecret(std::string_view secret);

// With a new salt. kIo where there is no randomness or no memory.
Result<SecretHash> hashChosen(std::string_view secret, BytesView pepper);

// Compares in constant time. For a hash of another kind it takes as long, and it does not match.
// kIo where there is no memory.
Result<bool> matchesChosen(std::string_view secret, const SecretHash& hash, BytesView pepper);

// What nobody's secret matches, and takes as long to find out.
SecretHash nobodysSecret();

}  // namespace robotledger
