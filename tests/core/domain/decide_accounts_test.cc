#include "core/domain/decide_accounts.h"

#include "tests/core/domain/small_ledger.h"

namespace robotledger {
namespace {

using Bodies = std::vector<EventBody>;

const Scope kWeb = Scope::inProject(ProjectId{1});
const Scope kData = Scope::inProject(ProjectId{2});

class DecideOnAccounts : public ::testing::Test {
 protected:
  DecideOnAccounts() {
    ledger_.must(CreateProject{"web"});
    ledger_.must(CreateProject{"data"});
    ledger_.must(projectAccount("web", "ci", own({"push-image"})));
    ledger_.must(systemAccount("mirror", {{"web", "push-image"}, {"*", "pull-chart"}}));
  }

  static constexpr AccountId kCi{1};
  static constexpr AccountId kMirror{2};
  const AccountRef ci_ = named("robot$web+ci");
  const AccountRef mirror_ = named("robot$mirror");
  SmallLedger ledger_;
};

TEST_F(DecideOnAccounts, CreatesWithASecretWhereThereIsOne) {
  CreateAccount create = projectAccount("data", "cd", own({"push-image"}));
  create.description = "deploys";
  create.expiry = {Expiry::Kind::kDays, 90};
  create.secret = SecretHash{SecretHash::Kind::kGenerated, "hash", "", 7};
  const Instant now = instantOf("2025-06-01T00:00:00Z");
  ledger_.at(now);
  EXPECT_EQ(ledger_.must(create), (Bodies{AccountCreated{AccountId{3},
                                                         ProjectId{2},
                                                         "cd",
                                                         "deploys",
                                                         {{kData, kPushImage}},
                                                         Expiry::days(90),
                                                         now},
                                          SecretIssued{AccountId{3}, *create.secret}}));
  create.name = "cd-2";
  create.secret.reset();
  EXPECT_EQ(ledger_.must(create).size(), 1U);
}

TEST_F(DecideOnAccounts, CreatesUnderANameThatIsFree) {
  EXPECT_EQ(ledger_.refusal(projectAccount("web", "ci")), "account_exists");
  EXPECT_EQ(ledger_.refusal(projectAccount("data", "ci")), "accepted");
  EXPECT_EQ(ledger_.refusal(systemAccount("ci", {{"*", "push-image"}})), "accepted");
  ledger_.must(DeleteAccount{ci_});
  const Bodies created = ledger_.must(projectAccount("web", "ci"));
  EXPECT_EQ(accountOf(created.at(0)), AccountId{5}) << "an id is never used again";
}

TEST_F(DecideOnAccounts, LooksAtTheValuesOfACreationInTheirOrder) {
  CreateAccount create = projectAccount("web", "NO", {{"data", "fly"}});
  create.description = "\n";
  create.expiry = {Expiry::Kind::kDays, 0};
  ledger_.because("\n");
  create.project = "nowhere";
  EXPECT_EQ(ledger_.refusal(create), "unknown_project");
  create.project = "web";
  EXPECT_EQ(ledger_.refusal(create), "invalid_name");
  create.name = "ci";
  EXPECT_EQ(ledger_.refusal(create), "invalid_description");
  create.description = "";
  EXPECT_EQ(ledger_.refusal(create), "invalid_days");
  create.expiry.days = 1;
  EXPECT_EQ(ledger_.refusal(create), "scope_not_allowed");
  create.permissions[0].scope = "web";
  EXPECT_EQ(ledger_.refusal(create), "invalid_permission");
  create.permissions.clear();
  EXPECT_EQ(ledger_.refusal(create), "invalid_reason");
  ledger_.because("");
  EXPECT_EQ(ledger_.refusal(create), "account_exists");
}

TEST_F(DecideOnAccounts, CreatesASystemAccountWithAtLeastOnePermission) {
  ledger_.because("\n");
  EXPECT_EQ(ledger_.refusal(systemAccount("scan", {})), "permissions_required");
  EXPECT_EQ(ledger_.refusal(systemAccount("scan", {{"/", "robot:read"}})), "invalid_reason");
}

TEST_F(DecideOnAccounts, RecordsThatPartOfAGrantThatIsNew) {
  EXPECT_EQ(ledger_.must(GrantPermissions{ci_, own({"push-image", "push-chart"})}),
            (Bodies{PermissionsGranted{kCi, {{kWeb, kPushChart}}}}));
  EXPECT_EQ(ledger_.refusal(GrantPermissions{ci_, own({"push-image", "push-chart"})}), "no_change");
  EXPECT_EQ(ledger_.refusal(GrantPermissions{ci_, {}}), "permissions_required");
  EXPECT_EQ(ledger_.must(GrantPermissions{mirror_, {{"data", "pull-chart"}}}),
            (Bodies{PermissionsGranted{kMirror, {{kData, kPullChart}}}}))
      << "what '*' covers may still be granted in a project";
}

TEST_F(DecideOnAccounts, RecordsThatPartOfARevocationThatWasGranted) {
  EXPECT_EQ(ledger_.must(RevokePermissions{ci_, own({"push-image", "push-chart"})}),
            (Bodies{PermissionsRevoked{kCi, {{kWeb, kPushImage}}}}));
  EXPECT_EQ(ledger_.refusal(RevokePermissions{ci_, own({"push-image"})}), "no_change");
  EXPECT_EQ(ledger_.refusal(RevokePermissions{ci_, {}}), "permissions_required");
}

TEST_F(DecideOnAccounts, NeverRevokesTheLastPullOfAScope) {
  EXPECT_EQ(ledger_.refusal(RevokePermissions{ci_, own({"pull-image", "push-image"})}),
            "pull_is_always_granted");
  EXPECT_EQ(ledger_.refusal(RevokePermissions{mirror_, {{"web", "pull-image"}}}),
            "pull_is_always_granted");
  EXPECT_EQ(ledger_.refusal(RevokePermissions{mirror_, {{"*", "pull-image"}}}),
            "pull_is_always_granted");
  EXPECT_EQ(ledger_.refusal(RevokePermissions{mirror_, {{"data", "pull-image"}}}), "no_change")
      << "it has nothing there, and '*' does not keep it open";
}

TEST_F(DecideOnAccounts, RevokesPullTogetherWithTheRestOfAScope) {
  EXPECT_EQ(
      ledger_.must(RevokePermissions{mirror_, {{"web", "pull-image"}, {"web", "push-image"}}}),
      (Bodies{PermissionsRevoked{kMirror, {{kWeb, kPushImage}}}}));
  ledger_.must(GrantPermissions{mirror_, {{"data", "pull-image"}}});
  EXPECT_EQ(ledger_.must(RevokePermissions{mirror_, {{"data", "pull-image"}}}),
            (Bodies{PermissionsRevoked{kMirror, {{kData, kPullImage}}}}));
}

TEST_F(DecideOnAccounts, KeepsAnAccountToAtMost500Permissions) {
  std::vector<PermissionRequest> requests;
  for (int i = 0; i < 7; ++i) {
    const std::string project = "p" + std::to_string(i);
    ledger_.must(CreateProject{project});
    for (std::uint16_t c = 0; c < capabilityCount(); ++c) {
      if (grantableInProject(Capability{c})) requests.push_back({project, Capability{c}.text()});
    }
  }
  ASSERT_EQ(requests.size(), 504U);
  const std::vector<PermissionRequest> first(requests.begin(), requests.begin() + 498);
  ledger_.must(GrantPermissions{mirror_, first});  // with its own two, 500
  EXPECT_EQ(ledger_.refusal(GrantPermissions{mirror_, {requests.back()}}), "invalid_permission");
  EXPECT_EQ(ledger_.refusal(GrantPermissions{mirror_, first}), "no_change");
}

TEST_F(DecideOnAccounts, DisablesAndEnablesInTurn) {
  EXPECT_EQ(ledger_.refusal(EnableAccount{ci_}), "no_change");
  EXPECT_EQ(ledger_.must(DisableAccount{ci_}), (Bodies{AccountDisabled{kCi}}));
  EXPECT_EQ(ledger_.refusal(DisableAccount{ci_}), "no_change");
  EXPECT_EQ(ledger_.must(EnableAccount{ci_}), (Bodies{AccountEnabled{kCi}}));
}

TEST_F(DecideOnAccounts, WorksOnDisabledAndExpiredAccounts) {
  ledger_.must(DisableAccount{ci_});
  ledger_.at("2035-01-01T00:00:00Z");
  const SecretHash secret{SecretHash::Kind::kGenerated, "hash", "", 7};
  EXPECT_EQ(ledger_.must(RotateSecret{ci_, secret}), (Bodies{SecretIssued{kCi, secret}}));
  EXPECT_EQ(ledger_.must(RenewAccount{ci_}), (Bodies{AccountRenewed{kCi}}));
  EXPECT_EQ(ledger_.must(RenewAccount{ci_}), (Bodies{AccountRenewed{kCi}})) << "always applies";
  EXPECT_EQ(ledger_.must(GrantPermissions{ci_, own({"push-chart"})}).size(), 1U);
  EXPECT_EQ(ledger_.must(DeleteAccount{ci_}), (Bodies{AccountDeleted{kCi}}));
  EXPECT_EQ(ledger_.refusal(RenewAccount{ci_}), "unknown_account");
}

TEST_F(DecideOnAccounts, RecordsAnExpiryWithTheOneBefore) {
  EXPECT_EQ(ledger_.refusal(SetAccountExpiry{ci_, {Expiry::Kind::kSystem, 0}}), "no_change");
  EXPECT_EQ(ledger_.must(SetAccountExpiry{ci_, {Expiry::Kind::kDays, 7}}),
            (Bodies{AccountExpiryChanged{kCi, Expiry::system(), Expiry::days(7)}}));
  EXPECT_EQ(ledger_.refusal(SetAccountExpiry{ci_, {Expiry::Kind::kDays, 7}}), "no_change");
  EXPECT_EQ(ledger_.refusal(SetAccountExpiry{ci_, {Expiry::Kind::kDays, 0}}), "invalid_days");
  EXPECT_EQ(ledger_.must(SetAccountExpiry{ci_, {Expiry::Kind::kNever, 0}}),
            (Bodies{AccountExpiryChanged{kCi, Expiry::days(7), Expiry::never()}}));
}

TEST_F(DecideOnAccounts, RecordsADescriptionWithTheOneBefore) {
  EXPECT_EQ(ledger_.must(DescribeAccount{ci_, "builds"}),
            (Bodies{AccountDescribed{kCi, "", "builds"}}));
  EXPECT_EQ(ledger_.refusal(DescribeAccount{ci_, "builds"}), "no_change");
  EXPECT_EQ(ledger_.refusal(DescribeAccount{ci_, "a\nb"}), "invalid_description");
}

TEST_F(DecideOnAccounts, CallsAnAccountOfADeadProjectUnknown) {
  EXPECT_EQ(ledger_.refusal(DisableAccount{named("robot$nowhere+ci")}), "unknown_account");
  ledger_.must(DeleteProject{"web"});
  EXPECT_EQ(ledger_.refusal(DisableAccount{ci_}), "unknown_account");
}

}  // namespace
}  // namespace robotledger
