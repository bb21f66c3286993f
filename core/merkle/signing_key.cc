#include "core/merkle/signing_key.h"

#include <utility>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "core/base/limits.h"

namespace robotledger {
namespace {

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;

constexpr std::string_view kAnyPem = "-----BEGIN ";
constexpr std::string_view kPrivateKeyPem = "-----BEGIN PRIVATE KEY-----";

// OpenSSL's own errors say little to a person, and must not be found by whoever uses it next.
Error failed(ErrorCode code, std::string message) {
  ERR_clear_error();
  return Error{code, std::move(message)};
}

// Without it OpenSSL would ask at the terminal for the password of an encrypted key.
int noPassword(char*, int, int, void*) { return -1; }

bool hasOneKey(std::string_view pem) {
  const std::size_t begin = pem.find(kAnyPem);
  return begin != std::string_view::npos && pem.substr(begin).starts_with(kPrivateKeyPem) &&
         pem.find(kAnyPem, begin + 1) == std::string_view::npos;
}

}  // namespace

void SigningKey::Free::operator()(evp_pkey_st* key) const { EVP_PKEY_free(key); }

SigningKey::SigningKey(VerifierKey verifier_key, Key key)
    : verifier_key_(std::move(verifier_key)), key_(std::move(key)) {}

SigningKey::~SigningKey() = default;

Result<std::unique_ptr<SigningKey>> SigningKey::make(std::string name, Key key) {
  VerifierKey verifier_key{
      .name = std::move(name), .type = KeyType::kNote, .public_key = PublicKey{}};
  if (!isKeyName(verifier_key.name)) {
    return failed(ErrorCode::kInvalidArgument,
                  "a signing key's name is UTF-8 without spaces, '+' and control characters, and "
                  "not empty");
  }
  std::size_t length = verifier_key.public_key.size();
  if (EVP_PKEY_get_raw_public_key(key.get(), verifier_key.public_key.data(), &length) != 1 ||
      length != verifier_key.public_key.size()) {
    return failed(ErrorCode::kIo, "OpenSSL gives no public key for the signing key");
  }
  return std::unique_ptr<SigningKey>(new SigningKey(std::move(verifier_key), std::move(key)));
}

Result<std::unique_ptr<SigningKey>> SigningKey::generate(std::string name) {
  Key key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  if (!key) return failed(ErrorCode::kIo, "OpenSSL makes no Ed25519 key");
  return make(std::move(name), std::move(key));
}

Result<std::unique_ptr<SigningKey>> SigningKey::fromPem(std::string name, std::string_view pem) {
  Key key;
  if (pem.size() <= kMaxPemBytes && hasOneKey(pem)) {
    const Bio in(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
    if (in) key.reset(PEM_read_bio_PrivateKey(in.get(), nullptr, noPassword, nullptr));
  }
  if (!key || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_ED25519) {
    return failed(ErrorCode::kInvalidArgument,
                  "no signing key: it is one Ed25519 private key in PKCS#8 PEM, not encrypted, as "
                  "'openssl genpkey -algorithm ed25519' writes it");
  }
  return make(std::move(name), std::move(key));
}

Result<std::unique_ptr<SecretText>> SigningKey::toPem() const {
  // A secure BIO wipes what it held.
  const Bio out(BIO_new(BIO_s_secmem()), BIO_free);
  char* text = nullptr;
  if (!out || PEM_write_bio_PKCS8PrivateKey(out.get(), key_.get(), nullptr, nullptr, 0, nullptr,
                                            nullptr) != 1) {
    return failed(ErrorCode::kIo, "OpenSSL does not write the signing key as PEM");
  }
  const auto length = static_cast<std::size_t>(BIO_get_mem_data(out.get(), &text));
  return std::make_unique<SecretText>(std::string(text, length));
}

Result<Bytes> SigningKey::sign(BytesView message) const {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        EVP_MD_CTX_free);
  Bytes signature(kSignatureBytes, '\0');
  std::size_t length = signature.size();
  if (!context || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &length,
                     reinterpret_cast<const unsigned char*>(message.data()), message.size()) != 1 ||
      length != signature.size()) {
    return failed(ErrorCode::kIo, "OpenSSL does not sign");
  }
  return signature;
}

}  // namespace robotledger
