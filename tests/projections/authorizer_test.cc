#include "projections/authorizer.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "tests/projections/authorizer_testing.h"

namespace robotledger {
namespace {

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

// As they come to be known: at a creation, and as the setting moves.
TEST_F(AuthorizerTest, TellsWhenAnAccountEndsAsThingsStand) {
  const auto end_of = [&](const char* name) {
    return it_.authorizer().expiresAt(*it_.authorizer().principal(name));
  };
  auto create = account("web", "days", {});
  create.expiry = {Expiry::Kind::kDays, 10};
  it_.must(create);
  EXPECT_EQ(end_of("robot$web+days"), instantOf("2025-01-11T00:00:00Z"));
  create = account("web", "follows", {});
  create.expiry = {Expiry::Kind::kSystem, 0};
  it_.must(create);
  EXPECT_EQ(end_of("robot$web+follows"), instantOf("2025-01-31T00:00:00Z"));
  it_.must(account("web", "never", {}));
  EXPECT_EQ(end_of("robot$web+never"), std::nullopt);
  create.name = "older";
  create.issued_at = instantOf("2024-12-25T00:00:00Z");
  it_.must(create);
  EXPECT_EQ(end_of("robot$web+older"), instantOf("2025-01-24T00:00:00Z"));

  it_.at("2025-01-12T00:00:00Z").must(SetSystemExpiry{60});
  EXPECT_EQ(end_of("robot$web+days"), instantOf("2025-01-11T00:00:00Z")) << "it has ended";
  EXPECT_EQ(end_of("robot$web+follows"), instantOf("2025-03-02T00:00:00Z"));
  it_.must(DisableAccount{named("robot$web+follows")});
  EXPECT_EQ(end_of("robot$web+follows"), instantOf("2025-03-02T00:00:00Z"));
  it_.must(SetSystemExpiry{5});
  EXPECT_EQ(end_of("robot$web+follows"), instantOf("2025-01-12T00:00:00Z")) << "at once";
}

TEST_F(AuthorizerTest, TellsTheSystemsSetting) {
  EXPECT_EQ(it_.authorizer().systemDays(), 30);
  it_.must(SetSystemExpiry{7});
  EXPECT_EQ(it_.authorizer().systemDays(), 7);
  it_.must(SetSystemExpiry{2147483646});
  EXPECT_EQ(it_.authorizer().systemDays(), 2147483646);
}

TEST_F(AuthorizerTest, AClaimAboutAnAccountChangesNothingOfIt) {
  it_.must(account("web", "ci", own({"push-image"})));
  const Principal ci = *it_.authorizer().principal("robot$web+ci");
  const Sequence changed = it_.authorizer().changed(ci);
  RecordClaim claim{.account = named("robot$web+ci"), .source = "harbor.example"};
  claim.source_id = "robot/1";
  it_.must(claim);
  claim.account = std::nullopt;
  it_.must(claim);
  EXPECT_EQ(it_.authorizer().changed(ci), changed);
  EXPECT_EQ(mayPush("robot$web+ci"), "allowed");
  EXPECT_EQ(it_.authorizer().size(), TreeSize{6});
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
  EXPECT_EQ(it_.authorizer().expiresAt(ci), std::nullopt);
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
      EXPECT_EQ(it_.authorizer().expiresAt(who), std::nullopt);
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
    EXPECT_EQ(it_.login(name, "a secret"), name == "robot$ci" ? "wrong_secret" : "unknown_account");
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
