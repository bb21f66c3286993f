// Secrets of robot accounts, of the form that secret scanners find:
//
//   rbt_ ‖ 32 base62 characters of randomness ‖ 6 base62 characters of CRC-32 of what stands before
//
//   auto secret = makeSecret();                      // shown once, to whoever asked for the
//   account RotateSecret{account, hashOf(secret->text())};   // what the ledger keeps
//
// base62 counts 0-9, A-Z, a-z; the checksum is CRC-32 as in zlib, the most significant digit first,
// padded with 0. A typo is told from a wrong secret by it, without a look-up. 190 random bits need
// no slow hash: what is stored is SHA-256, and its first 8 bytes, big-endian, are the fingerprint
// by which a secret that leaked is found. No function here says anything of a secret in an error.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "core/base/result.h"
#include "core/base/secure.h"
#include "core/domain/event.h"

namespace robotledger {

inline constexpr std::string_view kSecretPrefix = "rbt_";
inline constexpr std::size_t kSecretRandomDigits = 32;
inline constexpr std::size_t kSecretChecksumDigits = 6;
inline constexpr std::size_t kSecretBytes =
    kSecretPrefix.size() + kSecretRandomDigits + kSecretChecksumDigits;

// A new secret from the system's random source; each of the digits is as likely as the others. It
// is wiped when it is let go of. Fails where the system has no randomness to give. Any thread.
Result<std::unique_ptr<SecretText>> makeSecret();

enum class SecretForm : std::uint8_t {
  kOurs,           // the form is right, and so is the checksum
  kWrongChecksum,  // the form is right: a typo, or cut and filled
  kNotOurs,        // of another form: chosen by a person, or no secret at all
};

// Looks at the form alone. Any thread.
SecretForm formOf(std::string_view text);

// What the ledger keeps of a secret of our form. Any thread.
SecretHash hashOf(std::string_view secret);

// The first 8 bytes of its SHA-256, big-endian.
std::uint64_t fingerprintOf(const SecretHash& hash);

}  // namespace robotledger
