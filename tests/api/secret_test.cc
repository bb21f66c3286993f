#include "api/secret/secret.h"

#include <array>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "core/base/sha256.h"

namespace robotledger {
namespace {

constexpr std::string_view kKnown = "rbt_abcdefghijklmnopqrstuvwxyzABCDEF2nya6P";

// The checksums and hashes here were computed with Python's zlib and hashlib.

TEST(Secret, KnowsItsFormAndItsChecksum) {
  EXPECT_EQ(formOf(kKnown), SecretForm::kOurs);
  EXPECT_EQ(formOf("rbt_000000000000000000000000000000001cbksJ"), SecretForm::kOurs);
  EXPECT_EQ(formOf("rbt_ZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZ1vbZLQ"), SecretForm::kOurs);
  // A small checksum is padded with 0.
  EXPECT_EQ(formOf("rbt_00000000000000000000000000003129000Jyq"), SecretForm::kOurs);
}

TEST(Secret, TellsATypoFromAnotherForm) {
  for (std::size_t i = kSecretPrefix.size(); i < kKnown.size(); ++i) {
    std::string typo(kKnown);
    typo[i] = typo[i] == '7' ? '8' : '7';
    EXPECT_EQ(formOf(typo), SecretForm::kWrongChecksum) << i;
    typo[i] = '-';
    EXPECT_EQ(formOf(typo), SecretForm::kNotOurs) << i;
  }
  const std::string known(kKnown);
  for (const std::string& other :
       {std::string(), known.substr(1), known.substr(0, 41), known + "0", "xbt_" + known.substr(4),
        std::string("Passw0rd"), std::string(42, '\0'), std::string(1 << 20, 'a')}) {
    EXPECT_EQ(formOf(other), SecretForm::kNotOurs);
  }
}

TEST(Secret, IsStoredAsItsHashAndFoundByTheHashsFirstBytes) {
  const SecretHash hash = hashOf(kKnown);
  EXPECT_EQ(hash.kind, SecretHash::Kind::kGenerated);
  EXPECT_EQ(toHex(hash.hash), "9f3335914e5e0344a82549bda776dc372b62e83a32b3dc603a19f9d2e8f51a15");
  EXPECT_EQ(hash.fingerprint, 0x9f3335914e5e0344U);
  EXPECT_EQ(fingerprintOf(hash), hash.fingerprint);
  EXPECT_TRUE(hash.salt.empty());
}

TEST(Secret, EachNewOneIsAnotherOfTheRightForm) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const auto secret = makeSecret();
    ASSERT_TRUE(secret);
    EXPECT_EQ(formOf((*secret)->text()), SecretForm::kOurs);
    EXPECT_TRUE(seen.insert((*secret)->text()).second);
  }
}

TEST(Secret, EveryDigitIsAsLikelyAsTheOthersAtEveryPlace) {
  constexpr int kSecrets = 20000;
  std::array<int, 256> all{};
  std::array<std::set<char>, kSecretRandomDigits> places;
  for (int i = 0; i < kSecrets; ++i) {
    const auto secret = makeSecret();
    ASSERT_TRUE(secret);
    for (std::size_t place = 0; place < kSecretRandomDigits; ++place) {
      const char digit = (*secret)->text()[kSecretPrefix.size() + place];
      all[static_cast<unsigned char>(digit)] += 1;
      places[place].insert(digit);
    }
  }
  // 640,000 digits, 10,323 of each expected, with a standard deviation of 101. A byte taken modulo
  // 62 would give the first eight a quarter more.
  double chi_squared = 0;
  constexpr double kExpected = kSecrets * static_cast<double>(kSecretRandomDigits) / 62;
  int used = 0;
  for (const int count : all) {
    if (count == 0) continue;
    used += 1;
    chi_squared += (count - kExpected) * (count - kExpected) / kExpected;
  }
  EXPECT_EQ(used, 62);
  // 61 degrees of freedom: more than 140 comes once in 10^7 runs.
  EXPECT_LT(chi_squared, 140);
  for (const std::set<char>& place : places) EXPECT_EQ(place.size(), 62U);
}

}  // namespace
}  // namespace robotledger
