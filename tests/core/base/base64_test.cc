#include "core/base/base64.h"

#include <random>

#include <gtest/gtest.h>

namespace robotledger {
namespace {

TEST(Base64, IsThatOfTheRfc) {
  const std::pair<const char*, const char*> examples[] = {{"", ""},
                                                          {"f", "Zg=="},
                                                          {"fo", "Zm8="},
                                                          {"foo", "Zm9v"},
                                                          {"foob", "Zm9vYg=="},
                                                          {"fooba", "Zm9vYmE="},
                                                          {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : examples) {
    EXPECT_EQ(toBase64(bytes), text);
    EXPECT_EQ(fromBase64(text), bytes);
  }
  EXPECT_EQ(toBase64(BytesView("\x00\xff\xfe\xfb\xef\xbf", 6)), "AP/++++/");
}

TEST(Base64, IsReadBackForAnyBytes) {
  std::mt19937 random(1);
  for (std::size_t length = 0; length < 200; ++length) {
    Bytes bytes;
    for (std::size_t i = 0; i < length; ++i) bytes.push_back(static_cast<char>(random()));
    EXPECT_EQ(fromBase64(toBase64(bytes)), bytes);
  }
}

TEST(Base64, HasOneSpelling) {
  for (const std::string_view text :
       {"Z",      "Zg",    "Zg=",   "Zg===",    "=",    "==",   "====",         "Z===",
        "Zm8",    "Zm8==", "Zm9v=", "Zm9v====", "Zh==", "Zm9=", "Zm8=\n",       "\nZm8=",
        "Zm\n8=", "Zm8= ", " Zm8",  "Zm-_",     "Z=8=", "=m8=", "Zm9vZg==Zm9v", "Zm\xc3\xa9"}) {
    EXPECT_FALSE(fromBase64(text)) << text;
  }
}

TEST(Base64, HasNoOtherReadingForAnyFourCharacters) {
  std::mt19937 random(2);
  for (int round = 0; round < 100000; ++round) {
    std::string text;
    for (int i = 0; i < 4; ++i) text.push_back("AQZgw/+=-\n"[random() % 10]);
    const auto bytes = fromBase64(text);
    if (bytes) {
      EXPECT_EQ(toBase64(*bytes), text);
    }
  }
}

TEST(Base64, OfADigestHas32Bytes) {
  const Digest digest = sha256("abc");
  EXPECT_EQ(digestFromBase64(toBase64(digestBytes(digest))), digest);
  EXPECT_FALSE(digestFromBase64(""));
  EXPECT_FALSE(digestFromBase64(toBase64(Bytes(31, 'x'))));
  EXPECT_FALSE(digestFromBase64(toBase64(Bytes(33, 'x'))));
  EXPECT_FALSE(digestFromBase64("not base64"));
}

}  // namespace
}  // namespace robotledger
