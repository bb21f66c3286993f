// The authorizer beside the naive model, on random histories: after events, at instants, for every
// account there ever was. One follows from the first event on, others are loaded on the way and
// follow from there. A failure names its seed; ROBOTLEDGER_LONG_TESTS=1 tries many more.
#include "projections/authorizer.h"

#include <cstdlib>
#include <map>

#include <gtest/gtest.h>

#include "core/domain/names.h"
#include "core/ledger/saved_state.h"
#include "tests/conformance/real_ledger.h"
#include "tests/model/naive_ledger.h"
#include "tests/model/questions.h"
#include "tests/model/random_history.h"
#include "tests/model/random_source.h"

namespace robotledger {
namespace {

std::uint64_t seeds() { return std::getenv("ROBOTLEDGER_LONG_TESTS") != nullptr ? 2000 : 60; }

std::vector<Capability> askedCapabilities() {
  std::vector<Capability> asked;
  for (const char* text : {"pull-image", "push-image", "pull-chart", "push-chart", "log:list",
                           "robot:create", "project:create", "scanner:create"}) {
    asked.push_back(*parseCapability(text));
  }
  return asked;
}

SecretHash hashOf(std::string_view secret) {
  SecretHash hash{SecretHash::Kind::kGenerated, Bytes(digestBytes(sha256(secret))), {}, 0};
  hash.fingerprint = ByteReader(hash.hash).bigEndian64();
  return hash;
}

// An authorizer, and the handles that it gave to whatever lived at some time.
struct Follower {
  std::unique_ptr<Authorizer> authorizer;
  std::map<std::uint64_t, Principal> principals;
  std::map<std::uint32_t, ProjectHandle> projects;

  Follower(const State& state, const RowSnapshot& rows) {
    auto loaded = Authorizer::load(state, rows);
    EXPECT_TRUE(loaded) << (loaded ? "" : loaded.error().message);
    authorizer = *std::move(loaded);
    takeHandles(state);
  }
  void follow(const Event& event, const State& after) {
    authorizer->onCommitted(std::make_shared<const std::vector<Event>>(1, event));
    takeHandles(after);
  }
  void takeHandles(const State& state) {
    for (const auto& [id, account] : state.accounts()) {
      if (principals.contains(id.value)) continue;
      const auto found = authorizer->principal(state.qualifiedNameOf(account));
      ASSERT_TRUE(found);
      ASSERT_EQ(found->account, id);
      principals.emplace(id.value, *found);
    }
    for (const auto& [id, project] : state.projects()) {
      if (projects.contains(id.value)) continue;
      const auto found = authorizer->project(project.name);
      ASSERT_TRUE(found);
      ASSERT_EQ(found->project, id);
      projects.emplace(id.value, *found);
    }
  }
};

// What an account of the model may, by the words of its row.
std::optional<Denial> standing(const std::optional<model::Holdings>& holdings) {
  if (!holdings) return Denial::kNoAccount;
  if (holdings->row.disabled) return Denial::kDisabled;
  if (holdings->row.expired) return Denial::kExpired;
  return std::nullopt;
}

bool holds(const model::Holdings& holdings, const std::string& scope, Capability capability) {
  return holdings.held.contains({scope, capability.text()});
}

class Beside {
 public:
  explicit Beside(std::uint64_t seed) : random_(seed) {
    const auto history = model::randomHistory(seed, 60 + seed % 200);
    model_.beginImport();
    for (const auto& line : history) model_.submit(line, 1, model::kRandomNowUs);
    real_.submitAll(history, model::kRandomNowUs);
    EXPECT_EQ(real_.events(), model_.events().size());
    instants_ = model::instantsOf(model_.events());
    std::string why;
    EXPECT_TRUE(set_.open(real_.log(), rows_, why));
  }

  void run() {
    const auto read =
        forEachEvent(real_.log(), Sequence{0}, real_.log().head().size, [&](Event&& event) {
          take(std::move(event));
          return Result<void>();
        });
    ASSERT_TRUE(read);
  }

 private:
  void take(Event event) {
    // A history brings no secrets; here they are issued, now and then chosen ones.
    if (auto* issued = std::get_if<SecretIssued>(&event.body)) {
      issued->secret = newSecret(issued->account);
    }
    ASSERT_TRUE(state_.apply(event));
    ASSERT_TRUE(set_.apply(event));
    for (const auto& follower : followers_) follower->follow(event, state_);
    const bool last = state_.size().value == real_.events();
    if (event.sequence.value == 0 || random_.chance(2) || last) {
      ASSERT_TRUE(set_.flush(real_.log(), rows_));
      followers_.push_back(std::make_unique<Follower>(state_, *rows_.snapshot()));
    }
    if (!random_.chance(15) && !last) return;
    for (const auto& follower : followers_) checkNames(*follower);
    compareAt(event.time);
    for (int i = 0; i < 2; ++i) compareAt(Instant{random_.pick(instants_)});
  }

  SecretHash newSecret(AccountId id) {
    const std::string secret = "secret " + std::to_string(state_.size().value);
    if (random_.chance(20)) {
      secrets_.erase(id);
      chosen_[id] = {SecretHash::Kind::kChosen, Bytes(32, 'h'), Bytes(secret), 0};
      return chosen_[id];
    }
    chosen_.erase(id);
    secrets_[id] = secret;
    return hashOf(secret);
  }

  // An instant before the last event is the last event's.
  void compareAt(Instant asked) {
    const std::uint64_t as_of = state_.size().value - 1;
    const std::int64_t at_us = std::max(asked.us, state_.lastTime().us);
    for (std::uint64_t id = 1; id < state_.nextAccount().value; ++id) {
      const auto holdings = model::whatCould(model_.events(), id, at_us, as_of);
      for (const auto& follower : followers_) {
        SCOPED_TRACE("as of " + std::to_string(as_of) + " at " + formatInstant(asked) + ", #" +
                     std::to_string(id));
        compareAccount(*follower, AccountId{id}, holdings, asked);
      }
    }
    compareMembers(asked, at_us, as_of);
  }

  void compareAccount(const Follower& follower, AccountId id,
                      const std::optional<model::Holdings>& holdings, Instant asked) {
    const Authorizer& it = *follower.authorizer;
    const auto handle = follower.principals.find(id.value);
    // One who was gone when this authorizer was loaded has no handle.
    const Principal who = handle == follower.principals.end() ? Principal{id, 0} : handle->second;
    const auto stands = standing(holdings);
    ASSERT_EQ(it.standing(who, asked), stands);
    ASSERT_EQ(it.qualifiedName(who).value_or(""), holdings ? holdings->row.account : "");
    compareEnd(it, who, holdings);
    for (const Capability capability : askedCapabilities()) {
      for (const auto& [project_id, project] : follower.projects) {
        const Project* lives = state_.findProject(ProjectId{project_id});
        std::optional<Denial> expected = stands;
        if (!expected && lives == nullptr) expected = Denial::kNoProject;
        if (!expected && !holds(*holdings, lives->name, capability) &&
            !holds(*holdings, "*", capability)) {
          expected = Denial::kNotGranted;
        }
        ASSERT_EQ(it.authorize(who, capability, project, asked), expected) << capability.text();
        if (lives != nullptr && holdings) {
          ASSERT_EQ(it.authorize(holdings->row.account, capability, lives->name, asked), expected);
        }
      }
      std::optional<Denial> in_system = stands;
      if (!in_system && !holds(*holdings, "/", capability)) in_system = Denial::kNotGranted;
      ASSERT_EQ(it.authorizeSystem(who, capability, asked), in_system) << capability.text();
    }
    compareLogins(it, who, stands, asked);
  }

  // As things stand, whenever that is.
  void compareEnd(const Authorizer& it, Principal who,
                  const std::optional<model::Holdings>& holdings) {
    std::optional<Instant> end;
    if (holdings && holdings->row.expires_us) end = Instant{*holdings->row.expires_us};
    ASSERT_EQ(it.expiresAt(who), end);
    ASSERT_EQ(it.systemDays(), state_.systemDays());
  }

  // By each of its names, with its secret and with others'.
  void compareLogins(const Authorizer& it, Principal who, std::optional<Denial> stands,
                     Instant asked) {
    const Account* account = state_.findAccount(who.account);
    if (account == nullptr) return;
    const std::string qualified = state_.qualifiedNameOf(*account);
    const std::string login = qualifiedName({}, account->name);
    Login expected = who;
    if (stands == Denial::kDisabled) expected = LoginFailure::kDisabled;
    if (stands == Denial::kExpired) expected = LoginFailure::kExpired;
    for (const auto& [id, secret] : secrets_) {
      const Account* owner = state_.findAccount(id);
      if (owner == nullptr || id == who.account) {
        const Login wanted = owner == nullptr ? Login(LoginFailure::kWrongSecret) : expected;
        ASSERT_EQ(it.authenticate(qualified, secret, asked), wanted);
        ASSERT_EQ(it.authenticate(login, secret, asked), wanted);
      } else if (owner->name != account->name) {
        ASSERT_EQ(it.authenticate(login, secret, asked), Login(LoginFailure::kWrongSecret));
      }
    }
    ASSERT_EQ(it.authenticate(qualified, "none", asked), Login(LoginFailure::kWrongSecret));
    const auto chosen = it.chosenSecret(qualified);
    const auto kept = chosen_.find(who.account);
    ASSERT_EQ(chosen.has_value(), kept != chosen_.end());
    if (chosen) {
      ASSERT_EQ(chosen->secret, kept->second);
    }
  }

  // The question of access itself, in one project.
  void compareMembers(Instant asked, std::int64_t at_us, std::uint64_t as_of) {
    if (state_.projects().empty()) return;
    const Project& project = state_.projects().begin()->second;
    for (const Capability capability : {kPullImage, kPushImage}) {
      std::set<std::uint64_t> could;
      const auto question = model::askAt(capability.text(), project.name, at_us);
      for (const auto& one : whoCould(model_.events(), question, as_of).accounts) {
        could.insert(one.id);
      }
      for (const auto& follower : followers_) {
        for (const auto& [id, who] : follower->principals) {
          const auto denial = follower->authorizer->authorize(
              who, capability, follower->projects.at(project.id.value), asked);
          ASSERT_EQ(!denial, could.contains(id)) << "#" << id << " as of " << as_of;
        }
      }
    }
  }

  void checkNames(const Follower& follower) {
    const Authorizer& it = *follower.authorizer;
    ASSERT_EQ(it.size(), state_.size());
    ASSERT_EQ(it.origin(), state_.origin());
    for (const auto& [name, person] : state_.operators()) {
      const auto found = it.findOperator(name);
      ASSERT_TRUE(found);
      ASSERT_EQ(found->roles, person.roles);
      ASSERT_EQ(found->administers, person.administers);
    }
    for (const char* name : {"alice", "bob", "carol"}) {
      ASSERT_EQ(it.findOperator(name).has_value(), state_.findOperator(name) != nullptr);
    }
    // Those of the dead, too.
    for (const model::Event& event : model_.events()) {
      if (!event.account.empty()) {
        const auto* account = state_.findAccount(AccountRef{event.account, {}});
        const auto found = it.principal(event.account);
        ASSERT_EQ(found.has_value(), account != nullptr) << event.account;
        if (found) {
          ASSERT_EQ(found->account, account->id);
        }
      }
      if (!event.project.empty()) {
        ASSERT_EQ(it.project(event.project).has_value(),
                  state_.findProject(event.project) != nullptr);
      }
    }
  }

  model::RandomSource random_;
  model::NaiveLedger model_;
  RealLedger real_;
  std::vector<std::int64_t> instants_;
  MemoryRowStore rows_;
  ProjectionSet set_{ProjectionMemory{0, 0, 0}};
  State state_;
  std::vector<std::unique_ptr<Follower>> followers_;
  std::map<AccountId, std::string> secrets_;  // the newest of each, of the dead too
  std::map<AccountId, SecretHash> chosen_;
};

TEST(AuthorizerAgainstModel, EveryDecisionIsTheModelsAndForTheSameReason) {
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Beside beside(seed);
    beside.run();
    if (testing::Test::HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace robotledger
