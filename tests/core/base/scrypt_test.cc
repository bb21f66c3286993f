#include "core/base/scrypt.h"

#include <string>

#include <gtest/gtest.h>

namespace robotledger {
namespace {

std::string key(BytesView secret, BytesView salt, const ScryptCost& cost) {
  const auto made = scrypt(secret, salt, cost, 64);
  return made ? toHex(*made) : made.error().message;
}

// RFC 7914, section 12, without the one that takes 1 GiB.
TEST(Scrypt, AgreesWithTheVectorsOfRfc7914) {
  EXPECT_EQ(key("", "", {.n = 16, .r = 1, .p = 1}),
            "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
            "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906");
  EXPECT_EQ(key("password", "NaCl", {.n = 1024, .r = 8, .p = 16}),
            "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
            "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640");
  EXPECT_EQ(key("pleaseletmein", "SodiumChloride", {.n = 16384, .r = 8, .p = 1}),
            "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
            "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887");
}

// Computed with Python's hashlib.scrypt.
TEST(Scrypt, HasTheCostThatTheLedgerKeepsSecretsWith) {
  const auto made = scrypt("correct horse battery staple", "0123456789abcdef", kScryptCost);
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(toHex(*made), "f6b71517e0d9f2e53beeacf71ffbf6f7e9f683c73cefb00e0915d242f0bf7ecd");
}

TEST(Scrypt, RefusesWhatIsNoCost) {
  for (const ScryptCost& cost :
       {ScryptCost{.n = 0, .r = 8, .p = 1}, ScryptCost{.n = 1, .r = 8, .p = 1},
        ScryptCost{.n = 1000, .r = 8, .p = 1}, ScryptCost{.n = 1024, .r = 0, .p = 1},
        ScryptCost{.n = 1024, .r = 8, .p = 0},
        ScryptCost{.n = std::uint64_t{1} << 62, .r = 8, .p = 1},
        ScryptCost{.n = 1024, .r = std::uint64_t{1} << 60, .p = 1}}) {
    const auto made = scrypt("secret", "salt", cost);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, ErrorCode::kInvalidArgument);
  }
  EXPECT_FALSE(scrypt("secret", "salt", kScryptCost, 0));
}

}  // namespace
}  // namespace robotledger
