#include "projections/view.h"

#include <gtest/gtest.h>

#include "tests/projections/built.h"

namespace robotledger {
namespace {

const Built& built() {
  static const Built kBuilt(
      "web: 2025-01-01T00:00:00Z admin create_project project=web\n"
      "api: 2025-01-02T00:00:00Z admin create_project project=api\n");
  return kBuilt;
}

TEST(View, EndsWithItsLastEvent) {
  const View& view = built().view();
  EXPECT_EQ(view.last(), built()["api"]);
  EXPECT_EQ(view.newest().sequence, built()["api"]);
  EXPECT_EQ(view.newest().time, when("2025-01-02"));
}

TEST(View, IsReadAsOfAnyEventItHas) {
  const auto first = asOf(built().view(), Sequence{0});
  ASSERT_TRUE(first);
  EXPECT_EQ(first->time, Instant{0});
  const auto web = asOf(built().view(), built()["web"]);
  ASSERT_TRUE(web);
  EXPECT_EQ(web->sequence, built()["web"]);
  EXPECT_EQ(web->time, when("2025-01-01"));
  EXPECT_EQ(asOf(built().view(), built()["api"])->time, when("2025-01-02"));
}

TEST(View, HasNoEventAfterItsLast) {
  const auto none = asOf(built().view(), Sequence{built()["api"].value + 1});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(none.error().message, "there is no event 4: the last one is 3");
}

}  // namespace
}  // namespace robotledger
