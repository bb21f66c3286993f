#include "core/domain/names.h"

#include <gtest/gtest.h>

namespace robotledger {
namespace {

TEST(QualifiedName, NamesTheProjectOfAProjectAccount) {
  EXPECT_EQ(qualifiedName("library", "ci"), "robot$library+ci");
  EXPECT_EQ(qualifiedName("", "ci"), "robot$ci");
}

TEST(QualifiedName, IsReadBack) {
  EXPECT_EQ(parseQualifiedName("robot$library+ci"), (QualifiedName{"library", "ci"}));
  EXPECT_EQ(parseQualifiedName("robot$ci"), (QualifiedName{"", "ci"}));
}

TEST(QualifiedName, IsNothingForWhatIsNoAccountsName) {
  for (const std::string_view text :
       {"", "ci", "library+ci", "robot$", "robot$+ci", "robot$library+", "robot$Library+ci",
        "robot$library+CI", "robot$a+b+c", "Robot$ci", "robot$ci ", " robot$ci",
        "robot$robot$ci"}) {
    EXPECT_FALSE(parseQualifiedName(text)) << text;
  }
}

TEST(ProjectInAName, IsThereWhateverTheRestIs) {
  EXPECT_EQ(projectIn("robot$library+ci"), "library");
  EXPECT_EQ(projectIn("robot$library+NO NAME"), "library");
  EXPECT_EQ(projectIn("robot$library+a+b"), "library");
  EXPECT_EQ(projectIn("robot$ci"), "");
  EXPECT_EQ(projectIn("library+ci"), "");
  EXPECT_EQ(projectIn(""), "");
}

}  // namespace
}  // namespace robotledger
