#include "core/domain/capability.h"

#include <set>

#include <gtest/gtest.h>

namespace robotledger {
namespace {

TEST(Capability, HasAShortNameForTheFourOfTheManualPage) {
  EXPECT_EQ(parseCapability("pull-image"), kPullImage);
  EXPECT_EQ(parseCapability("push-image"), kPushImage);
  EXPECT_EQ(parseCapability("pull-chart"), kPullChart);
  EXPECT_EQ(parseCapability("push-chart"), kPushChart);
  EXPECT_EQ(kPullImage.text(), "repository:pull");
  EXPECT_EQ(kPushImage.text(), "repository:push");
  EXPECT_EQ(kPullChart.text(), "helm-chart:read");
  EXPECT_EQ(kPushChart.text(), "helm-chart-version:create");
  EXPECT_EQ(kPushChart.shortName(), "push-chart");
  EXPECT_EQ(parseCapability("log:list")->shortName(), "log:list");
}

TEST(Capability, IsFoundByItsTextAndByItsParts) {
  std::set<std::string> texts;
  for (std::uint16_t i = 0; i < capabilityCount(); ++i) {
    const Capability capability{i};
    EXPECT_EQ(parseCapability(capability.text()), capability);
    EXPECT_EQ(parseCapability(capability.shortName()), capability);
    EXPECT_EQ(findCapability(capability.resource(), capability.action()), capability);
    EXPECT_TRUE(grantableInProject(capability) || grantableInSystem(capability));
    texts.insert(capability.text());
  }
  EXPECT_EQ(texts.size(), capabilityCount());
}

TEST(Capability, IsNothingForWhatIsNotInTheTable) {
  for (const std::string_view text :
       {"", ":", "repository", "repository:", ":pull", "pull", "repository:Pull",
        "repository:pull ", "push-images", "helm-chart:create", "*:*"}) {
    EXPECT_FALSE(parseCapability(text)) << text;
  }
  EXPECT_FALSE(findCapability("", "push-image"));
  EXPECT_FALSE(findCapability("repository:pull", ""));
}

// Counted in Harbor's table, and the two chart capabilities of its manual page.
TEST(Capability, MayBeGrantedWhereTheTableSays) {
  std::size_t in_project = 0;
  std::size_t in_system = 0;
  for (std::uint16_t i = 0; i < capabilityCount(); ++i) {
    in_project += grantableInProject(Capability{i}) ? 1 : 0;
    in_system += grantableInSystem(Capability{i}) ? 1 : 0;
  }
  EXPECT_EQ(in_project, 72U);
  EXPECT_EQ(in_system, 70U);
  EXPECT_FALSE(grantableInSystem(kPullImage));
  EXPECT_FALSE(grantableInSystem(kPushChart));
  EXPECT_TRUE(grantableInProject(kPushChart));
  EXPECT_TRUE(grantableInSystem(*parseCapability("robot:create")));
  EXPECT_TRUE(grantableInProject(*parseCapability("robot:create")));
  EXPECT_FALSE(grantableInProject(*parseCapability("project:create")));
  EXPECT_FALSE(grantableInSystem(*parseCapability("label:list")));
  EXPECT_FALSE(grantableInProject(*parseCapability("scanner:update")));
}

// Events store the index, so rows never move. Some of the table, from its beginning to its end.
TEST(Capability, KeepsItsIndexForEver) {
  EXPECT_EQ(parseCapability("log:list")->index, 4);
  EXPECT_EQ(parseCapability("scanner:create")->index, 34);
  EXPECT_EQ(parseCapability("member:delete")->index, 71);
  EXPECT_EQ(parseCapability("audit-log:list")->index, 72);
  EXPECT_EQ(parseCapability("user-group:delete")->index, 130);
  EXPECT_GE(capabilityCount(), 131U);
}

}  // namespace
}  // namespace robotledger
