// An Ed25519 key (RFC 8032) that signs notes under a name.
//
//   auto key = SigningKey::generate("ledger.example/robots");
//   if (!key) return key.error();
//   tell(formatVerifierKey((*key)->verifierKey()));
//   auto pem = (*key)->toPem();           // PKCS#8, as "openssl genpkey -algorithm ed25519" writes
//
// The private key lies in memory that OpenSSL wipes. It does not move, and has one owner.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/base/secure.h"
#include "core/merkle/verifier_key.h"

// OpenSSL's key, by its own name.
struct evp_pkey_st;

namespace robotledger {

// Any thread, also several at a time.
class SigningKey {
 public:
  // kInvalidArgument where isKeyName() takes the name for none, here and in fromPem().
  static Result<std::unique_ptr<SigningKey>> generate(std::string name);

  // From one private key in PKCS#8, not encrypted; text around it is passed over. kInvalidArgument
  // for anything else. Wiping `pem` is the caller's.
  static Result<std::unique_ptr<SigningKey>> fromPem(std::string name, std::string_view pem);

  SigningKey(const SigningKey&) = delete;
  SigningKey& operator=(const SigningKey&) = delete;
  ~SigningKey();

  Result<std::unique_ptr<SecretText>> toPem() const;

  const VerifierKey& verifierKey() const { return verifier_key_; }

  // The signature, of kSignatureBytes; the same for the same message. Fails only where memory does.
  Result<Bytes> sign(BytesView message) const;

 private:
  struct Free {
    void operator()(evp_pkey_st* key) const;
  };
  using Key = std::unique_ptr<evp_pkey_st, Free>;
  static Result<std::unique_ptr<SigningKey>> make(std::string name, Key key);
  SigningKey(VerifierKey verifier_key, Key key);

  VerifierKey verifier_key_;
  Key key_;
};

}  // namespace robotledger
