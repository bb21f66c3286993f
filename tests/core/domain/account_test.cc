#include "core/domain/account.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace robotledger {
namespace {

constexpr Instant kThen{1000};
constexpr Instant kNow{2000};
constexpr AccountId kId{7};
const Scope kWeb = Scope::inProject(ProjectId{1});
const Scope kData = Scope::inProject(ProjectId{2});
const Permission kCreateRobots{Scope::system(), *parseCapability("robot:create")};

Permissions sorted(Permissions permissions) {
  std::ranges::sort(permissions);
  return permissions;
}

Account account(ProjectId project, Permissions permissions = {}) {
  return accountFrom(AccountCreated{kId, project, "ci", "builds", sorted(std::move(permissions)),
                                    Expiry::days(90), kThen},
                     kThen);
}

TEST(Account, IsAsItsCreationLeftIt) {
  const Account created = accountFrom(
      AccountCreated{
          kId, ProjectId{1}, "ci", "builds", {{kWeb, kPushImage}}, Expiry::system(), Instant{5}},
      kThen);
  EXPECT_EQ(created, (Account{.id = kId,
                              .name = "ci",
                              .description = "builds",
                              .permissions = {{kWeb, kPushImage}},
                              .terms = {Expiry::system(), Instant{5}, kThen},
                              .project = ProjectId{1},
                              .status = AccountStatus::kEnabled}));
}

TEST(Account, ChangesByTheEventsOfItsLife) {
  Account changed = account(ProjectId{1}, {{kWeb, kPushImage}});
  EXPECT_TRUE(applyToAccount(changed, PermissionsGranted{kId, {{kWeb, kPullChart}}}, kNow));
  EXPECT_TRUE(applyToAccount(changed, PermissionsRevoked{kId, {{kWeb, kPushImage}}}, kNow));
  EXPECT_EQ(changed.permissions, (Permissions{{kWeb, kPullChart}}));
  EXPECT_TRUE(applyToAccount(changed, AccountDisabled{kId}, kNow));
  EXPECT_EQ(changed.status, AccountStatus::kDisabled);
  EXPECT_TRUE(applyToAccount(changed, AccountEnabled{kId}, kNow));
  EXPECT_EQ(changed.status, AccountStatus::kEnabled);
  EXPECT_TRUE(applyToAccount(changed, AccountDescribed{kId, "builds", "deploys"}, kNow));
  EXPECT_EQ(changed.description, "deploys");
}

TEST(Account, BeginsToFollowTheSettingAnewWhereItsExpiryChanges) {
  Account changed = account(ProjectId{1});
  EXPECT_TRUE(
      applyToAccount(changed, AccountExpiryChanged{kId, Expiry::days(90), Expiry::system()}, kNow));
  EXPECT_EQ(changed.terms, (ExpiryTerms{Expiry::system(), kThen, kNow}));
}

TEST(Account, IsIssuedAnewByARenewalButNotByARotation) {
  Account changed = account(ProjectId{1});
  const Account before = changed;
  EXPECT_TRUE(applyToAccount(changed, SecretIssued{kId, {}}, kNow));
  EXPECT_EQ(changed, before);
  EXPECT_TRUE(applyToAccount(changed, AccountRenewed{kId}, kNow));
  EXPECT_EQ(changed.terms, (ExpiryTerms{Expiry::days(90), kNow, kNow}));
}

TEST(Account, RefusesEventsThatCannotFollow) {
  const Account enabled = account(ProjectId{1}, {{kWeb, kPushImage}});
  Account disabled = enabled;
  disabled.status = AccountStatus::kDisabled;
  const std::pair<Account, EventBody> impossible[] = {
      {enabled, PermissionsGranted{kId, {{kWeb, kPushImage}}}},
      {enabled, PermissionsGranted{kId, sorted({{kWeb, kPushImage}, {kWeb, kPullChart}})}},
      {enabled, PermissionsRevoked{kId, {{kWeb, kPullChart}}}},
      {enabled, AccountEnabled{kId}},
      {disabled, AccountDisabled{kId}},
      {enabled, AccountExpiryChanged{kId, Expiry::days(91), Expiry::never()}},
      {enabled, AccountDescribed{kId, "something else", "deploys"}},
      {enabled, AccountDeleted{kId}},
      {enabled, ProjectDeleted{ProjectId{1}}},
  };
  for (const auto& [before, body] : impossible) {
    Account after = before;
    const auto applied = applyToAccount(after, body, kNow);
    EXPECT_FALSE(applied) << eventKindName(body.index());
    EXPECT_EQ(after, before) << eventKindName(body.index());
  }
}

TEST(Pull, IsAlwaysThereInAProjectAccountsOwnProject) {
  const Account nothing = account(ProjectId{1});
  EXPECT_TRUE(grants(nothing, kWeb, kPullImage));
  EXPECT_FALSE(grants(nothing, kWeb, kPushImage));
  EXPECT_FALSE(grants(nothing, kData, kPullImage));
  EXPECT_FALSE(grants(nothing, Scope::allProjects(), kPullImage));
  EXPECT_EQ(heldBy(nothing), (Permissions{{kWeb, kPullImage}}));
}

TEST(Pull, IsThereInEachProjectScopeThatASystemAccountHas) {
  const Account reaching = account(ProjectId{0}, {{kWeb, kPushChart}, kCreateRobots});
  EXPECT_TRUE(grants(reaching, kWeb, kPullImage));
  EXPECT_FALSE(grants(reaching, kData, kPullImage));
  EXPECT_FALSE(grants(reaching, Scope::allProjects(), kPullImage));
  EXPECT_FALSE(grants(reaching, Scope::system(), kPullImage));
  EXPECT_EQ(heldBy(reaching), sorted({{kWeb, kPushChart}, kCreateRobots, {kWeb, kPullImage}}));
}

TEST(Pull, IsJudgedByEachScopeByItself) {
  const Account everywhere = account(ProjectId{0}, {{Scope::allProjects(), kPushImage}});
  EXPECT_TRUE(grants(everywhere, Scope::allProjects(), kPullImage));
  EXPECT_FALSE(grants(everywhere, kWeb, kPullImage)) << "'*' does not keep a project open";
  EXPECT_FALSE(hasScope(everywhere, kWeb));
  EXPECT_TRUE(hasScope(everywhere, Scope::allProjects()));
}

TEST(Pull, IsHeldOnceWhereItIsGrantedExplicitlyToo) {
  const Account explicitly = account(ProjectId{1}, {{kWeb, kPullImage}});
  EXPECT_EQ(heldBy(explicitly), (Permissions{{kWeb, kPullImage}}));
}

TEST(SystemAccount, WithoutPermissionsHoldsNothing) {
  EXPECT_EQ(heldBy(account(ProjectId{0})), Permissions{});
  EXPECT_TRUE(account(ProjectId{0}).isSystemLevel());
  EXPECT_FALSE(account(ProjectId{1}).isSystemLevel());
}

}  // namespace
}  // namespace robotledger
