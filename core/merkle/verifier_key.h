// Keys that check the signatures of notes: Ed25519 (RFC 8032) with a name, in C2SP's one line of
// text (https://c2sp.org/signed-note, https://c2sp.org/tlog-cosignature):
//
//   NAME+ID+KEY      ledger.example/robots+5ab8f56d+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c
//
// ID is in hexadecimal the first four bytes of SHA-256(NAME ‖ 0x0A ‖ type ‖ public key), KEY the
// base64 of type ‖ public key.
//
//   auto key = parseVerifierKey(text);
//   if (!key) return key.error();
//
// All functions: any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace robotledger {

using PublicKey = std::array<std::uint8_t, 32>;
inline constexpr std::size_t kSignatureBytes = 64;

// What a key signs: the text of a note, or the text with the time when a witness saw it.
enum class KeyType : std::uint8_t { kNote = 0x01, kCosignature = 0x04 };

struct VerifierKey {
  std::string name;
  KeyType type = KeyType::kNote;
  PublicKey public_key{};
  bool operator==(const VerifierKey&) const = default;
};

// By which, together with its name, a signature says whose it is.
std::uint32_t keyId(const VerifierKey& key);

// A key's name: UTF-8, not empty, without Unicode's spaces, '+' and control characters below
// U+0020. That of a log is its origin.
bool isKeyName(std::string_view name);

std::string formatVerifierKey(const VerifierKey& key);
// Reads what formatVerifierKey() writes, and nothing else: kInvalidArgument for another spelling, a
// type that is not known, or an id that is not the key's.
Result<VerifierKey> parseVerifierKey(std::string_view text);

// Whether these bytes are a signature of the message by that key.
bool verifies(const PublicKey& key, BytesView message, BytesView signature);

}  // namespace robotledger
