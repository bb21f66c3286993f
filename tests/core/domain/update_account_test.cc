// An account as it is to be: UpdateAccount. Its refusals and their order are in
// tests/scenarios/updates.txt.
#include "core/domain/decide.h"
#include "tests/core/domain/small_ledger.h"

namespace robotledger {
namespace {

using Bodies = std::vector<EventBody>;

const Scope kWeb = Scope::inProject(ProjectId{1});
constexpr AccountId kCi{1};
constexpr AccountId kMirror{2};

UpdateAccount update(std::string account) {
  UpdateAccount command;
  command.account = named(std::move(account));
  return command;
}

class Update : public ::testing::Test {
 protected:
  Update() {
    ledger_.must(CreateProject{"web"});
    CreateAccount ci = projectAccount("web", "ci", own({"pull-image", "push-image"}));
    ci.description = "builds";
    ci.expiry = {Expiry::Kind::kDays, 30};
    ledger_.must(ci);
    ledger_.must(systemAccount("mirror", {{"web", "push-image"}, {"*", "pull-chart"}}));
  }

  // As much of the account as an update can say, as it is.
  UpdateAccount asItIs(std::string_view name) const {
    const Account& account = ledger_.account(name);
    UpdateAccount command = update(std::string(name));
    command.description = account.description;
    command.status = account.status;
    command.expiry = ExpiryRequest{account.terms.expiry.kind, account.terms.expiry.count};
    command.permissions.emplace();
    for (const Permission& one : account.permissions) {
      const bool everywhere = one.scope.kind == Scope::Kind::kAllProjects;
      command.permissions->push_back({everywhere ? "*" : "web", one.capability.text()});
    }
    return command;
  }

  SmallLedger ledger_;
};

TEST_F(Update, BecomesWhatDiffersInOneOrder) {
  UpdateAccount command = update("robot$web+ci");
  command.permissions = own({"push-chart", "pull-image"});
  command.expiry = ExpiryRequest{Expiry::Kind::kNever, 0};
  command.description = "deploys";
  command.status = AccountStatus::kDisabled;
  EXPECT_EQ(ledger_.must(command),
            (Bodies{PermissionsRevoked{kCi, {{kWeb, kPushImage}}},
                    PermissionsGranted{kCi, {{kWeb, kPushChart}}},
                    AccountExpiryChanged{kCi, Expiry::days(30), Expiry::never()},
                    AccountDescribed{kCi, "builds", "deploys"}, AccountDisabled{kCi}}));
  command.status = AccountStatus::kEnabled;
  EXPECT_EQ(ledger_.must(command), (Bodies{AccountEnabled{kCi}}));
}

TEST_F(Update, IsAcceptedAndBecomesNothingWhereAllIsAsItIsToBe) {
  for (const char* name : {"robot$web+ci", "robot$mirror"}) {
    EXPECT_EQ(ledger_.must(update(name)), Bodies()) << name;
    EXPECT_EQ(ledger_.must(asItIs(name)), Bodies()) << name;
  }
  const Decision decision = ledger_.at("2025-02-01T00:00:00Z").submit(asItIs("robot$mirror"));
  EXPECT_EQ(std::get<Accepted>(decision).time, instantOf("2025-02-01T00:00:00Z"));
}

TEST_F(Update, LeavesWhatItDoesNotName) {
  UpdateAccount command = update("robot$web+ci");
  command.description = "";
  EXPECT_EQ(ledger_.must(command), (Bodies{AccountDescribed{kCi, "builds", ""}}));
  const Account& account = ledger_.account("robot$web+ci");
  EXPECT_EQ(account.permissions, (Permissions{{kWeb, kPullImage}, {kWeb, kPushImage}}));
  EXPECT_EQ(account.terms.expiry, Expiry::days(30));
  EXPECT_EQ(account.status, AccountStatus::kEnabled);
}

TEST_F(Update, GivesTheAccountJustThosePermissionsThatItNames) {
  UpdateAccount command = update("robot$mirror");
  command.permissions = {{{"*", "push-chart"}, {"*", "push-chart"}, {"/", "robot:read"}}};
  ledger_.must(command);
  EXPECT_EQ(ledger_.account("robot$mirror").permissions,
            (Permissions{{Scope::allProjects(), kPushChart},
                         {Scope::system(), *parseCapability("robot:read")}}));
}

TEST_F(Update, ExchangesAFullSetOfPermissionsForAnother) {
  std::vector<std::vector<PermissionRequest>> sets(2);
  for (int i = 0; i < 14; ++i) {
    const std::string project = "p" + std::to_string(i);
    ledger_.must(CreateProject{project});
    for (std::uint16_t c = 0; c < capabilityCount(); ++c) {
      auto& set = sets[i % 2];
      if (set.size() < 500 && grantableInProject(Capability{c})) {
        set.push_back({project, Capability{c}.text()});
      }
    }
  }
  for (const auto& set : sets) {
    ASSERT_EQ(set.size(), 500U);
    UpdateAccount command = update("robot$mirror");
    command.permissions = set;
    EXPECT_EQ(ledger_.must(command).size(), 2U);
    EXPECT_EQ(ledger_.account("robot$mirror").permissions.size(), 500U);
  }
  UpdateAccount command = update("robot$mirror");
  command.permissions = sets[0];
  command.permissions->push_back({"web", "push-image"});
  EXPECT_EQ(ledger_.refusal(command), "invalid_permission");
}

TEST_F(Update, MayDropTheExplicitPullAndTheImpliedOneStays) {
  UpdateAccount command = update("robot$web+ci");
  command.permissions = own({"push-image"});
  EXPECT_EQ(ledger_.must(command), (Bodies{PermissionsRevoked{kCi, {{kWeb, kPullImage}}}}));
  EXPECT_TRUE(grants(ledger_.account("robot$web+ci"), kWeb, kPullImage));
}

TEST_F(Update, RecordsJustThePullOfAProjectAccountOnlyWhereItIsOnRecord) {
  UpdateAccount just_pull = update("robot$web+ci");
  just_pull.permissions = own({"pull-image"});
  EXPECT_EQ(ledger_.must(just_pull), (Bodies{PermissionsRevoked{kCi, {{kWeb, kPushImage}}}}))
      << "it is on record and stays";
  UpdateAccount nothing = update("robot$web+ci");
  nothing.permissions.emplace();
  EXPECT_EQ(ledger_.must(nothing), (Bodies{PermissionsRevoked{kCi, {{kWeb, kPullImage}}}}));
  EXPECT_EQ(ledger_.must(just_pull), Bodies()) << "it is there without a record";
}

TEST_F(Update, LeavesASystemAccountWithoutPermissionsOnlyWhereItHasNone) {
  UpdateAccount nothing = update("robot$mirror");
  nothing.permissions.emplace();
  EXPECT_EQ(ledger_.refusal(nothing), "permissions_required");
  ledger_.must(
      RevokePermissions{named("robot$mirror"), {{"web", "push-image"}, {"*", "pull-chart"}}});
  EXPECT_EQ(ledger_.must(nothing), Bodies());
  nothing.status = AccountStatus::kDisabled;
  EXPECT_EQ(ledger_.must(nothing), (Bodies{AccountDisabled{kMirror}}));
}

TEST_F(Update, OfAnEqualExpiryIsNoActOnTheAccount) {
  UpdateAccount command = update("robot$web+ci");
  command.expiry = ExpiryRequest{Expiry::Kind::kDays, 30};
  ledger_.at("2025-03-01T00:00:00Z");
  EXPECT_EQ(ledger_.must(command), Bodies()) << "what has expired stays expired";
  command.expiry = ExpiryRequest{Expiry::Kind::kSystem, 0};
  EXPECT_EQ(ledger_.must(command),
            (Bodies{AccountExpiryChanged{kCi, Expiry::days(30), Expiry::system()}}));
  EXPECT_EQ(ledger_.must(command), Bodies());
}

TEST_F(Update, ByTheAccountsNumberIsTheSame) {
  UpdateAccount command;
  command.account = {"", kCi};
  command.status = AccountStatus::kDisabled;
  EXPECT_EQ(ledger_.must(command), (Bodies{AccountDisabled{kCi}}));
}

}  // namespace
}  // namespace robotledger
