#include "core/merkle/verifier_key.h"

#include <algorithm>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/merkle/mutations.h"
#include "tests/core/merkle/test_keys.h"

namespace robotledger {
namespace {

using testing::HasSubstr;

TEST(VerifierKey, IsReadAndWrittenInOneLine) {
  const auto log = parseVerifierKey(kLogVerifierKey);
  ASSERT_TRUE(log) << log.error().message;
  EXPECT_EQ(log->name, "ledger.example/robots");
  EXPECT_EQ(log->type, KeyType::kNote);
  EXPECT_EQ(toHex({reinterpret_cast<const char*>(log->public_key.data()), 32}),
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  EXPECT_EQ(keyId(*log), 0x951a0becU);
  EXPECT_EQ(formatVerifierKey(*log), kLogVerifierKey);
}

TEST(VerifierKey, OfAWitnessHasATypeOfItsOwn) {
  const auto witness = parseVerifierKey(kWitnessVerifierKey);
  ASSERT_TRUE(witness) << witness.error().message;
  EXPECT_EQ(witness->type, KeyType::kCosignature);
  EXPECT_EQ(formatVerifierKey(*witness), kWitnessVerifierKey);
  VerifierKey other = *witness;
  other.type = KeyType::kNote;
  EXPECT_NE(keyId(other), keyId(*witness));
}

TEST(VerifierKey, HasPlusesInItsKeyAndNoneInItsName) {
  VerifierKey key{.name = "a", .type = KeyType::kNote, .public_key = {}};
  key.public_key.fill(0xfb);
  const std::string text = formatVerifierKey(key);
  EXPECT_GT(std::count(text.begin(), text.end(), '+'), 2);
  const auto read = parseVerifierKey(text);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, key);
}

TEST(VerifierKey, EveryBitOfItsLineMatters) {
  for (const std::string text : {kLogVerifierKey, kWitnessVerifierKey}) {
    forEachFlippedBit(text, [](const Bytes& changed, std::size_t at) {
      const auto key = parseVerifierKey(changed);
      EXPECT_FALSE(key) << at;
      if (!key) {
        EXPECT_EQ(key.error().code, ErrorCode::kInvalidArgument);
      }
    });
  }
}

TEST(VerifierKey, NoOtherLineIsTaken) {
  const std::string key = "AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea";
  const std::pair<std::string, const char*> lines[] = {
      {"", "no '+'"},
      {"ledger.example/robots", "no '+'"},
      {"ledger.example/robots+", "8 hexadecimal digits"},
      {"ledger.example/robots+951a0be+" + key, "8 hexadecimal digits"},
      {"ledger.example/robots+951a0bec0+" + key, "8 hexadecimal digits"},
      {"ledger.example/robots+951a0bec", "8 hexadecimal digits"},
      {"ledger.example/robots+951A0BEC+" + key, "not that of this name"},
      {"ledger.example/robots+951a0bed+" + key, "not that of this name"},
      {"ledger.example/robot+951a0bec+" + key, "not that of this name"},
      {"ledger.example/robots+951a0bec+", "33 bytes"},
      {"ledger.example/robots+951a0bec+" + key + "\n", "33 bytes"},
      {"ledger.example/robots+951a0bec+ " + key, "33 bytes"},
      {"ledger.example/robots+951a0bec+" + toBase64(Bytes(32, '\1')), "33 bytes"},
      {"ledger.example/robots+951a0bec+" + toBase64(Bytes(34, '\1')), "33 bytes"},
      {"ledger.example/robots+951a0bec+" + toBase64(Bytes(33, '\2')), "type"},
      {"ledger.example/robots+951a0bec+" + toBase64(Bytes(33, '\0')), "type"},
      {"+951a0bec+" + key, "name"},
      {" ledger.example/robots+951a0bec+" + key, "name"},
      {"PRIVATE+KEY+ledger.example/robots+951a0bec+" + key, "8 hexadecimal digits"},
  };
  for (const auto& [line, what] : lines) {
    const auto parsed = parseVerifierKey(line);
    ASSERT_FALSE(parsed) << line;
    EXPECT_EQ(parsed.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(parsed.error().message, HasSubstr(what)) << line;
  }
}

TEST(VerifierKey, RandomChangesGiveNoKeyOrOneThatIsWrittenAsItWasRead) {
  std::mt19937 random(1);
  for (int round = 0; round < 20000; ++round) {
    const Bytes text = mutated(kLogVerifierKey, random);
    const auto key = parseVerifierKey(text);
    if (key) {
      EXPECT_EQ(formatVerifierKey(*key), text);
    }
  }
}

TEST(KeyName, HasNoSpacesOfAnyScript) {
  for (const char* name : {"a", "ledger.example/robots", "\xc3\xa9t\xc3\xa9", "a-b_c:d", "\x7f"}) {
    EXPECT_TRUE(isKeyName(name)) << name;
  }
  for (const char* name :
       {"", " ", "a b", "a+b", "a\tb", "a\nb", "a\x01", "\xc2\x85", "\xc2\xa0", "\xe1\x9a\x80",
        "\xe2\x80\x80", "\xe2\x80\x8a", "\xe2\x80\xa8", "\xe2\x80\xa9", "\xe2\x80\xaf",
        "\xe2\x81\x9f", "a\xe3\x80\x80", "\xff", "a\xc3"}) {
    EXPECT_FALSE(isKeyName(name)) << name;
  }
  EXPECT_FALSE(isKeyName(std::string_view("a\0b", 3)));
}

TEST(Verifies, TheRfcsSignaturesAndNoOthers) {
  const auto log = *parseVerifierKey(kLogVerifierKey);
  const Bytes signature = *fromHex(
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9"
      "b46bd25bf5f0595bbe24655141438e7a100b");
  EXPECT_TRUE(verifies(log.public_key, "", signature));
  EXPECT_FALSE(verifies(log.public_key, "a", signature));
  EXPECT_FALSE(verifies(parseVerifierKey(kWitnessVerifierKey)->public_key, "", signature));
  EXPECT_FALSE(verifies(log.public_key, "", ""));
  EXPECT_FALSE(verifies(log.public_key, "", signature.substr(1)));
  EXPECT_FALSE(verifies(log.public_key, "", signature + '\0'));
  forEachFlippedBit(signature, [&](const Bytes& changed, std::size_t at) {
    EXPECT_FALSE(verifies(log.public_key, "", changed)) << at;
  });
}

// S and S plus the group's order would be two signatures of one message (RFC 8032, 5.1.7).
TEST(Verifies, OneSignatureOfAMessage) {
  const auto log = *parseVerifierKey(kLogVerifierKey);
  Bytes signature = *fromHex(
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9"
      "b46bd25bf5f0595bbe24655141438e7a100b");
  const Bytes order = *fromHex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  unsigned carry = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    carry += static_cast<std::uint8_t>(signature[32 + i]) + static_cast<std::uint8_t>(order[i]);
    signature[32 + i] = static_cast<char>(carry);
    carry >>= 8;
  }
  EXPECT_FALSE(verifies(log.public_key, "", signature));
}

}  // namespace
}  // namespace robotledger
