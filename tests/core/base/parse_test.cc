#include "core/base/parse.h"

#include <gtest/gtest.h>

namespace robotledger {
namespace {

TEST(TakeLine, TakesALineAndItsNewline) {
  std::string_view rest = "one\n\ntwo\nthree";
  EXPECT_EQ(takeLine(rest), "one");
  EXPECT_EQ(takeLine(rest), "");
  EXPECT_EQ(takeLine(rest), "two");
  EXPECT_EQ(rest, "three");
}

TEST(TakeLine, TakesNothingWithoutANewline) {
  for (std::string_view text : {"", "three"}) {
    std::string_view rest = text;
    EXPECT_FALSE(takeLine(rest));
    EXPECT_EQ(rest, text);
  }
}

TEST(Decimal, HasOneSpelling) {
  EXPECT_EQ(parseDecimal("0"), 0U);
  EXPECT_EQ(parseDecimal("70000"), 70000U);
  EXPECT_EQ(parseDecimal("18446744073709551615"), 18446744073709551615U);
  for (const char* text : {"", "00", "01", "+1", "-1", " 1", "1 ", "1\n", "1.0", "1e3", "0x1", "a",
                           "18446744073709551616", "99999999999999999999999"}) {
    EXPECT_FALSE(parseDecimal(text)) << text;
  }
}

TEST(Decimal, IsAtMostWhatIsAskedFor) {
  EXPECT_EQ(parseDecimal("63", 63), 63U);
  EXPECT_FALSE(parseDecimal("64", 63));
}

}  // namespace
}  // namespace robotledger
