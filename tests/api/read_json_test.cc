#include "api/json/read_json.h"

#include <gtest/gtest.h>

namespace robotledger {
namespace {

std::string nested(int depth) {
  return std::string(static_cast<std::size_t>(depth), '[') +
         std::string(static_cast<std::size_t>(depth), ']');
}

TEST(ReadJson, ReadsWhatIsWholeAndNotTooDeep) {
  EXPECT_EQ(readJson("{\"a\":[1]}")->at("a")[0], 1);
  EXPECT_TRUE(readJson(nested(kMaxJsonDepth)));
  EXPECT_FALSE(readJson(nested(kMaxJsonDepth + 1)));
  EXPECT_FALSE(readJson(nested(500000)));
  EXPECT_FALSE(readJson(std::string(500000, '[')));
  for (const char* wrong : {"", "{", "{}x", "{\"a\":\"\xff\"}", "nul", "{'a':1}"}) {
    EXPECT_FALSE(readJson(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace robotledger
