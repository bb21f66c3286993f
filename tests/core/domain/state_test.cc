#include "core/domain/state.h"

#include <functional>

#include "tests/core/domain/small_ledger.h"

namespace robotledger {
namespace {

SecretHash passwordOf(char of) {
  return {SecretHash::Kind::kChosen, Bytes(32, of), Bytes(16, 's'), 0};
}

// A ledger with a project, an account of each level, an administrator and an auditor.
void fill(SmallLedger& ledger) {
  ledger.must(CreateProject{"web"});
  ledger.must(projectAccount("web", "ci", own({"push-image"})));
  ledger.must(systemAccount("mirror", {{"*", "pull-chart"}, {"/", "robot:read"}}));
  ledger.must(AddOperator{"alice"});
  ledger.must(GrantRole{"alice", "project_admin", "web"});
  ledger.must(AddOperator{"bob"});
  ledger.must(GrantRole{"bob", "auditor", std::nullopt});
  ledger.must(SetOperatorPassword{"bob", passwordOf('b')});
  ledger.must(SetSystemExpiry{90});
  ledger.must(DisableAccount{named("robot$mirror")});
}

State replay(const std::vector<Event>& events) {
  State state;
  for (const Event& event : events) EXPECT_TRUE(state.apply(event));
  return state;
}

TEST(State, FindsAccountsByNameAndById) {
  SmallLedger ledger;
  fill(ledger);
  const State& state = ledger.state();
  const Account& ci = ledger.account("robot$web+ci");
  EXPECT_EQ(ci.id, AccountId{1});
  EXPECT_EQ(state.findAccount(AccountRef{"", AccountId{1}}), &ci);
  EXPECT_EQ(state.findAccount(ProjectId{1}, "ci"), &ci);
  EXPECT_EQ(state.qualifiedNameOf(ci), "robot$web+ci");
  EXPECT_EQ(state.qualifiedNameOf(ledger.account("robot$mirror")), "robot$mirror");
  for (const char* name : {"robot$ci", "robot$web+mirror", "web+ci", "ci", "robot$data+ci", ""}) {
    EXPECT_EQ(state.findAccount(named(name)), nullptr) << name;
  }
  EXPECT_EQ(state.findAccount(AccountId{3}), nullptr);
}

TEST(State, KnowsProjectsOperatorsAndRoles) {
  SmallLedger ledger;
  fill(ledger);
  const State& state = ledger.state();
  ASSERT_NE(state.findProject("web"), nullptr);
  EXPECT_EQ(state.findProject("web")->id, ProjectId{1});
  EXPECT_EQ(state.findProject(ProjectId{1})->name, "web");
  EXPECT_EQ(state.findProject("data"), nullptr);
  ASSERT_NE(state.findOperator("alice"), nullptr);
  EXPECT_EQ(state.findOperator("alice")->administers, std::set<ProjectId>{ProjectId{1}});
  EXPECT_TRUE(state.findOperator("bob")->has(Role::kAuditor));
  EXPECT_TRUE(state.findOperator("admin")->has(Role::kSystemAdmin));
  EXPECT_EQ(state.findOperator("carol"), nullptr);
  EXPECT_EQ(state.systemAdmins(), 1U);
  EXPECT_EQ(state.systemDays(), 90);
  EXPECT_EQ(state.settings().size(), 2U);
  EXPECT_EQ(state.size().value, ledger.events().size());
}

TEST(State, KeepsAnOperatorsLastPasswordUntilHeIsRemoved) {
  SmallLedger ledger;
  fill(ledger);
  const auto passwordNow = [&] { return ledger.state().findOperator("bob")->password; };
  EXPECT_EQ(passwordNow(), passwordOf('b'));
  EXPECT_EQ(ledger.state().findOperator("alice")->password, std::nullopt);
  ledger.must(SetOperatorPassword{"bob", passwordOf('c')});
  EXPECT_EQ(passwordNow(), passwordOf('c'));
  ledger.must(RemoveOperator{"bob"});
  ledger.must(AddOperator{"bob"});
  EXPECT_EQ(passwordNow(), std::nullopt);
}

TEST(State, IsTheSameFromItsImage) {
  SmallLedger ledger;
  fill(ledger);
  const auto restored = State::fromImage(ledger.state().image());
  ASSERT_TRUE(restored);
  EXPECT_EQ(restored->image(), ledger.state().image());
  EXPECT_NE(restored->findAccount(named("robot$web+ci")), nullptr);
  const auto empty = State::fromImage(State().image());
  ASSERT_TRUE(empty);
  EXPECT_EQ(empty->image(), State().image());
}

TEST(State, GoesOnFromItsImageAsItWouldHave) {
  SmallLedger ledger;
  fill(ledger);
  auto restored = State::fromImage(ledger.state().image());
  ASSERT_TRUE(restored);
  const std::size_t before = ledger.events().size();
  ledger.must(DeleteProject{"web"});
  ledger.must(CreateProject{"web"});
  ledger.must(projectAccount("web", "ci"));
  for (std::size_t i = before; i < ledger.events().size(); ++i) {
    ASSERT_TRUE(restored->apply(ledger.events()[i]));
  }
  EXPECT_EQ(restored->image(), ledger.state().image());
}

TEST(State, IsTheSameFromItsEvents) {
  SmallLedger ledger;
  fill(ledger);
  EXPECT_EQ(replay(ledger.events()).image(), ledger.state().image());
}

TEST(StateImage, ThatIsImpossibleIsAnError) {
  SmallLedger ledger;
  fill(ledger);
  const std::pair<const char*, std::function<void(StateImage&)>> damages[] = {
      {"no setting", [](StateImage& i) { i.settings.clear(); }},
      {"a project twice", [](StateImage& i) { i.projects.push_back(i.projects[0]); }},
      {"a project's name twice",
       [](StateImage& i) {
         i.projects.push_back({ProjectId{9}, "web"});
       }},
      {"an operator twice", [](StateImage& i) { i.operators.push_back(i.operators[0]); }},
      {"an account twice", [](StateImage& i) { i.accounts.push_back(i.accounts[0]); }},
      {"an account's name twice",
       [](StateImage& i) {
         i.accounts.push_back(i.accounts[0]);
         i.accounts.back().id = AccountId{9};
       }},
      {"an origin twice", [](StateImage& i) { i.former_origins.insert(i.origin); }},
      {"an account's project is missing", [](StateImage& i) { i.projects.clear(); }},
  };
  for (const auto& [what, damage] : damages) {
    StateImage image = ledger.state().image();
    damage(image);
    EXPECT_FALSE(State::fromImage(std::move(image))) << what;
  }
}

Event eventAfter(const State& state, EventBody body) {
  Event event;
  event.sequence = Sequence{state.size().value};
  event.time = state.lastTime();
  event.recorded_at = event.time;
  event.body = std::move(body);
  return event;
}

TEST(State, CallsEventsDamagedThatCannotFollow) {
  SmallLedger ledger;
  fill(ledger);
  const AccountCreated taken{AccountId{3}, ProjectId{1}, "ci", "", {}, Expiry::system(), {}};
  const AccountCreated homeless{AccountId{3}, ProjectId{9}, "ci", "", {}, Expiry::system(), {}};
  const AccountCreated old_id{AccountId{2}, ProjectId{1}, "cd", "", {}, Expiry::system(), {}};
  const EventBody impossible[] = {
      LedgerInitialized{"again", {}, 30, "admin", ""},
      ProjectCreated{ProjectId{1}, "data"},
      ProjectCreated{ProjectId{3}, "data"},
      ProjectCreated{ProjectId{2}, "web"},
      ProjectDeleted{ProjectId{2}},
      taken,
      homeless,
      old_id,
      AccountDeleted{AccountId{3}},
      AccountDisabled{AccountId{3}},
      AccountDisabled{AccountId{2}},
      AccountEnabled{AccountId{1}},
      SecretIssued{AccountId{0}, {}},
      SystemExpiryChanged{30, 60},
      OperatorAdded{OperatorId{3}, "carol"},
      OperatorAdded{OperatorId{4}, "alice"},
      OperatorRemoved{"carol"},
      OperatorPasswordSet{"carol", {}},
      RoleGranted{"carol", Role::kAuditor, {}},
      RoleGranted{"bob", Role::kAuditor, {}},
      RoleGranted{"alice", Role::kProjectAdmin, ProjectId{1}},
      RoleGranted{"bob", Role::kProjectAdmin, ProjectId{2}},
      RoleRevoked{"carol", Role::kAuditor, {}},
      RoleRevoked{"alice", Role::kAuditor, {}},
      RoleRevoked{"bob", Role::kProjectAdmin, ProjectId{1}},
      ServiceSettingsChanged{ServiceSettings{1, "charts", ""}, {}},
      LedgerRolledBack{TreeSize{0}, {}, "ledger.example/1", "ledger.example/2", "key"},
      LedgerRolledBack{TreeSize{9}, {}, "ledger.example/2", "ledger.example/3", "key"},
      LedgerRolledBack{TreeSize{9}, {}, "ledger.example/1", "ledger.example/1", "key"},
  };
  for (const EventBody& body : impossible) {
    State state = replay(ledger.events());
    const auto applied = state.apply(eventAfter(state, body));
    ASSERT_FALSE(applied) << eventKindName(body.index());
    EXPECT_EQ(applied.error().code, ErrorCode::kDamaged);
    EXPECT_NE(applied.error().message.find(eventKindName(body.index())), std::string::npos);
  }
}

TEST(State, CallsAnEventOutOfTurnDamaged) {
  SmallLedger ledger;
  fill(ledger);
  for (const std::int64_t off : {-1, 1}) {
    State state = replay(ledger.events());
    Event event = eventAfter(state, AccountDisabled{AccountId{1}});
    event.sequence.value += static_cast<std::uint64_t>(off);
    EXPECT_FALSE(state.apply(event));
  }
  State state = replay(ledger.events());
  Event event = eventAfter(state, AccountDisabled{AccountId{1}});
  event.time.us -= 1;
  EXPECT_FALSE(state.apply(event));
}

TEST(State, BeginsWithTheLedgersOwnEvent) {
  State state;
  Event event;
  event.body = ProjectCreated{ProjectId{1}, "web"};
  EXPECT_FALSE(state.apply(event));
}

}  // namespace
}  // namespace robotledger
