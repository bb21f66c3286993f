// Properties that hold for any sequence of commands, over few names so that they meet.
#include <algorithm>
#include <array>
#include <random>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "tests/core/domain/small_ledger.h"

namespace robotledger {
namespace {

// Takes small choices out of one number, which rapidcheck makes and shrinks.
class Choices {
 public:
  explicit Choices(std::uint32_t left) : left_(left) {}

  std::uint32_t below(std::uint32_t limit) {
    const std::uint32_t choice = left_ % limit;
    left_ /= limit;
    return choice;
  }
  template <std::size_t N>
  std::string pick(const std::array<const char*, N>& from) {
    return from[below(N)];
  }

  std::string project() { return pick(std::array{"web", "data"}); }
  std::string person() { return pick(std::array{"admin", "alice", "bob"}); }
  AccountRef account() {
    return named(pick(std::array{"robot$web+ci", "robot$data+ci", "robot$ci"}));
  }
  std::vector<PermissionRequest> permissions() {
    std::vector<PermissionRequest> requests;
    for (std::uint32_t count = below(3); count > 0; --count) {
      const std::string scope = pick(std::array{"", "web", "data", "*", "/"});
      requests.push_back({scope.empty() ? std::nullopt : std::optional(scope),
                          pick(std::array{"pull-image", "push-image", "robot:read"})});
    }
    return requests;
  }
  ExpiryRequest expiry() {
    return {std::array{Expiry::Kind::kSystem, Expiry::Kind::kNever, Expiry::Kind::kDays}[below(3)],
            below(4)};
  }

 private:
  std::uint32_t left_;
};

Command createAccount(Choices& choices) {
  CreateAccount create;
  if (choices.below(3) > 0) create.project = choices.project();
  create.name = choices.pick(std::array{"ci", "cd"});
  create.permissions = choices.permissions();
  create.expiry = choices.expiry();
  if (choices.below(4) == 0) create.issued_at = Instant{choices.below(2) * kUsPerDay};
  return create;
}

Command updateAccount(Choices& choices) {
  UpdateAccount update;
  update.account = choices.account();
  if (choices.below(2) == 0) update.permissions = choices.permissions();
  if (choices.below(3) == 0) update.expiry = choices.expiry();
  if (choices.below(3) == 0) update.description = choices.pick(std::array{"", "a", "\n"});
  if (choices.below(2) == 0) {
    update.status = std::array{AccountStatus::kEnabled, AccountStatus::kDisabled}[choices.below(2)];
  }
  return update;
}

Command recordClaim(Choices& choices) {
  RecordClaim claim;
  if (choices.below(2) == 0) claim.account = choices.account();
  if (choices.below(2) == 0) claim.project = choices.project();
  claim.source = choices.pick(std::array{"harbor.example", "a", ""});
  claim.source_id = "robot/1";
  return claim;
}

Command grantRole(Choices& choices) {
  GrantRole grant{choices.person(),
                  choices.pick(std::array{"system_admin", "auditor", "project_admin"}),
                  std::nullopt};
  if (choices.below(2) == 0) grant.project = choices.project();
  return grant;
}

Command revokeRole(Choices& choices) {
  GrantRole grant = std::get<GrantRole>(grantRole(choices));
  return RevokeRole{std::move(grant.name), std::move(grant.role), std::move(grant.project)};
}

// Few of them are to an origin that the ledger never had.
Command rollBack(Choices& choices) {
  RollBackLedger roll_back{TreeSize{choices.below(3)}, {}, "", "key", {}};
  roll_back.origin = choices.pick(std::array{"ledger.example/1", "ledger.example/2", "no origin"});
  if (choices.below(2) == 0) roll_back.accounts = RollBackLedger::Accounts::kKeepEnabled;
  return roll_back;
}

Command commandFrom(Choices& choices) {
  switch (choices.below(28)) {
    case 0:
    case 1: return CreateProject{choices.project()};
    case 2: return DeleteProject{choices.project()};
    case 3: return AddOperator{choices.person()};
    case 4: return RemoveOperator{choices.person()};
    case 5: return grantRole(choices);
    case 6: return revokeRole(choices);
    case 7: return GrantPermissions{choices.account(), choices.permissions()};
    case 8: return RevokePermissions{choices.account(), choices.permissions()};
    case 9: return DisableAccount{choices.account()};
    case 10: return EnableAccount{choices.account()};
    case 11: return DeleteAccount{choices.account()};
    case 12: return RenewAccount{choices.account()};
    case 13: return RotateSecret{choices.account(), {}};
    case 14: return SetAccountExpiry{choices.account(), choices.expiry()};
    case 15: return DescribeAccount{choices.account(), choices.pick(std::array{"", "a", "\n"})};
    case 16: return SetSystemExpiry{choices.below(4)};
    case 17:
    case 18: return EnableAccount{choices.account()};
    case 19: return rollBack(choices);
    case 20:
    case 21: return updateAccount(choices);
    case 22: return recordClaim(choices);
    default: return createAccount(choices);
  }
}

// A ledger where most of what the commands name is there.
class BusyLedger : public SmallLedger {
 public:
  BusyLedger() {
    must(CreateProject{"web"});
    must(CreateProject{"data"});
    must(projectAccount("web", "ci"));
    must(projectAccount("data", "ci", own({"push-image"})));
    must(systemAccount("ci", {{"web", "push-image"}, {"*", "pull-image"}}));
    must(AddOperator{"alice"});
    must(GrantRole{"alice", "system_admin", std::nullopt});
  }
};

using Numbers = std::vector<std::uint32_t>;

// Up to 150 numbers, each of which becomes a command.
Numbers anyNumbers() {
  return *rc::gen::resize(
      150, rc::gen::container<Numbers>(rc::gen::inRange<std::uint32_t>(0, 0x7fffffff)));
}

std::string someSystemAdmin(const State& state) {
  const StateImage image = state.image();
  return std::ranges::find_if(image.operators,
                              [](const Operator& person) { return person.has(Role::kSystemAdmin); })
      ->name;
}

// Submits a command, a while after the one before, by somebody who mostly may.
void submitNext(SmallLedger& ledger, std::uint32_t number) {
  Choices choices(number);
  ledger.at(Instant{ledger.state().lastTime().us + choices.below(2) * kUsPerDay});
  ledger.as(choices.below(8) == 0 ? choices.person() : someSystemAdmin(ledger.state()));
  ledger.submit(commandFrom(choices));
}

std::vector<std::uint64_t> idsCreated(const std::vector<Event>& events) {
  std::vector<std::uint64_t> ids;
  for (const Event& event : events) {
    if (const auto* e = std::get_if<AccountCreated>(&event.body)) ids.push_back(e->account.value);
  }
  return ids;
}

RC_GTEST_PROP(AnyCommands, LeaveAStateThatAReplayGivesToo, ()) {
  BusyLedger ledger;
  for (const std::uint32_t number : anyNumbers()) submitNext(ledger, number);
  State replayed;
  for (const Event& event : ledger.events()) RC_ASSERT(replayed.apply(event).has_value());
  RC_ASSERT(replayed.image() == ledger.state().image());
  auto restored = State::fromImage(replayed.image());
  RC_ASSERT(restored.has_value());
  RC_ASSERT(restored->image() == replayed.image());
}

RC_GTEST_PROP(AnyCommands, ChangeNothingWhereTheyAreRefused, ()) {
  BusyLedger ledger;
  for (const std::uint32_t number : anyNumbers()) {
    const StateImage before = ledger.state().image();
    const std::size_t events = ledger.events().size();
    submitNext(ledger, number);
    RC_ASSERT((ledger.events().size() == events) == (ledger.state().image() == before));
  }
}

RC_GTEST_PROP(AnyCommands, NeverUseAnIdAgain, ()) {
  BusyLedger ledger;
  for (const std::uint32_t number : anyNumbers()) submitNext(ledger, number);
  const std::vector<std::uint64_t> ids = idsCreated(ledger.events());
  for (std::size_t i = 0; i < ids.size(); ++i) RC_ASSERT(ids[i] == i + 1);
  RC_ASSERT(ledger.state().nextAccount().value == ids.size() + 1);
}

RC_GTEST_PROP(AnyCommands, LeaveASystemAdministrator, ()) {
  BusyLedger ledger;
  for (const std::uint32_t number : anyNumbers()) {
    submitNext(ledger, number);
    RC_ASSERT(ledger.state().systemAdmins() > 0U);
  }
}

RC_GTEST_PROP(AnyCommands, LeaveNoPermissionInADeadProject, ()) {
  BusyLedger ledger;
  for (const std::uint32_t number : anyNumbers()) submitNext(ledger, number);
  for (const auto& [id, account] : ledger.state().accounts()) {
    for (const Permission& permission : heldBy(account)) {
      if (permission.scope.kind != Scope::Kind::kProject) continue;
      RC_ASSERT(ledger.state().findProject(permission.scope.project) != nullptr);
    }
  }
}

RC_GTEST_PROP(AnyCommands, LeaveNoAccountEnabledWhereTheLedgerIsRolledBack, ()) {
  BusyLedger ledger;
  for (const std::uint32_t number : anyNumbers()) submitNext(ledger, number);
  ledger.as(someSystemAdmin(ledger.state()));
  ledger.must(RollBackLedger{TreeSize{1}, {}, "ledger.example/last", "key", {}});
  for (const auto& [id, account] : ledger.state().accounts()) {
    RC_ASSERT(account.status == AccountStatus::kDisabled);
  }
}

// The generator is of use only where most kinds of events come to be.
TEST(AnyCommands, BecomeMostKindsOfEvents) {
  std::set<std::size_t> kinds;
  std::size_t events = 0;
  std::mt19937 random(1);  // NOLINT: the same every time
  for (int round = 0; round < 50; ++round) {
    BusyLedger ledger;
    for (int i = 0; i < 150; ++i) {
      submitNext(ledger, static_cast<std::uint32_t>(random() >> 1));
    }
    events += ledger.events().size();
    for (const Event& event : ledger.events()) kinds.insert(event.body.index());
  }
  EXPECT_GT(events, 50U * 40) << "a good part of the commands is accepted";
  // All but imports, passwords and the service's settings.
  EXPECT_EQ(kinds.size(), std::variant_size_v<EventBody> - 3);
}

}  // namespace
}  // namespace robotledger
