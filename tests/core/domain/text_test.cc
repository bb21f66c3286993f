#include "core/domain/text.h"

#include <gtest/gtest.h>

namespace robotledger {
namespace {

TEST(Name, IsLettersAndDigitsWithSingleSeparatorsBetween) {
  for (const std::string_view name : {"a", "0", "web", "web-shop", "a.b_c-d", "1.2.3"}) {
    EXPECT_TRUE(isName(name)) << name;
  }
  for (const std::string_view name : {"", "-", "-a", "a-", "a..b", "a.-b", "a__b", "Web", "a b",
                                      "a+b", "a/b", "robot$a", "\xc3\xa9", "a\n"}) {
    EXPECT_FALSE(isName(name)) << name;
  }
  EXPECT_FALSE(isName(std::string_view("a\0b", 3)));
}

TEST(Name, HasAtMost255Bytes) {
  EXPECT_TRUE(isName(std::string(255, 'a')));
  EXPECT_FALSE(isName(std::string(256, 'a')));
}

TEST(OperatorName, BeginsWithALetterOrADigit) {
  for (const std::string_view name : {"a", "Alice", "0", "alice@example.com", "a-", "a..b", "A_"}) {
    EXPECT_TRUE(isOperatorName(name)) << name;
  }
  for (const std::string_view name : {"", ".a", "@a", "-a", "_a", "a b", "a+b", "a$", "\xc3\xa9"}) {
    EXPECT_FALSE(isOperatorName(name)) << name;
  }
  EXPECT_TRUE(isOperatorName(std::string(255, 'a')));
  EXPECT_FALSE(isOperatorName(std::string(256, 'a')));
}

TEST(Text, IsUtf8) {
  for (const std::string_view text :
       {"", "plain", "\xc2\xa0", "\xc3\xa9", "\xe2\x82\xac", "\xed\x9f\xbf", "\xee\x80\x80",
        "\xf0\x9f\xa4\x96", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(isText(text)) << inQuotes(text);
  }
}

TEST(Text, IsNotWhatOnlyLooksLikeUtf8) {
  for (const std::string_view text : {
           "\x80",              // a continuation alone
           "\xc3",              // cut off
           "\xe2\x82",          //
           "\xf0\x9f\xa4",      //
           "\xc3z",             // no continuation
           "\xe2z\xac",         //
           "\xe2\x82z",         //
           "\xc0\xaf",          // overlong
           "\xc1\xbf",          //
           "\xe0\x9f\xbf",      //
           "\xf0\x8f\xbf\xbf",  //
           "\xed\xa0\x80",      // surrogates
           "\xed\xbf\xbf",      //
           "\xf4\x90\x80\x80",  // beyond U+10FFFF
           "\xf5\x80\x80\x80",  //
           "\xff",
       }) {
    EXPECT_FALSE(isText(text));
  }
}

TEST(Text, HasNoControlCharacters) {
  for (int control = 0; control < 0x20; ++control) {
    EXPECT_FALSE(isText(std::string("a") + static_cast<char>(control))) << control;
  }
  EXPECT_FALSE(isText("\x7f"));
  EXPECT_FALSE(isText("\xc2\x80"));
  EXPECT_FALSE(isText("\xc2\x9f"));
  EXPECT_TRUE(isText(" ~"));
}

TEST(Text, HasAtMost1024BytesNotCharacters) {
  EXPECT_TRUE(isText(std::string(1024, 'a')));
  EXPECT_FALSE(isText(std::string(1025, 'a')));
  std::string euros;
  for (int i = 0; i < 342; ++i) euros += "\xe2\x82\xac";
  EXPECT_FALSE(isText(euros));
  EXPECT_TRUE(isText(euros.substr(3)));
}

TEST(Origin, IsAUrlWithoutItsScheme) {
  EXPECT_TRUE(isOrigin("ledger.example/registry"));
  for (const std::string_view origin :
       {"", "https://ledger.example", "a b", "a+b", "a\n", "\xc3\xa9"}) {
    EXPECT_FALSE(isOrigin(origin)) << origin;
  }
  EXPECT_TRUE(isOrigin(std::string(255, 'a')));
  EXPECT_FALSE(isOrigin(std::string(256, 'a')));
}

TEST(Printable, IsAsciiUpToItsLimit) {
  EXPECT_TRUE(isPrintable("", 0));
  EXPECT_TRUE(isPrintable("a b~", 4));
  EXPECT_FALSE(isPrintable("abc", 2));
  EXPECT_FALSE(isPrintable("a\t", 4));
  EXPECT_FALSE(isPrintable("\x7f", 4));
  EXPECT_FALSE(isPrintable("\xc3\xa9", 4));
}

TEST(InQuotes, KeepsAMessageOnOneShortLine) {
  EXPECT_EQ(inQuotes("web"), "'web'");
  EXPECT_EQ(inQuotes(""), "''");
  EXPECT_EQ(inQuotes("a\nb\x1b[2J\xff\xc2\x85"),
            "'a?b?[2J?"
            "?"
            "?'");
  EXPECT_EQ(inQuotes("\xc3\xa9"), "'\xc3\xa9'");
  EXPECT_EQ(inQuotes(std::string(100, 'a')), "'" + std::string(100, 'a') + "'");
  EXPECT_EQ(inQuotes(std::string(101, 'a')), "'" + std::string(100, 'a') + "...'");
  EXPECT_EQ(inQuotes(std::string(99, 'a') + "\xc3\xa9"), "'" + std::string(99, 'a') + "...'");
  EXPECT_EQ(inQuotes(std::string(1000, '\n')).size(), 105U);
}

}  // namespace
}  // namespace robotledger
