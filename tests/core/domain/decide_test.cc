#include "core/domain/decide.h"

#include "tests/core/domain/small_ledger.h"

namespace robotledger {
namespace {

using Bodies = std::vector<EventBody>;

class Decide : public ::testing::Test {
 protected:
  SmallLedger ledger_;
};

TEST_F(Decide, GivesEachProjectAnIdOfItsOwn) {
  EXPECT_EQ(ledger_.must(CreateProject{"web"}), (Bodies{ProjectCreated{ProjectId{1}, "web"}}));
  EXPECT_EQ(ledger_.refusal(CreateProject{"web"}), "project_exists");
  EXPECT_EQ(ledger_.refusal(CreateProject{"Web"}), "invalid_name");
  ledger_.must(DeleteProject{"web"});
  EXPECT_EQ(ledger_.must(CreateProject{"web"}), (Bodies{ProjectCreated{ProjectId{2}, "web"}}));
}

TEST_F(Decide, DeletesAProjectWithAllThatReachesIntoItInOrder) {
  ledger_.must(CreateProject{"web"});
  ledger_.must(CreateProject{"data"});
  ledger_.must(
      systemAccount("mirror", {{"web", "push-image"}, {"web", "pull-chart"}, {"*", "push-image"}}));
  ledger_.must(projectAccount("web", "ci"));
  ledger_.must(projectAccount("data", "ci"));
  ledger_.must(systemAccount("scan", {{"web", "scan:create"}}));
  ledger_.must(systemAccount("everywhere", {{"*", "push-image"}}));
  ledger_.must(projectAccount("web", "cd"));
  for (const char* name : {"zoe", "alice"}) {
    ledger_.must(AddOperator{name});
    ledger_.must(GrantRole{name, "project_admin", "web"});
  }
  const Scope web = Scope::inProject(ProjectId{1});
  EXPECT_EQ(ledger_.must(DeleteProject{"web"}),
            (Bodies{AccountDeleted{AccountId{2}}, AccountDeleted{AccountId{6}},
                    PermissionsRevoked{AccountId{1}, {{web, kPushImage}, {web, kPullChart}}},
                    PermissionsRevoked{AccountId{4}, {{web, *parseCapability("scan:create")}}},
                    RoleRevoked{"alice", Role::kProjectAdmin, ProjectId{1}},
                    RoleRevoked{"zoe", Role::kProjectAdmin, ProjectId{1}},
                    ProjectDeleted{ProjectId{1}}}));
  EXPECT_EQ(ledger_.refusal(DeleteProject{"web"}), "unknown_project");
  EXPECT_EQ(ledger_.account("robot$scan").permissions, Permissions{});
}

TEST_F(Decide, LetsNobodyLockTheLedger) {
  EXPECT_EQ(ledger_.refusal(RemoveOperator{"admin"}), "last_system_admin");
  EXPECT_EQ(ledger_.refusal(RevokeRole{"admin", "system_admin", std::nullopt}),
            "last_system_admin");
  ledger_.must(AddOperator{"alice"});
  EXPECT_EQ(ledger_.refusal(RemoveOperator{"admin"}), "last_system_admin");
  ledger_.must(GrantRole{"alice", "system_admin", std::nullopt});
  EXPECT_EQ(ledger_.must(RemoveOperator{"admin"}), (Bodies{OperatorRemoved{"admin"}}));
  EXPECT_EQ(ledger_.refusal(CreateProject{"web"}), "unknown_operator") << "admin is gone";
}

TEST_F(Decide, StartsAnOperatorAddedAgainWithoutRoles) {
  EXPECT_EQ(ledger_.must(AddOperator{"alice"}), (Bodies{OperatorAdded{OperatorId{2}, "alice"}}));
  EXPECT_EQ(ledger_.refusal(AddOperator{"alice"}), "operator_exists");
  EXPECT_EQ(ledger_.refusal(AddOperator{"+alice"}), "invalid_name");
  ledger_.must(GrantRole{"alice", "auditor", std::nullopt});
  ledger_.must(RemoveOperator{"alice"});
  EXPECT_EQ(ledger_.must(AddOperator{"alice"}), (Bodies{OperatorAdded{OperatorId{3}, "alice"}}));
  EXPECT_TRUE(ledger_.state().findOperator("alice")->roles.empty());
}

TEST_F(Decide, GrantsAndRevokesRoles) {
  ledger_.must(CreateProject{"web"});
  ledger_.must(AddOperator{"alice"});
  const GrantRole administer{"alice", "project_admin", "web"};
  EXPECT_EQ(ledger_.must(administer),
            (Bodies{RoleGranted{"alice", Role::kProjectAdmin, ProjectId{1}}}));
  EXPECT_EQ(ledger_.refusal(administer), "no_change");
  EXPECT_EQ(ledger_.must(RevokeRole{"alice", "project_admin", "web"}),
            (Bodies{RoleRevoked{"alice", Role::kProjectAdmin, ProjectId{1}}}));
  EXPECT_EQ(ledger_.refusal(RevokeRole{"alice", "project_admin", "web"}), "no_change");
  EXPECT_EQ(ledger_.refusal(GrantRole{"bob", "auditor", "data"}), "unknown_operator");
  EXPECT_EQ(ledger_.refusal(GrantRole{"alice", "fly", "data"}), "unknown_project");
  EXPECT_EQ(ledger_.refusal(GrantRole{"alice", "fly", "web"}), "invalid_role");
  EXPECT_EQ(ledger_.refusal(GrantRole{"alice", "auditor", "web"}), "invalid_role");
  EXPECT_EQ(ledger_.refusal(GrantRole{"alice", "project_admin", std::nullopt}), "invalid_role");
}

TEST_F(Decide, EndsAnAdministratorsRightsWithTheProject) {
  ledger_.must(CreateProject{"web"});
  ledger_.must(AddOperator{"alice"});
  ledger_.must(GrantRole{"alice", "project_admin", "web"});
  ledger_.must(DeleteProject{"web"});
  ledger_.must(CreateProject{"web"});
  ledger_.as("alice");
  EXPECT_EQ(ledger_.refusal(projectAccount("web", "ci")), "forbidden");
}

TEST_F(Decide, LeavesTheSystemsAffairsToSystemAdministrators) {
  ledger_.must(CreateProject{"web"});
  ledger_.must(AddOperator{"alice"});
  ledger_.must(GrantRole{"alice", "project_admin", "web"});
  ledger_.must(GrantRole{"alice", "auditor", std::nullopt});
  ledger_.as("alice");
  const Command commands[] = {CreateProject{"Data"},
                              DeleteProject{"web"},
                              AddOperator{"bob"},
                              RemoveOperator{"nobody"},
                              SetOperatorPassword{"alice", {}},
                              GrantRole{"alice", "system_admin", std::nullopt},
                              RevokeRole{"alice", "auditor", std::nullopt},
                              SetSystemExpiry{0},
                              ChangeServiceSettings{},
                              ImportHistory{},
                              RollBackLedger{}};
  for (const Command& command : commands) {
    EXPECT_EQ(ledger_.refusal(command), "forbidden") << command.index();
  }
}

TEST_F(Decide, ChangesTheSystemSettingWithinItsRange) {
  EXPECT_EQ(ledger_.must(SetSystemExpiry{90}), (Bodies{SystemExpiryChanged{30, 90}}));
  EXPECT_EQ(ledger_.refusal(SetSystemExpiry{90}), "no_change");
  EXPECT_EQ(ledger_.refusal(SetSystemExpiry{0}), "invalid_days");
  EXPECT_EQ(ledger_.refusal(SetSystemExpiry{2147483647}), "invalid_days");
  EXPECT_EQ(ledger_.must(SetSystemExpiry{2147483646}),
            (Bodies{SystemExpiryChanged{90, 2147483646}}));
}

TEST_F(Decide, LooksAtTheReasonLastOfTheValues) {
  ledger_.because("\n");
  EXPECT_EQ(ledger_.refusal(SetSystemExpiry{0}), "invalid_days");
  EXPECT_EQ(ledger_.refusal(SetSystemExpiry{30}), "invalid_reason");
  EXPECT_EQ(ledger_.refusal(CreateProject{"web"}), "invalid_reason");
  ledger_.because(std::string(1024, 'a'));
  EXPECT_EQ(ledger_.refusal(CreateProject{"web"}), "accepted");
}

TEST_F(Decide, RecordsPasswordsAndServiceSettings) {
  const SecretHash password{SecretHash::Kind::kChosen, "hash", "salt", 0};
  EXPECT_EQ(ledger_.must(SetOperatorPassword{"admin", password}),
            (Bodies{OperatorPasswordSet{"admin", password}}));
  EXPECT_EQ(ledger_.refusal(SetOperatorPassword{"nobody", password}), "unknown_operator");
  const ServiceSettings before;
  const ServiceSettings after{600, "charts", "registry"};
  EXPECT_EQ(ledger_.must(ChangeServiceSettings{after}),
            (Bodies{ServiceSettingsChanged{before, after}}));
  EXPECT_EQ(ledger_.refusal(ChangeServiceSettings{after}), "no_change");
  for (const ServiceSettings& wrong :
       {ServiceSettings{59, "charts", ""}, ServiceSettings{3601, "charts", ""},
        ServiceSettings{300, "a/b", ""}, ServiceSettings{300, "charts", "one\ntwo"}}) {
    EXPECT_EQ(ledger_.refusal(ChangeServiceSettings{wrong}), "invalid_settings");
  }
}

TEST_F(Decide, AnnouncesAnImportAtTheTimeThatIsGiven) {
  ledger_.context().at = Instant{0};
  const Decision decision = ledger_.submit(ImportHistory{sha256("file"), 1});
  const auto* accepted = std::get_if<Accepted>(&decision);
  ASSERT_NE(accepted, nullptr);
  EXPECT_EQ(accepted->time, Instant{0});
  EXPECT_EQ(accepted->bodies, (Bodies{HistoryImported{sha256("file"), 1}}));
}

class Preview : public ::testing::Test {
 protected:
  Preview() {
    ledger_.must(CreateProject{"web"});
    ledger_.must(projectAccount("web", "old"));
    ledger_.must(projectAccount("web", "old-disabled"));
    ledger_.must(DisableAccount{named("robot$web+old-disabled")});
    CreateAccount other = projectAccount("web", "never");
    other.expiry = {Expiry::Kind::kNever, 0};
    ledger_.must(other);
    other = projectAccount("web", "days");
    other.expiry = {Expiry::Kind::kDays, 5};
    ledger_.must(other);
    ledger_.at("2025-01-21T00:00:00Z");
    ledger_.must(projectAccount("web", "young"));
  }

  std::vector<std::size_t> preview(std::int32_t days, std::string_view now) {
    const auto seen = previewSystemExpiry(ledger_.state(), days, instantOf(now));
    return {seen.following, seen.would_expire, seen.would_expire_disabled};
  }

  SmallLedger ledger_;
};

TEST_F(Preview, CountsWhoWouldExpireAtOnceTheDisabledApart) {
  const std::string_view now = "2025-01-25T00:00:00Z";
  EXPECT_EQ(preview(20, now), (std::vector<std::size_t>{3, 1, 1}));
  EXPECT_EQ(preview(25, now), (std::vector<std::size_t>{3, 0, 0}));
  EXPECT_EQ(preview(24, now), (std::vector<std::size_t>{3, 1, 1})) << "that instant included";
  EXPECT_EQ(preview(1, now), (std::vector<std::size_t>{3, 2, 1}));
}

TEST_F(Preview, LeavesOutWhatHasExpiredAlready) {
  EXPECT_EQ(preview(1, "2025-01-31T00:00:00Z"), (std::vector<std::size_t>{3, 1, 0}));
  EXPECT_EQ(preview(365, "2025-03-01T00:00:00Z"), (std::vector<std::size_t>{3, 0, 0}));
}

TEST_F(Preview, ComesTrue) {
  ledger_.at("2025-01-25T00:00:00Z");
  ledger_.must(SetSystemExpiry{20});
  std::size_t expired = 0;
  for (const auto& [id, account] : ledger_.state().accounts()) {
    if (account.terms.expiry != Expiry::system()) continue;
    const auto end = expiresAt(account.terms, ledger_.state().settings());
    if (end && *end <= instantOf("2025-01-25T00:00:00Z")) ++expired;
  }
  EXPECT_EQ(expired, 2U);
}

}  // namespace
}  // namespace robotledger
