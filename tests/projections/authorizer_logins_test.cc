// Who is let in: secrets, names, and the operators that the authorizer knows.
#include <gtest/gtest.h>

#include "tests/projections/authorizer_testing.h"

namespace robotledger {
namespace {

constexpr char kSecret[] = "rbt_one";
constexpr char kOther[] = "rbt_other";

class AuthorizerLogins : public testing::Test {
 protected:
  AuthorizerLogins() {
    it_.must(CreateProject{"web"});
    it_.must(CreateProject{"api"});
  }
  Followed it_;
};

TEST_F(AuthorizerLogins, ASecretLetsInUnderTheQualifiedAndTheLoginName) {
  it_.must(account("web", "ci", {}, kSecret));
  EXPECT_EQ(it_.login("robot$web+ci", kSecret), "robot$web+ci");
  EXPECT_EQ(it_.login("robot$ci", kSecret), "robot$web+ci");
  EXPECT_EQ(it_.login("robot$ci", kOther), "wrong_secret");
  EXPECT_EQ(it_.login("robot$web+ci", ""), "wrong_secret");
  EXPECT_EQ(it_.login("robot$web+cd", kSecret), "unknown_account");
  EXPECT_EQ(it_.login("robot$cd", kSecret), "unknown_account");
  EXPECT_EQ(it_.login("robot$api+ci", kSecret), "unknown_account");
  EXPECT_EQ(it_.login("ci", kSecret), "unknown_account");
}

TEST_F(AuthorizerLogins, WhereSeveralShareALoginNameTheSecretDecides) {
  it_.must(account("web", "ci", {}, "of web"));
  it_.must(account("api", "ci", {}, "of api"));
  it_.must(account("", "ci", {{"*", "push-image"}}, "of system"));
  EXPECT_EQ(it_.login("robot$ci", "of web"), "robot$web+ci");
  EXPECT_EQ(it_.login("robot$ci", "of api"), "robot$api+ci");
  EXPECT_EQ(it_.login("robot$ci", "of system"), "robot$ci");
  EXPECT_EQ(it_.login("robot$web+ci", "of api"), "wrong_secret");
  EXPECT_EQ(it_.login("robot$ci", "of nobody"), "wrong_secret");
  it_.must(DeleteAccount{named("robot$ci")});
  EXPECT_EQ(it_.login("robot$ci", "of system"), "wrong_secret");
  EXPECT_EQ(it_.login("robot$ci", "of web"), "robot$web+ci");
  it_.must(DeleteAccount{named("robot$web+ci")});
  it_.must(DeleteProject{"api"});
  EXPECT_EQ(it_.login("robot$ci", "of api"), "unknown_account");
}

TEST_F(AuthorizerLogins, OfTwoWithOneSecretTheNameDecides) {
  it_.must(account("web", "ci", {}, kSecret));
  it_.must(account("web", "cd", {}, kSecret));
  EXPECT_EQ(it_.login("robot$web+ci", kSecret), "robot$web+ci");
  EXPECT_EQ(it_.login("robot$cd", kSecret), "robot$web+cd");
  it_.must(DeleteAccount{named("robot$web+ci")});
  EXPECT_EQ(it_.login("robot$cd", kSecret), "robot$web+cd");
}

TEST_F(AuthorizerLogins, ANewSecretVoidsTheOldOne) {
  it_.must(account("web", "ci", {}, kSecret));
  it_.must(RotateSecret{named("robot$web+ci"), hashOf(kOther)});
  EXPECT_EQ(it_.login("robot$ci", kSecret), "wrong_secret");
  EXPECT_EQ(it_.login("robot$ci", kOther), "robot$web+ci");
  // The same secret again.
  it_.must(RotateSecret{named("robot$web+ci"), hashOf(kOther)});
  EXPECT_EQ(it_.login("robot$ci", kOther), "robot$web+ci");
  // An import says that it changed, and not to what.
  it_.must(RotateSecret{named("robot$web+ci"), SecretHash{}});
  EXPECT_EQ(it_.login("robot$ci", kOther), "wrong_secret");
}

TEST_F(AuthorizerLogins, ARightSecretOfOneWhoMayNotLogInTellsWhy) {
  auto create = account("web", "ci", {}, kSecret);
  create.expiry = {Expiry::Kind::kDays, 1};
  it_.must(create);
  it_.must(DisableAccount{named("robot$web+ci")});
  EXPECT_EQ(it_.login("robot$ci", kSecret), "disabled");
  EXPECT_EQ(it_.login("robot$ci", kOther), "wrong_secret");
  it_.must(EnableAccount{named("robot$web+ci")});
  it_.at("2025-01-02T00:00:00Z");
  EXPECT_EQ(it_.login("robot$ci", kSecret), "expired");
}

TEST_F(AuthorizerLogins, AChosenSecretIsGivenToWhoeverCanCheckIt) {
  const SecretHash chosen{SecretHash::Kind::kChosen, Bytes(32, 'h'), Bytes(16, 's'), 0};
  it_.must(account("web", "ci", {}, kSecret));
  EXPECT_EQ(it_.authorizer().chosenSecret("robot$web+ci"), std::nullopt);
  it_.must(RotateSecret{named("robot$web+ci"), chosen});
  const auto given = it_.authorizer().chosenSecret("robot$web+ci");
  ASSERT_TRUE(given);
  EXPECT_EQ(given->secret, chosen);
  EXPECT_EQ(given->principal, it_.authorizer().principal("robot$web+ci"));
  EXPECT_EQ(it_.login("robot$web+ci", kSecret), "wrong_secret");
  EXPECT_EQ(it_.authorizer().chosenSecret("robot$ci"), std::nullopt);
  it_.must(DeleteAccount{named("robot$web+ci")});
  EXPECT_EQ(it_.authorizer().chosenSecret("robot$web+ci"), std::nullopt);
  it_.must(account("web", "ci", {}, kSecret));
  EXPECT_EQ(it_.authorizer().chosenSecret("robot$web+ci"), std::nullopt);
}

TEST_F(AuthorizerLogins, TellsWhenAnAccountChanged) {
  it_.must(account("web", "ci", {}, kSecret));
  const Principal ci = *it_.authorizer().principal("robot$web+ci");
  const auto last = [&] { return Sequence{it_.authorizer().size().value - 1}; };
  EXPECT_EQ(it_.authorizer().changed(ci), last());
  const std::vector<Command> commands = {
      DisableAccount{named("robot$web+ci")},
      EnableAccount{named("robot$web+ci")},
      RotateSecret{named("robot$web+ci"), hashOf(kOther)},
      DescribeAccount{named("robot$web+ci"), "builds"},
      DescribeAccount{named("robot$web+ci"), "deploys"},
      GrantPermissions{named("robot$web+ci"), own({"push-image"})},
      RevokePermissions{named("robot$web+ci"), own({"push-image"})},
      SetAccountExpiry{named("robot$web+ci"), {Expiry::Kind::kDays, 5}},
      RenewAccount{named("robot$web+ci")},
  };
  for (const Command& command : commands) {
    it_.must(command);
    EXPECT_EQ(it_.authorizer().changed(ci), last());
  }
  it_.must(CreateProject{"other"});
  EXPECT_EQ(it_.authorizer().changed(ci), Sequence{last().value - 1});
}

TEST_F(AuthorizerLogins, KnowsOperatorsTheirRolesAndPasswords) {
  const SecretHash password{SecretHash::Kind::kChosen, Bytes(32, 'p'), Bytes(16, 's'), 0};
  EXPECT_EQ(it_.authorizer().findOperator("alice"), std::nullopt);
  EXPECT_EQ(it_.authorizer().findOperator("admin")->roles, std::set<Role>{Role::kSystemAdmin});
  EXPECT_EQ(it_.authorizer().findOperator("admin")->changed, Sequence{0});
  const auto last = [&] { return Sequence{it_.authorizer().size().value - 1}; };
  it_.must(AddOperator{"alice"});
  it_.must(GrantRole{"alice", "auditor", {}});
  it_.must(GrantRole{"alice", "project_admin", "web"});
  it_.must(SetOperatorPassword{"alice", password});
  auto alice = it_.authorizer().findOperator("alice");
  ASSERT_TRUE(alice);
  EXPECT_EQ(alice->name, "alice");
  EXPECT_EQ(alice->roles, std::set<Role>{Role::kAuditor});
  EXPECT_EQ(alice->administers.size(), 1u);
  EXPECT_EQ(alice->password, password);
  EXPECT_EQ(alice->changed, last());
  it_.must(RevokeRole{"alice", "auditor", {}});
  it_.must(DeleteProject{"web"});
  alice = it_.authorizer().findOperator("alice");
  EXPECT_TRUE(alice->roles.empty());
  EXPECT_TRUE(alice->administers.empty());
  it_.must(RemoveOperator{"alice"});
  EXPECT_EQ(it_.authorizer().findOperator("alice"), std::nullopt);
  it_.must(AddOperator{"alice"});
  EXPECT_EQ(it_.authorizer().findOperator("alice")->password, std::nullopt);
}

TEST_F(AuthorizerLogins, KnowsTheServicesSettingsAndTheOrigin) {
  EXPECT_EQ(it_.authorizer().service(), ServiceSettings{});
  EXPECT_EQ(it_.authorizer().origin(), "ledger.example/1");
  const ServiceSettings settings{600, "helm", "registry"};
  it_.must(ChangeServiceSettings{settings});
  EXPECT_EQ(it_.authorizer().service(), settings);
  RollBackLedger back{TreeSize{99}, {}, "ledger.example/2", "key", {}};
  back.accounts = RollBackLedger::Accounts::kKeepEnabled;
  it_.must(back);
  EXPECT_EQ(it_.authorizer().origin(), "ledger.example/2");
}

}  // namespace
}  // namespace robotledger
