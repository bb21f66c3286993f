#include "core/merkle/verifier_key.h"

#include <memory>

#include <openssl/err.h>
#include <openssl/evp.h>

#include "core/base/base64.h"
#include "core/base/sha256.h"
#include "core/base/utf8.h"

namespace robotledger {
namespace {

constexpr std::size_t kIdDigits = 8;

// The characters of Unicode's property White_Space.
bool isSpace(char32_t code) {
  return (code >= 0x09 && code <= 0x0d) || code == 0x20 || code == 0x85 || code == 0xa0 ||
         code == 0x1680 || (code >= 0x2000 && code <= 0x200a) || code == 0x2028 || code == 0x2029 ||
         code == 0x202f || code == 0x205f || code == 0x3000;
}

Bytes typedKey(const VerifierKey& key) {
  Bytes bytes(1, static_cast<char>(key.type));
  return bytes.append(reinterpret_cast<const char*>(key.public_key.data()), key.public_key.size());
}

std::string idText(const VerifierKey& key) {
  Bytes id;
  putBigEndian32(id, keyId(key));
  return toHex(id);
}

Error malformed(const char* what) {
  return Error{ErrorCode::kInvalidArgument, std::string("a verifier key is NAME+ID+KEY: ") + what};
}

const unsigned char* unsignedBytes(BytesView bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

}  // namespace

std::uint32_t keyId(const VerifierKey& key) {
  const Digest digest = sha256(key.name + "\n" + typedKey(key));
  return ByteReader(digestBytes(digest)).bigEndian32();
}

bool isKeyName(std::string_view name) {
  if (name.empty()) return false;
  while (!name.empty()) {
    const Utf8Character character = firstCharacter(name);
    if (character.length == 0 || character.code < 0x20 || character.code == '+' ||
        isSpace(character.code)) {
      return false;
    }
    name.remove_prefix(character.length);
  }
  return true;
}

std::string formatVerifierKey(const VerifierKey& key) {
  return key.name + "+" + idText(key) + "+" + toBase64(typedKey(key));
}

Result<VerifierKey> parseVerifierKey(std::string_view text) {
  const std::size_t name_end = text.find('+');
  if (name_end == std::string_view::npos) return malformed("it has no '+'");
  const std::string_view id = text.substr(name_end + 1, kIdDigits);
  const std::size_t id_end = name_end + 1 + kIdDigits;
  if (text.size() <= id_end || text[id_end] != '+') {
    return malformed("the id has 8 hexadecimal digits");
  }
  VerifierKey key{.name = std::string(text.substr(0, name_end)), .type = {}, .public_key = {}};
  if (!isKeyName(key.name)) return malformed("the name is empty, has spaces, or is no UTF-8");

  const auto bytes = fromBase64(text.substr(id_end + 1));
  if (!bytes || bytes->size() != 1 + key.public_key.size()) {
    return malformed("the key is the base64 of 33 bytes");
  }
  key.type = static_cast<KeyType>(bytes->front());
  if (key.type != KeyType::kNote && key.type != KeyType::kCosignature) {
    return malformed("the key's type is neither 1, Ed25519, nor 4, a witness's cosignature");
  }
  std::copy(bytes->begin() + 1, bytes->end(), key.public_key.begin());
  if (id != idText(key)) return malformed("the id is not that of this name and key");
  return key;
}

bool verifies(const PublicKey& key, BytesView message, BytesView signature) {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> pkey(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.data(), key.size()),
      EVP_PKEY_free);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        EVP_MD_CTX_free);
  const bool good =
      pkey != nullptr && context != nullptr && signature.size() == kSignatureBytes &&
      EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, pkey.get()) == 1 &&
      EVP_DigestVerify(context.get(), unsignedBytes(signature), signature.size(),
                       unsignedBytes(message), message.size()) == 1;
  ERR_clear_error();
  return good;
}

}  // namespace robotledger
