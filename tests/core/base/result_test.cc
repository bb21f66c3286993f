#include "core/base/result.h"

#include <memory>
#include <set>

#include <gtest/gtest.h>

namespace robotledger {
namespace {

Result<std::string> nameOf(int number) {
  if (number == 1) return std::string("one");
  return Error{ErrorCode::kNotFound, "no name"};
}

Result<void> check(int number) {
  if (number == 1) return {};
  return Error{ErrorCode::kInvalidArgument, "not one"};
}

TEST(Result, IsAValueOrAnError) {
  const auto one = nameOf(1);
  ASSERT_TRUE(one);
  EXPECT_TRUE(one.has_value());
  EXPECT_EQ(*one, "one");
  EXPECT_EQ(one->size(), 3U);
  const auto two = nameOf(2);
  EXPECT_FALSE(two);
  EXPECT_EQ(two.error(), (Error{ErrorCode::kNotFound, "no name"}));
}

TEST(Result, OfNothingSucceedsOrHasAnError) {
  EXPECT_TRUE(check(1));
  const auto failed = check(2);
  EXPECT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::kInvalidArgument);
}

TEST(Result, HandsOverWhatCanOnlyBeMoved) {
  Result<std::unique_ptr<int>> made(std::make_unique<int>(7));
  ASSERT_TRUE(made);
  const std::unique_ptr<int> taken = *std::move(made);
  EXPECT_EQ(*taken, 7);
}

TEST(Result, StopsTheProcessWhereItIsUsedUnchecked) {
  EXPECT_DEATH(static_cast<void>(nameOf(2).value()), "no value");
  EXPECT_DEATH(static_cast<void>(nameOf(1).error()), "no error");
  EXPECT_DEATH(static_cast<void>(check(1).error()), "no error");
}

TEST(ErrorCode, HasANameOfItsOwnForEach) {
  std::set<std::string> names;
  int code = 0;
  while (std::string(errorCodeName(static_cast<ErrorCode>(code))) != "unknown") {
    names.insert(errorCodeName(static_cast<ErrorCode>(code++)));
  }
  EXPECT_GT(code, static_cast<int>(ErrorCode::kClosed));
  EXPECT_EQ(names.size(), static_cast<std::size_t>(code));
  EXPECT_STREQ(errorCodeName(ErrorCode::kDamaged), "damaged");
}

}  // namespace
}  // namespace robotledger
