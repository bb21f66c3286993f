#include "projections/authorizer.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "tests/projections/authorizer_testing.h"

namespace robotledger {
namespace {

constexpr char kSecret[] = "rbt_one";
constexpr char kOther[] = "rbt_other";

CreateAccount account(const char* project, const char* name,
                      std::vector<PermissionRequest> permissions, const char* secret = nullptr) {
  CreateAccount create{project, name, "", std::move(permissions), {Expiry::Kind::kNever, 0}, {}};
  if (create.project->empty()) create.project.reset();
  if (secret != nullptr) create.secret = hashOf(secret);
  return create;
}

class AuthorizerTest : public testing::Test {
 protected:
  AuthorizerTest() {
    it_.must(CreateProject{"web"});
    it_.must(CreateProject{"api"});
  }
  std::string mayPush(const char* name, const char* project = "web") const {
    return it_.may(name, kPushImage, project);
  }
  Followed it_;
};

TEST_F(AuthorizerTest, GrantsWhatWasGrantedAndThePullThatIsAlwaysThere) {
  it_.must(account("web", "ci", own({"push-image"})));
  it_.must(account("web", "bare", {}));
  EXPECT_EQ(mayPush("robot$web+ci"), "allowed");
  EXPECT_EQ(it_.may("robot$web+ci", kPullImage, "web"), "allowed");
  EXPECT_EQ(it_.may("robot$web+ci", kPushChart, "web"), "not_granted");
  EXPECT_EQ(it_.may("robot$web+bare", kPullImage, "web"), "allowed");
  EXPECT_EQ(mayPush("robot$web+bare"), "not_granted");
  EXPECT_EQ(mayPush("robot$web+ci", "api"), "not_granted");
  EXPECT_EQ(it_.may("robot$web+ci", kPullImage, "api"), "not_granted");
  EXPECT_EQ(it_.mayInSystem("robot$web+ci", kPullImage), "not_granted");
}

TEST_F(AuthorizerTest, ASystemAccountHasEachOfItsScopes) {
  it_.must(account("", "mirror", {{"*", "push-chart"}, {"web", "push-image"}}));
  EXPECT_EQ(mayPush("robot$mirror"), "allowed");
  EXPECT_EQ(mayPush("robot$mirror", "api"), "not_granted");
  EXPECT_EQ(it_.may("robot$mirror", kPushChart, "api"), "allowed");
  EXPECT_EQ(it_.may("robot$mirror", kPullImage, "api"), "allowed");
  it_.must(CreateProject{"new"});
  EXPECT_EQ(it_.may("robot$mirror", kPushChart, "new"), "allowed");
  it_.must(RevokePermissions{named("robot$mirror"), {{"*", "push-chart"}}});
  EXPECT_EQ(it_.may("robot$mirror", kPushChart, "new"), "not_granted");
  EXPECT_EQ(it_.may("robot$mirror", kPullImage, "api"), "not_granted");
  EXPECT_EQ(it_.may("robot$mirror", kPullImage, "web"), "allowed");
}

TEST_F(AuthorizerTest, TheSystemsScopeIsNoProjects) {
  const auto create = *parseCapability("project:create");
  it_.must(account("", "admin-bot", {{"/", "project:create"}, {"*", "push-image"}}));
  EXPECT_EQ(it_.mayInSystem("robot$admin-bot", create), "allowed");
  EXPECT_EQ(it_.mayInSystem("robot$admin-bot", kPushImage), "not_granted");
  EXPECT_EQ(it_.mayInSystem("robot$admin-bot", kPullImage), "not_granted");
  EXPECT_EQ(it_.may("robot$admin-bot", create, "web"), "not_granted");
}

TEST_F(AuthorizerTest, ASystemAccountMayHaveFiveHundredPermissionsOverAsManyProjects) {
  std::vector<PermissionRequest> permissions;
  for (std::size_t i = 0; i < kMaxPermissions; ++i) {
    const std::string name = "p" + std::to_string(i);
    it_.must(CreateProject{name});
    permissions.push_back({name, i % 2 == 0 ? "push-image" : "push-chart"});
  }
  it_.must(account("", "mirror", permissions));
  for (std::size_t i = 0; i < kMaxPermissions; ++i) {
    const std::string name = "p" + std::to_string(i);
    EXPECT_EQ(it_.may("robot$mirror", kPushImage, name), i % 2 == 0 ? "allowed" : "not_granted");
    EXPECT_EQ(it_.may("robot$mirror", kPullImage, name), "allowed");
  }
  EXPECT_EQ(mayPush("robot$mirror"), "not_granted");
}

TEST_F(AuthorizerTest, NamesTheFirstReasonThatIsSo) {
  auto create = account("web", "ci", {});
  create.expiry = {Expiry::Kind::kDays, 1};
  it_.must(create);
  it_.must(DisableAccount{named("robot$web+ci")});
  it_.at("2025-01-02T00:00:00Z");
  EXPECT_EQ(mayPush("robot$web+no"), "no_account");
  EXPECT_EQ(mayPush("robot$web+ci", "none"), "disabled");
  it_.must(EnableAccount{named("robot$web+ci")});
  EXPECT_EQ(mayPush("robot$web+ci", "none"), "expired");
  it_.must(RenewAccount{named("robot$web+ci")});
  EXPECT_EQ(mayPush("robot$web+ci", "none"), "no_project");
  EXPECT_EQ(mayPush("robot$web+ci", "/"), "no_project");
  EXPECT_EQ(mayPush("robot$web+ci"), "not_granted");
}

TEST_F(AuthorizerTest, ACapabilityThatIsNoneIsGrantedToNobody) {
  it_.must(account("web", "ci", own({"push-image"})));
  it_.must(account("", "mirror", {{"*", "push-image"}}));
  for (const std::uint16_t index : {std::uint16_t{191}, std::uint16_t{192}, std::uint16_t{65535}}) {
    EXPECT_EQ(it_.may("robot$web+ci", Capability{index}, "web"), "not_granted");
    EXPECT_EQ(it_.may("robot$mirror", Capability{index}, "web"), "not_granted");
    EXPECT_EQ(it_.mayInSystem("robot$mirror", Capability{index}), "not_granted");
  }
}

TEST_F(AuthorizerTest, EveryCapabilityOfTheTableCanBeGranted) {
  std::vector<PermissionRequest> permissions;
  for (std::uint16_t i = 0; i < capabilityCount(); ++i) {
    const Capability capability{i};
    permissions.push_back({grantableInProject(capability) ? "*" : "/", capability.text()});
  }
  it_.must(account("", "all", permissions));
  for (std::uint16_t i = 0; i < capabilityCount(); ++i) {
    const Capability capability{i};
    if (grantableInProject(capability)) {
      EXPECT_EQ(it_.may("robot$all", capability, "web"), "allowed") << capability.text();
    } else {
      EXPECT_EQ(it_.mayInSystem("robot$all", capability), "allowed") << capability.text();
    }
  }
}

TEST_F(AuthorizerTest, ExpiryIsJudgedAtTheInstantOfTheQuestion) {
  auto create = account("web", "ci", own({"push-image"}));
  create.expiry = {Expiry::Kind::kDays, 10};
  it_.must(create);
  const auto at = [&](const char* time) {
    return it_.mayAt("robot$web+ci", kPushImage, "web", instantOf(time));
  };
  EXPECT_EQ(at("2025-01-10T23:59:59.999999Z"), "allowed");
  EXPECT_EQ(at("2025-01-11T00:00:00Z"), "expired");
  // The ledger has gone further than the clock that was asked with.
  it_.at("2025-01-11T00:00:00Z").must(CreateProject{"later"});
  EXPECT_EQ(at("2025-01-01T00:00:00Z"), "expired");
}

TEST_F(AuthorizerTest, WhatHasExpiredStaysExpiredWhateverTheSettingBecomes) {
  auto create = account("web", "ci", own({"push-image"}));
  create.expiry = {Expiry::Kind::kSystem, 0};
  it_.must(create);
  it_.at("2025-01-20T00:00:00Z").must(SetSystemExpiry{10});
  EXPECT_EQ(mayPush("robot$web+ci"), "expired");
  it_.at("2025-01-21T00:00:00Z").must(SetSystemExpiry{1000});
  EXPECT_EQ(mayPush("robot$web+ci"), "expired");
  it_.must(RenewAccount{named("robot$web+ci")});
  EXPECT_EQ(mayPush("robot$web+ci"), "allowed");
}

TEST_F(AuthorizerTest, AShorterSettingThatIsTakenBackWithinItsInstantExpiresNobody) {
  auto create = account("web", "ci", own({"push-image"}));
  create.expiry = {Expiry::Kind::kSystem, 0};
  it_.must(create);
  it_.at("2025-01-20T00:00:00Z").must(SetSystemExpiry{10});
  it_.must(SetSystemExpiry{31});
  EXPECT_EQ(mayPush("robot$web+ci"), "allowed");
  EXPECT_EQ(it_.mayAt("robot$web+ci", kPushImage, "web", instantOf("2025-02-01T00:00:00Z")),
            "expired");
}

TEST_F(AuthorizerTest, HandlesOfWhatIsGoneAreRefusedAlsoWhereOthersTookItsNameAndPlace) {
  it_.must(account("web", "ci", own({"push-image"})));
  const Principal ci = *it_.authorizer().principal("robot$web+ci");
  const ProjectHandle web = *it_.authorizer().project("web");
  it_.must(DeleteProject{"web"});
  const auto ask = [&](Principal who, ProjectHandle where) {
    return textOf(it_.authorizer().authorize(who, kPushImage, where, it_.now()));
  };
  EXPECT_EQ(ask(ci, web), "no_account");
  it_.must(CreateProject{"web"});
  it_.must(account("web", "ci", own({"push-image"})));
  EXPECT_EQ(ask(ci, web), "no_account");
  EXPECT_EQ(it_.authorizer().qualifiedName(ci), std::nullopt);
  EXPECT_EQ(it_.authorizer().changed(ci), Sequence{0});
  const Principal second = *it_.authorizer().principal("robot$web+ci");
  EXPECT_EQ(second.slot, ci.slot);
  EXPECT_EQ(ask(second, web), "no_project");
  EXPECT_EQ(ask(second, *it_.authorizer().project("web")), "allowed");
}

TEST_F(AuthorizerTest, HandlesThatNobodyGaveAreRefused) {
  it_.must(account("web", "ci", own({"push-image"})));
  const ProjectHandle web = *it_.authorizer().project("web");
  for (const std::uint32_t slot : {0u, 5u, 1023u, 1024u, 1u << 20, UINT32_MAX}) {
    const Principal nobody{AccountId{0}, slot};
    const Principal other{AccountId{7}, slot};
    for (const Principal who : {nobody, other}) {
      EXPECT_EQ(textOf(it_.authorizer().authorize(who, kPullImage, web, {})), "no_account");
      EXPECT_EQ(it_.authorizer().standing(who, {}), Denial::kNoAccount);
      EXPECT_EQ(it_.authorizer().qualifiedName(who), std::nullopt);
      EXPECT_EQ(it_.authorizer().changed(who), Sequence{0});
    }
    const Principal ci = *it_.authorizer().principal("robot$web+ci");
    for (const ProjectId id : {ProjectId{0}, ProjectId{9}}) {
      EXPECT_EQ(textOf(it_.authorizer().authorize(ci, kPullImage, {id, slot}, {})), "no_project");
    }
  }
}

TEST_F(AuthorizerTest, NamesAreTakenWholeAndNothingElseIsOne) {
  it_.must(account("web", "ci", {}));
  it_.must(account("", "web", {{"*", "push-image"}}));
  EXPECT_TRUE(it_.authorizer().principal("robot$web+ci"));
  EXPECT_TRUE(it_.authorizer().principal("robot$web"));
  const std::string lengthy(1000, 'a');
  for (const std::string& name :
       {std::string(), std::string("robot$"), std::string("robot$+ci"), std::string("robot$web+"),
        std::string("robot$web+c"), std::string("robot$web+cii"), std::string("robot$we+ci"),
        std::string("robot$ci"), std::string("web+ci"), std::string("Robot$web+ci"),
        std::string("robot$web+ci\0", 13), std::string("robot$web+ci "), "robot$" + lengthy,
        "robot$" + lengthy + "+ci"}) {
    EXPECT_FALSE(it_.authorizer().principal(name)) << name;
    EXPECT_EQ(it_.login(name, kSecret), name == "robot$ci" ? "wrong_secret" : "unknown_account");
  }
  for (const std::string& name :
       {std::string(), std::string("we"), std::string("webb"), std::string("web\0", 4), lengthy}) {
    EXPECT_FALSE(it_.authorizer().project(name)) << name;
  }
}

TEST_F(AuthorizerTest, TheLongestNamesAreFoundAndGivenBack) {
  const std::string longest(kMaxNameBytes, 'x');
  it_.must(CreateProject{longest});
  it_.must(account(longest.c_str(), longest.c_str(), {}));
  const std::string name = "robot$" + longest + "+" + longest;
  const auto who = it_.authorizer().principal(name);
  ASSERT_TRUE(who);
  EXPECT_EQ(it_.authorizer().qualifiedName(*who), name);
  EXPECT_EQ(it_.may(name, kPullImage, longest), "allowed");
}

TEST_F(AuthorizerTest, ASecretLetsInUnderTheQualifiedAndTheLoginName) {
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

TEST_F(AuthorizerTest, WhereSeveralShareALoginNameTheSecretDecides) {
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

TEST_F(AuthorizerTest, OfTwoWithOneSecretTheNameDecides) {
  it_.must(account("web", "ci", {}, kSecret));
  it_.must(account("web", "cd", {}, kSecret));
  EXPECT_EQ(it_.login("robot$web+ci", kSecret), "robot$web+ci");
  EXPECT_EQ(it_.login("robot$cd", kSecret), "robot$web+cd");
  it_.must(DeleteAccount{named("robot$web+ci")});
  EXPECT_EQ(it_.login("robot$cd", kSecret), "robot$web+cd");
}

TEST_F(AuthorizerTest, ANewSecretVoidsTheOldOne) {
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

TEST_F(AuthorizerTest, ARightSecretOfOneWhoMayNotLogInTellsWhy) {
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

TEST_F(AuthorizerTest, AChosenSecretIsGivenToWhoeverCanCheckIt) {
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

TEST_F(AuthorizerTest, TellsWhenAnAccountChanged) {
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

TEST_F(AuthorizerTest, KnowsOperatorsTheirRolesAndPasswords) {
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

TEST_F(AuthorizerTest, KnowsTheServicesSettingsAndTheOrigin) {
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

TEST_F(AuthorizerTest, DoesNotLoadWhereRowsAreMissing) {
  it_.must(account("web", "ci", {}));
  const MemoryRowStore rows;
  const auto loaded = Authorizer::load(it_.ledger().state(), *rows.snapshot());
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, ErrorCode::kViewsDamaged);
}

TEST(Denials, HaveStableNames) {
  EXPECT_EQ(denialName(Denial::kNoAccount), "no_account");
  EXPECT_EQ(denialName(Denial::kDisabled), "disabled");
  EXPECT_EQ(denialName(Denial::kExpired), "expired");
  EXPECT_EQ(denialName(Denial::kNoProject), "no_project");
  EXPECT_EQ(denialName(Denial::kNotGranted), "not_granted");
  EXPECT_EQ(loginFailureName(LoginFailure::kUnknownAccount), "unknown_account");
  EXPECT_EQ(loginFailureName(LoginFailure::kWrongSecret), "wrong_secret");
  EXPECT_EQ(loginFailureName(LoginFailure::kDisabled), "disabled");
  EXPECT_EQ(loginFailureName(LoginFailure::kExpired), "expired");
}

}  // namespace
}  // namespace robotledger
