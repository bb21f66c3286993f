#include "core/wire/fields.h"

#include <string_view>

#include <gtest/gtest.h>

namespace robotledger {
namespace {

enum class Colour { kRed, kGreen, kBlue };

TEST(FieldReader, SaysNothingWhereNothingIsWrong) {
  FieldReader fields;
  EXPECT_EQ(fields.enumerant(2, Colour::kBlue, "the colour"), Colour::kBlue);
  EXPECT_EQ(fields.days(kMinDays, "an expiry"), 1);
  EXPECT_EQ(fields.days(2147483646, "an expiry"), kMaxDays);
  EXPECT_EQ(fields.bytes<2>(std::string_view("ab"), "a hash"),
            (std::array<std::uint8_t, 2>{'a', 'b'}));
  EXPECT_EQ(fields.damage(), "");
}

TEST(FieldReader, OfWhatIsWrongItKeepsTheFirst) {
  FieldReader fields;
  fields.enumerant(3, Colour::kBlue, "the colour");
  fields.days(0, "an expiry");
  EXPECT_EQ(fields.damage(), "the colour 3 is unknown: made by a newer version?");
}

TEST(FieldReader, ReadsOnWithHarmlessValues) {
  FieldReader fields;
  EXPECT_EQ(fields.enumerant(9, Colour::kGreen, "the colour"), Colour::kGreen);
  EXPECT_EQ(fields.bytes<2>(std::string_view("abc"), "a hash"), (std::array<std::uint8_t, 2>{}));
}

TEST(FieldReader, TextsAreTakenAsTheyAre) {
  const std::string_view text("a\0\xff", 3);
  EXPECT_EQ(stringFrom(text), text);
}

}  // namespace
}  // namespace robotledger
