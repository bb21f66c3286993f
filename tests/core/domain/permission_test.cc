#include "core/domain/permission.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace robotledger {
namespace {

constexpr ProjectId kWeb{1};
constexpr ProjectId kData{2};
const Permission kPushToWeb{Scope::inProject(kWeb), kPushImage};
const Permission kPushToData{Scope::inProject(kData), kPushImage};
const Permission kPushAnywhere{Scope::allProjects(), kPushImage};
const Permission kCreateRobots{Scope::system(), *parseCapability("robot:create")};

Permissions sorted(Permissions permissions) {
  std::ranges::sort(permissions);
  return permissions;
}

TEST(Scope, IsEqualToItselfOnly) {
  EXPECT_EQ(Scope::inProject(kWeb), Scope::inProject(kWeb));
  EXPECT_NE(Scope::inProject(kWeb), Scope::inProject(kData));
  EXPECT_NE(Scope::allProjects(), Scope::system());
  EXPECT_NE(Scope::inProject(ProjectId{0}), Scope::allProjects());
}

TEST(Permissions, AreAddedOnceAndStaySorted) {
  Permissions held{kPushToWeb};
  addAll(held, sorted({kPushAnywhere, kPushToWeb, kPushToData}));
  EXPECT_EQ(held, sorted({kPushToWeb, kPushToData, kPushAnywhere}));
}

TEST(Permissions, AreRemovedWhereTheyAreHeld) {
  Permissions held = sorted({kPushToWeb, kPushAnywhere});
  removeAll(held, sorted({kPushToWeb, kPushToData}));
  EXPECT_EQ(held, Permissions{kPushAnywhere});
}

TEST(Permissions, AreComparedAsPairsWhateverCoversWhat) {
  const Permissions held{kPushAnywhere};
  EXPECT_TRUE(contains(held, kPushAnywhere));
  EXPECT_FALSE(contains(held, kPushToWeb));
  EXPECT_FALSE(contains({}, kPushToWeb));
}

TEST(Permissions, TellWhetherAnyIsInAScope) {
  const Permissions held = sorted({kPushToWeb, kCreateRobots});
  EXPECT_TRUE(anyIn(held, Scope::inProject(kWeb)));
  EXPECT_TRUE(anyIn(held, Scope::system()));
  EXPECT_FALSE(anyIn(held, Scope::inProject(kData)));
  EXPECT_FALSE(anyIn(held, Scope::allProjects()));
}

}  // namespace
}  // namespace robotledger
