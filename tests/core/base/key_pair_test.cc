#include "core/base/key_pair.h"

#include <memory>

#include <gmock/gmock.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

namespace robotledger {
namespace {

using testing::HasSubstr;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Memory = std::unique_ptr<BIO, decltype(&BIO_free)>;

constexpr long kDay = 86400;

std::string textOf(const Memory& memory) {
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

Key newKey() { return {EVP_EC_gen("P-256"), &EVP_PKEY_free}; }

std::string keyPem(const Key& key, const EVP_CIPHER* cipher = nullptr) {
  const Memory memory(BIO_new(BIO_s_mem()), &BIO_free);
  std::string password = "password";
  EXPECT_EQ(PEM_write_bio_PrivateKey(memory.get(), key.get(), cipher, nullptr, 0, nullptr,
                                     cipher == nullptr ? nullptr : password.data()),
            1);
  return textOf(memory);
}

// One that ends a day after the beginning of UNIX time.
std::string certificatePem(const Key& key) {
  const std::unique_ptr<X509, decltype(&X509_free)> made(X509_new(), &X509_free);
  ASN1_TIME_set(X509_getm_notBefore(made.get()), 0);
  ASN1_TIME_set(X509_getm_notAfter(made.get()), kDay);
  X509_set_pubkey(made.get(), key.get());
  EXPECT_GT(X509_sign(made.get(), key.get(), EVP_sha256()), 0);
  const Memory memory(BIO_new(BIO_s_mem()), &BIO_free);
  EXPECT_EQ(PEM_write_bio_X509(memory.get(), made.get()), 1);
  return textOf(memory);
}

std::string why(const Result<Instant>& checked) { return checked ? "" : checked.error().message; }

TEST(KeyPair, ThatBelongsTogetherTellsWhenItsCertificateEnds) {
  const Key key = newKey();
  const auto ends = checkKeyPair(certificatePem(key), keyPem(key));
  ASSERT_TRUE(ends) << why(ends);
  EXPECT_EQ(ends->us, kUsPerDay);
}

TEST(KeyPair, OfTheFirstCertificateOfAChainIsLookedAt) {
  const Key own = newKey();
  const Key issuer = newKey();
  const std::string chain = certificatePem(own) + certificatePem(issuer);
  EXPECT_TRUE(checkKeyPair(chain, keyPem(own)));
  EXPECT_THAT(why(checkKeyPair(chain, keyPem(issuer))), HasSubstr("not that of the first"));
}

TEST(KeyPair, ThatIsNoneIsRefusedAndNobodyIsAskedForAPassword) {
  const Key key = newKey();
  EXPECT_THAT(why(checkKeyPair("", keyPem(key))), HasSubstr("no certificate"));
  EXPECT_THAT(why(checkKeyPair(keyPem(key), keyPem(key))), HasSubstr("no certificate"));
  EXPECT_THAT(why(checkKeyPair(certificatePem(key), "x")), HasSubstr("no key"));
  EXPECT_THAT(why(checkKeyPair(certificatePem(key), keyPem(key, EVP_aes_128_cbc()))),
              HasSubstr("without a password"));
}

}  // namespace
}  // namespace robotledger
