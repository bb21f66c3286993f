#include "api/login/chosen_secret.h"

#include <string>

#include <gtest/gtest.h>

#include "core/base/hmac.h"
#include "core/base/scrypt.h"

namespace robotledger {
namespace {

const std::string kPepper(32, '\x5a');

// n characters of two bytes each.
std::string letters(std::size_t n) {
  std::string text;
  for (std::size_t i = 0; i < n; ++i) text += "é";
  return text;
}

TEST(ChosenSecret, APasswordIsALongTextOfAnyKind) {
  for (const std::string& password :
       {std::string("correct horse"), std::string(12, 'x'), std::string(128, 'x'), letters(128),
        std::string("a:b\\c\"d'e%f$g")}) {
    EXPECT_FALSE(wrongPassword(password)) << password;
  }
  for (const std::string& password :
       {std::string(), std::string(11, 'x'), std::string(129, 'x'), letters(129), letters(11),
        std::string("with a\ttab in it"), std::string("a line\nand another"),
        std::string("nul\0 in the middle", 18), std::string("no UTF-8: \xff\xfe\xfd"),
        std::string(" a space before"), std::string("a space behind "), std::string(100000, 'x'),
        std::string("rbt_abcdefghijklmnopqrstuvwxyzABCDEF2nya6P"),
        std::string("rbt_abcdefghijklmnopqrstuvwxyzABCDEF2nya6Q")}) {
    const auto wrong = wrongPassword(password);
    ASSERT_TRUE(wrong) << password;
    EXPECT_EQ(wrong->find(password.empty() ? "\n" : password), std::string::npos) << *wrong;
  }
}

TEST(ChosenSecret, AnAccountsHasAnUpperCaseLetterALowerCaseLetterAndADigit) {
  for (const char* secret : {"Passw0rd", "aaaaaaA1", "Ä and å: aB3"}) {
    EXPECT_FALSE(wrongChosenSecret(secret)) << secret;
  }
  for (const char* secret : {"Passw0r", "password1", "PASSWORD1", "Password", "Ääääää11",
                             "rbt_abcdefghijklmnopqrstuvwxyzABCDEF2nya6P"}) {
    EXPECT_TRUE(wrongChosenSecret(secret)) << secret;
  }
  EXPECT_FALSE(wrongChosenSecret("A1" + std::string(126, 'x')));
  EXPECT_TRUE(wrongChosenSecret("A1" + std::string(127, 'x')));
}

TEST(ChosenSecret, IsKeptAsAnHmacUnderThePepperOfASaltedScrypt) {
  const auto hash = hashChosen("Passw0rd", kPepper);
  ASSERT_TRUE(hash);
  EXPECT_EQ(hash->kind, SecretHash::Kind::kChosen);
  EXPECT_EQ(hash->salt.size(), 16U);
  EXPECT_EQ(hash->fingerprint, 0U);
  const auto slow = scrypt("Passw0rd", hash->salt, {.n = 32768, .r = 8, .p = 1});
  EXPECT_EQ(hash->hash, Bytes(digestBytes(hmacSha256(kPepper, *slow))));
  EXPECT_NE(hashChosen("Passw0rd", kPepper)->salt, hash->salt);
}

TEST(ChosenSecret, MatchesItselfAlone) {
  const auto hash = hashChosen("Passw0rd", kPepper);
  ASSERT_TRUE(hash);
  EXPECT_TRUE(*matchesChosen("Passw0rd", *hash, kPepper));
  EXPECT_FALSE(*matchesChosen("Passw0re", *hash, kPepper));
  EXPECT_FALSE(*matchesChosen("", *hash, kPepper));
  EXPECT_FALSE(*matchesChosen("Passw0rd", *hash, std::string(32, '\x5b')));
  SecretHash other = *hash;
  other.kind = SecretHash::Kind::kGenerated;
  EXPECT_FALSE(*matchesChosen("Passw0rd", other, kPepper));
  EXPECT_FALSE(*matchesChosen("Passw0rd", nobodysSecret(), kPepper));
}

}  // namespace
}  // namespace robotledger
