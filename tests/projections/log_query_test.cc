// Which events match, against a filter that looks at every event of random ledgers.
#include "projections/log_query.h"

#include <random>

#include <gtest/gtest.h>

#include "core/ledger/ledger.h"
#include "core/log/memory_log_store.h"
#include "projections/access.h"
#include "projections/history.h"
#include "projections/memory_row_store.h"
#include "projections/runner.h"

namespace robotledger {
namespace {

constexpr Instant kStart{std::int64_t{1740000000} * kUsPerSecond};

class StepClock final : public Clock {
 public:
  Instant now() override { return now_; }
  void advance(std::int64_t us) { now_.us += us; }

 private:
  Instant now_ = kStart;
};

// A ledger in memory, and commands at random that are mostly accepted.
class RandomLedger {
 public:
  RandomLedger(unsigned seed, int commands) : random_(seed) {
    EXPECT_TRUE(initializeLedger(log_, {.origin = "test/ledger"}, clock_));
    runner_ = Runner::start(log_, rows_, {});
    auto opened = Ledger::open(log_, {.clock = &clock_, .observers = {runner_.get()}});
    EXPECT_TRUE(opened);
    ledger_ = std::move(*opened);
    for (const char* name : {"alice", "bob"}) {
      submit("admin", AddOperator{name});
      submit("admin", GrantRole{name, "system_admin", std::nullopt});
    }
    for (int i = 0; i < commands; ++i) {
      // Often several events at one instant, and sometimes a long pause.
      if (pick(3) == 0) clock_.advance(std::int64_t{pick(1000)} * kUsPerSecond);
      submit(pick(3) == 0 ? "alice" : pick(2) == 0 ? "bob" : "admin", anyCommand());
    }
    ledger_->inspect([&](const State& state) { size_ = state.size(); }).has_value();
    events_.reserve(size_.value);
    EXPECT_TRUE(forEachEvent(log_, Sequence{0}, size_, [&](const Event& event) {
      events_.push_back(event);
      return Result<void>();
    }));
  }

  const std::vector<Event>& events() const { return events_; }
  std::shared_ptr<const View> view() { return *runner_->view(size_); }
  const LogStore& log() const { return log_; }
  unsigned pick(unsigned count) { return static_cast<unsigned>(random_() % count); }

 private:
  std::string project() { return std::string("p") + static_cast<char>('a' + pick(3)); }
  std::string name() { return std::string("r") + static_cast<char>('a' + pick(4)); }
  std::string account() {
    return pick(3) == 0 ? "robot$" + name() : "robot$" + project() + "+" + name();
  }
  Command anyCommand() {
    const std::vector<PermissionRequest> push{{.capability = "push-image"}};
    const std::vector<PermissionRequest> push_in{{.scope = project(), .capability = "push-image"}};
    switch (pick(13)) {
      case 0: return CreateProject{project()};
      case 1:
        return pick(12) == 0 ? Command{DeleteProject{project()}}
                             : Command{CreateProject{project()}};
      case 2: return CreateAccount{.project = project(), .name = name(), .permissions = push};
      case 3: return CreateAccount{.name = name(), .permissions = push_in};
      case 4: return DisableAccount{{account(), {}}};
      case 5: return EnableAccount{{account(), {}}};
      case 6: return GrantPermissions{{account(), {}}, push_in};
      case 7: return RevokePermissions{{account(), {}}, push_in};
      case 8:
        return pick(4) == 0 ? Command{DeleteAccount{{account(), {}}}}
                            : Command{RenewAccount{{account(), {}}}};
      case 9:
        return RollBackLedger{.lost_size = TreeSize{9},
                              .origin = "test/" + std::to_string(pick(6)),
                              .verifier_key = "key"};
      case 10: return UpdateAccount{.account = {account(), {}}, .permissions = push_in};
      case 11: {
        RecordClaim claim{.source = "harbor.example", .source_id = "robot/1"};
        if (pick(2) == 0) claim.account = AccountRef{account(), {}};
        if (pick(2) == 0) claim.project = project();
        return claim;
      }
      default: return CreateAccount{.project = project(), .name = name(), .permissions = {}};
    }
  }
  void submit(const char* actor, Command command) {
    EXPECT_TRUE(ledger_->submit({std::move(command), Context{.actor = actor}}));
  }

  std::mt19937 random_;
  StepClock clock_;
  MemoryLogStore log_;
  MemoryRowStore rows_;
  std::unique_ptr<Runner> runner_;
  std::unique_ptr<Ledger> ledger_;
  TreeSize size_;
  std::vector<Event> events_;
};

std::vector<std::uint64_t> matches(const View& view, const LogFilter& filter) {
  std::vector<std::uint64_t> found;
  auto query = LogQuery::start(view, filter);
  EXPECT_TRUE(query);
  while (true) {
    const auto next = (*query)->next();
    EXPECT_TRUE(next);
    if (!next || !*next) return found;
    found.push_back((*next)->value);
  }
}

// The projects that each event is about, told from the events alone.
std::vector<std::vector<ProjectId>> projectsOfAll(const std::vector<Event>& events) {
  std::map<AccountId, Account> accounts;
  std::vector<std::vector<ProjectId>> all;
  for (const Event& event : events) {
    std::vector<ProjectId> projects;
    const auto add = [&](const Permissions& permissions) {
      for (const Permission& one : permissions) projects.push_back(one.scope.project);
    };
    std::visit(
        [&](const auto& body) {
          if constexpr (requires { body.project; }) projects.push_back(body.project);
          if constexpr (requires { body.permissions; }) add(body.permissions);
        },
        event.body);
    if (const AccountId id = accountOf(event.body); id.value != 0) {
      if (const auto* created = std::get_if<AccountCreated>(&event.body)) {
        accounts[id] = accountFrom(*created, event.time);
      } else if (!std::holds_alternative<AccountDeleted>(event.body)) {
        EXPECT_TRUE(applyToAccount(accounts[id], event.body, event.time));
      }
      projects.push_back(accounts[id].project);
      add(accounts[id].permissions);
    }
    all.push_back(std::move(projects));
  }
  return all;
}

template <class T>
bool isIn(const std::vector<T>& list, const T& one) {
  return std::find(list.begin(), list.end(), one) != list.end();
}

std::vector<std::uint64_t> naiveMatches(const std::vector<Event>& events,
                                        const std::vector<std::vector<ProjectId>>& projects,
                                        const LogFilter& filter) {
  std::vector<std::uint64_t> found;
  for (const Event& event : events) {
    const auto& about = projects[event.sequence.value];
    if (event.sequence > filter.as_of) continue;
    if (filter.after && event.sequence <= *filter.after) continue;
    if (filter.from && event.time < *filter.from) continue;
    if (filter.to && event.time >= *filter.to) continue;
    if (filter.actor && event.actor != *filter.actor) continue;
    if (filter.kind && event.body.index() != *filter.kind) continue;
    if (filter.accounts && !isIn(*filter.accounts, accountOf(event.body))) continue;
    if (filter.projects && std::none_of(about.begin(), about.end(), [&](ProjectId one) {
          return isIn(*filter.projects, one);
        })) {
      continue;
    }
    found.push_back(event.sequence.value);
  }
  return found;
}

LogFilter anyFilter(RandomLedger& ledger) {
  const auto& events = ledger.events();
  const auto count = static_cast<unsigned>(events.size());
  const auto anyTime = [&] {
    const std::int64_t beside = std::int64_t{ledger.pick(3)} - 1;
    return Instant{events[ledger.pick(count)].time.us + beside};
  };
  LogFilter filter{.as_of = Sequence{count - 1}};
  if (ledger.pick(3) == 0) filter.as_of = Sequence{ledger.pick(count)};
  if (ledger.pick(3) == 0) filter.after = Sequence{ledger.pick(count)};
  if (ledger.pick(3) == 0) filter.from = anyTime();
  if (ledger.pick(3) == 0) filter.to = anyTime();
  if (ledger.pick(3) == 0) filter.actor = std::vector{"alice", "admin", "nobody"}[ledger.pick(3)];
  if (ledger.pick(3) == 0) filter.kind = ledger.pick(std::variant_size_v<EventBody>);
  if (ledger.pick(3) == 0) {
    filter.accounts.emplace();
    for (unsigned i = ledger.pick(4); i > 0; --i) {
      // Each once; some of them no account has had.
      const AccountId account{1 + ledger.pick(40)};
      if (!isIn(*filter.accounts, account)) filter.accounts->push_back(account);
    }
  }
  if (ledger.pick(3) == 0) {
    filter.projects.emplace();
    for (unsigned i = ledger.pick(3); i > 0; --i) {
      filter.projects->push_back(ProjectId{1 + ledger.pick(8)});
    }
  }
  return filter;
}

TEST(LogQuery, FindsWhatALookAtEveryEventFinds) {
  std::size_t found = 0;
  for (unsigned seed = 1; seed <= 8; ++seed) {
    RandomLedger ledger(seed, 2500);
    ASSERT_GT(ledger.events().size(), 500U);
    const auto projects = projectsOfAll(ledger.events());
    const auto view = ledger.view();
    for (int i = 0; i < 250; ++i) {
      const LogFilter filter = anyFilter(ledger);
      const auto expected = naiveMatches(ledger.events(), projects, filter);
      ASSERT_EQ(matches(*view, filter), expected) << "seed " << seed << ", filter " << i;
      found += expected.size();
    }
  }
  EXPECT_GT(found, 10000U);
}

TEST(LogQuery, WithoutAFilterGivesEveryEvent) {
  RandomLedger ledger(99, 50);
  const auto view = ledger.view();
  EXPECT_EQ(matches(*view, {.as_of = view->last()}).size(), ledger.events().size());
  EXPECT_EQ(matches(*view, {.after = view->last(), .as_of = view->last()}).size(), 0U);
}

TEST(LogQuery, AnEmptyListOfAccountsMatchesNone) {
  RandomLedger ledger(7, 50);
  const auto view = ledger.view();
  EXPECT_TRUE(matches(*view, {.accounts = {{}}, .as_of = view->last()}).empty());
}

TEST(FirstAtOrAfter, StandsBeforeAllEventsOfOneInstant) {
  RandomLedger ledger(3, 100);
  const auto& events = ledger.events();
  const TreeSize size{events.size()};
  for (const Event& event : events) {
    const auto found = firstAtOrAfter(ledger.log(), size, event.time);
    ASSERT_TRUE(found);
    EXPECT_EQ(events[found->value].time, event.time);
    if (found->value > 0) {
      EXPECT_LT(events[found->value - 1].time, event.time);
    }
  }
  EXPECT_EQ(firstAtOrAfter(ledger.log(), size, kEndOfTime)->value, events.size());
}

}  // namespace
}  // namespace robotledger
