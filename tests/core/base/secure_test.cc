#include "core/base/secure.h"

#include <utility>

#include <gtest/gtest.h>
#include <sys/resource.h>

namespace robotledger {
namespace {

TEST(Secure, WipesAllThatATextHasRoomFor) {
  std::string text;
  text.reserve(100);
  const char* bytes = text.data();
  text = "a long secret that is cut short afterwards";
  text.resize(8);
  ASSERT_EQ(text.data(), bytes);
  wipe(text);
  EXPECT_TRUE(text.empty());
  ASSERT_EQ(text.data(), bytes);
  // Where the text was, behind its end as well.
  EXPECT_EQ(std::string(bytes, 42), std::string(42, '\0'));
}

TEST(Secure, ASecretTextTakesTheTextAndLeavesNoneBehind) {
  std::string text = "rbt_short";
  const SecretText secret(std::move(text));
  EXPECT_EQ(secret.text(), "rbt_short");
  EXPECT_TRUE(text.empty());  // NOLINT(bugprone-use-after-move): that is what is tested
}

TEST(Secure, LeavesNoCoreFile) {
  keepOutOfCoreFiles();
  struct rlimit limit {};
  ASSERT_EQ(::getrlimit(RLIMIT_CORE, &limit), 0);
  EXPECT_EQ(limit.rlim_cur, 0U);
  EXPECT_EQ(limit.rlim_max, 0U);
}

}  // namespace
}  // namespace robotledger
