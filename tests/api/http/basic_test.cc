#include "api/http/basic.h"

#include <string>

#include <gtest/gtest.h>

#include "core/base/base64.h"

namespace robotledger::http {
namespace {

std::string basic(std::string_view both) { return "Basic " + toBase64(both); }

TEST(Basic, IsANameAndASecretAroundTheFirstColon) {
  const auto credentials = basicCredentials(basic("robot$web+ci:se:cret:"));
  ASSERT_TRUE(credentials);
  EXPECT_EQ(credentials->name, "robot$web+ci");
  EXPECT_EQ(credentials->secret, "se:cret:");
  EXPECT_EQ(basicCredentials(basic("alice:"))->secret, "");
  EXPECT_EQ(basicCredentials(basic(":x"))->name, "");
  EXPECT_EQ(basicCredentials(basic("alice:é"))->secret, "é");
  EXPECT_EQ(basicCredentials("bAsIc " + toBase64("a:b"))->name, "a");
  EXPECT_EQ(basicCredentials("Basic   " + toBase64("a:b") + " ")->name, "a");
}

TEST(Basic, IsNothingElse) {
  for (const std::string& other :
       {std::string(), std::string("Basic"), std::string("Basic "), std::string("Bearer YTpi"),
        std::string("BasicYTpi"), std::string("Basic YTp"), std::string("Basic YTpi YTpi"),
        std::string("Basic YTpi="), std::string("Basic YTpj\n"), std::string("Basic !!!!"),
        basic("no colon"), basic(std::string("nul\0:x", 6)), basic("tab\t:x"), basic("line\n:x"),
        std::string(1 << 20, 'A')}) {
    EXPECT_FALSE(basicCredentials(other)) << other.substr(0, 80);
  }
}

}  // namespace
}  // namespace robotledger::http
