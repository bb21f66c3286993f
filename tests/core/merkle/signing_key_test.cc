#include "core/merkle/signing_key.h"

#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/err.h>

#include "core/base/limits.h"
#include "tests/core/merkle/mutations.h"
#include "tests/core/merkle/test_keys.h"

namespace robotledger {
namespace {

using testing::HasSubstr;

TEST(SigningKey, SignsAsTheRfcDoes) {
  EXPECT_EQ(
      toHex(*logKey()->sign("")),
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e3970"
      "1cf9b46bd25bf5f0595bbe24655141438e7a100b");
  EXPECT_EQ(
      toHex(*witnessKey()->sign("\x72")),
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613"
      "d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
}

TEST(SigningKey, IsWrittenAsItWasRead) {
  EXPECT_EQ((*logKey()->toPem())->text(), kLogPem);
  EXPECT_EQ(formatVerifierKey(logKey()->verifierKey()), kLogVerifierKey);
}

TEST(SigningKey, OneThatIsMadeIsLikeNoOtherAndReadBack) {
  const auto key = SigningKey::generate(kLogName);
  const auto other = SigningKey::generate(kLogName);
  ASSERT_TRUE(key && other);
  EXPECT_NE((*key)->verifierKey(), (*other)->verifierKey());
  const auto again = SigningKey::fromPem(kLogName, (*(*key)->toPem())->text());
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ((*again)->verifierKey(), (*key)->verifierKey());
  const Bytes signature = *(*again)->sign("message");
  EXPECT_TRUE(verifies((*key)->verifierKey().public_key, "message", signature));
  EXPECT_FALSE(verifies((*other)->verifierKey().public_key, "message", signature));
}

TEST(SigningKey, HasANameThatANoteCanCarry) {
  for (const char* name : {"", "a b", "a+b", "a\n", "\xff"}) {
    const auto made = SigningKey::generate(name);
    ASSERT_FALSE(made) << name;
    EXPECT_EQ(made.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(made.error().message, HasSubstr("name"));
    EXPECT_FALSE(SigningKey::fromPem(name, kLogPem));
  }
}

TEST(SigningKey, MayHaveTextAroundIt) {
  const auto key = SigningKey::fromPem(kLogName, std::string("# the log\n") + kLogPem + "\n\n");
  ASSERT_TRUE(key) << key.error().message;
  EXPECT_EQ(formatVerifierKey((*key)->verifierKey()), kLogVerifierKey);
}

// All made by openssl genpkey, pkcs8 and pkey.
constexpr const char* kOtherPems[] = {
    // X25519
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VuBCIEICiD5KMEnEoAO10yOqLnIKWTPPmyh/XCqDIemCH1r09Z\n"
    "-----END PRIVATE KEY-----\n",
    // Ed448
    "-----BEGIN PRIVATE KEY-----\n"
    "MEcCAQAwBQYDK2VxBDsEOXmo4aXsnlCoo5SGNYIWFdZoUq8tRRGK7cQFdOY/yudA\n"
    "K8AEi9lQg46d//GtbiZyms4FzeKvu7+/xA==\n"
    "-----END PRIVATE KEY-----\n",
    // P-256
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgE69PZCM3sA6HRcAm\n"
    "NJg+4CkYt8KGe0fwWikEfjEzBZehRANCAATpS6PUqySU0/nfraWNpTCfKO/zTvyS\n"
    "LU8iEY2mCPrN3Df/UFxd05nruF+rryUyFkPI6F+hcr7S9gJb+sUq8/FT\n"
    "-----END PRIVATE KEY-----\n",
    // Ed25519, encrypted: nobody is asked for a password
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
    "MIGTME8GCSqGSIb3DQEFDTBCMCEGCSsGAQQB2kcECzAUBAh6zTt0jXLJYAICQAAC\n"
    "AQgCAQEwHQYJYIZIAWUDBAEqBBARMkbAYZhYL1cJLyYKYNjTBECbcNyHZTcrE+2C\n"
    "/NWRwHin6pmFsePJERA1zjXBAzNYvRO6ioXdMQOT6v3b/03MqOtCMCmqPdkFcRjN\n"
    "tv7SWn1B\n"
    "-----END ENCRYPTED PRIVATE KEY-----\n",
    // the same, by PEM's old headers
    "-----BEGIN PRIVATE KEY-----\n"
    "Proc-Type: 4,ENCRYPTED\n"
    "DEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n"
    "\n"
    "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
    "-----END PRIVATE KEY-----\n",
    // a public key
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEAQk77XFypdUfybn7OY/BVkSqJS2jAMAH6LWcvCEtnu8Y=\n"
    "-----END PUBLIC KEY-----\n",
    "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n",
    "-----BEGIN PRIVATE KEY-----\n",
    "not a key",
    "",
};

TEST(SigningKey, IsEd25519InOneBlockThatIsNotEncrypted) {
  std::vector<std::string> pems(std::begin(kOtherPems), std::end(kOtherPems));
  pems.push_back(std::string(kLogPem) + kWitnessPem);
  pems.push_back(std::string(kOtherPems[5]) + kLogPem);
  pems.push_back(kLogPem + std::string(kMaxPemBytes, '\n'));
  for (const std::string& pem : pems) {
    const auto key = SigningKey::fromPem(kLogName, pem);
    ASSERT_FALSE(key) << pem;
    EXPECT_EQ(key.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(key.error().message, HasSubstr("openssl genpkey -algorithm ed25519"));
  }
}

TEST(SigningKey, LeavesNoErrorOfOpenSslBehind) {
  (void)SigningKey::fromPem(kLogName, kOtherPems[0]);
  (void)SigningKey::fromPem(kLogName, kOtherPems[3]);
  (void)verifies(logKey()->verifierKey().public_key, "", Bytes(kSignatureBytes, 'x'));
  EXPECT_EQ(ERR_peek_error(), 0U);
}

TEST(SigningKey, RandomChangesToItsFileAreTakenOrRefusedAndNoMore) {
  std::mt19937 random(1);
  for (int round = 0; round < 1000; ++round) {
    const auto key = SigningKey::fromPem(kLogName, mutated(kLogPem, random));
    if (key) {
      EXPECT_EQ((*key)->sign("")->size(), kSignatureBytes);
    }
  }
}

}  // namespace
}  // namespace robotledger
