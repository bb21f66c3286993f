#include "api/token/form.h"

#include <gtest/gtest.h>

namespace robotledger {
namespace {

using Parameters = std::vector<std::pair<std::string, std::string>>;

TEST(Form, IsDecodedInOrder) {
  EXPECT_EQ(parseForm("a=1&b=x+y%2Fz&a=%c3%A4")->parameters,
            (Parameters{{"a", "1"}, {"b", "x y/z"}, {"a", "\xc3\xa4"}}));
  EXPECT_EQ(parseForm("a&=b&c==&&")->parameters, (Parameters{{"a", ""}, {"", "b"}, {"c", "="}}));
  EXPECT_EQ(parseForm("")->parameters, Parameters());
}

TEST(Form, TellsHowOftenAParameterCame) {
  const auto form = parseForm("a=1&b=2&a=3");
  EXPECT_EQ(form->one("a"), std::nullopt);
  EXPECT_EQ(form->one("b"), "2");
  EXPECT_EQ(form->one("c"), std::nullopt);
  EXPECT_EQ(form->count("a"), 2U);
  EXPECT_EQ(form->all("a"), (std::vector<std::string>{"1", "3"}));
}

TEST(Form, OfAnotherFormIsNone) {
  for (const char* wrong : {"a=%", "a=%2", "a=%2g", "a=%g2", "a=%-1", "a=%+1", "%=a", "a=%00"}) {
    EXPECT_FALSE(parseForm(wrong)) << wrong;
  }
  EXPECT_FALSE(parseForm(std::string_view("a\0b", 3)));
}

TEST(Form, HasALimit) {
  std::string text;
  for (std::size_t i = 0; i < kMaxFormParameters; ++i) text += "a=1&";
  EXPECT_TRUE(parseForm(text));
  EXPECT_FALSE(parseForm(text + "a=1"));
}

}  // namespace
}  // namespace robotledger
