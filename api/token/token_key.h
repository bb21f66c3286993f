// The key that signs tokens, and its certificate, which registries trust.
//
//   makeTokenKey(files, "ledger.example/robots", now);                  // once, with the ledger
//   auto key = TokenKey::read(files);
//   auto signature = (*key)->sign(text);                                // r ‖ s, as JWS has it
//
// An ECDSA key on P-256, in PEM (PKCS#8 or SEC 1, not encrypted), mode 0600, and an X.509
// certificate of it in PEM: as made here, signed by itself for ten years, or anybody's. Both may be
// replaced by others while the service is stopped. Who can read the key can let anybody in: one
// that others than its owner have rights to is not taken.
#pragma once

#include <memory>
#include <string>

#include "core/base/bytes.h"
#include "core/base/instant.h"
#include "core/base/result.h"

struct evp_pkey_st;

namespace robotledger {

struct TokenKeyFiles {
  std::string key;
  std::string certificate;
};

// keys/token-key.pem and keys/token-cert.pem of a ledger's directory.
TokenKeyFiles tokenKeyFiles(const std::string& ledger_directory);

// Makes what is missing of the two, durably: both, or a certificate for the key that is there.
// `name` is whom the certificate names. kInvalidArgument where there is a certificate and no key,
// or the key is none; kIo where the system fails. Any thread.
Result<void> makeTokenKey(const TokenKeyFiles& files, const std::string& name, Instant now);

// A public key and how tokens and key sets name it.
struct PublicTokenKey {
  std::string id;           // `kid`: of libtrust, "ABCD:EFGH:…"
  std::string certificate;  // its DER in base64: `x5c`
  std::string x;            // the point, in base64url: `x` and `y`
  std::string y;
  bool operator==(const PublicTokenKey&) const = default;
};

// Does not change. Any thread.
class TokenKey {
 public:
  // kNotFound where a file is missing; kInvalidArgument where one is not what it should be, the
  // certificate is of another key, or others may read the key; kIo where the system fails.
  static Result<std::unique_ptr<TokenKey>> read(const TokenKeyFiles& files);
  TokenKey(const TokenKey&) = delete;
  TokenKey& operator=(const TokenKey&) = delete;
  ~TokenKey();

  const PublicTokenKey& publicKey() const { return public_; }
  // When the certificate ends.
  Instant certificateEnd() const { return certificate_end_; }

  // ES256 (RFC 7518, section 3.4): 64 bytes. kIo where OpenSSL does not sign.
  Result<Bytes> sign(BytesView text) const;

 private:
  struct Free {
    void operator()(evp_pkey_st* key) const;
  };
  using Key = std::unique_ptr<evp_pkey_st, Free>;
  TokenKey(Key key, PublicTokenKey public_key, Instant certificate_end);

  Key key_;
  PublicTokenKey public_;
  Instant certificate_end_;
};

// Without padding (RFC 4648, section 5). Any thread.
std::string toBase64Url(BytesView bytes);

}  // namespace robotledger
