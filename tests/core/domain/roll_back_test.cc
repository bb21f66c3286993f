// Going back to an older history on purpose: RollBackLedger and LedgerRolledBack.
#include "core/domain/decide.h"
#include "tests/core/domain/small_ledger.h"

namespace robotledger {
namespace {

using Bodies = std::vector<EventBody>;

Digest lostRoot() {
  Digest root{};
  for (std::size_t i = 0; i < root.size(); ++i) root[i] = static_cast<std::uint8_t>(0xa0 + i);
  return root;
}

RollBackLedger rollBackTo(std::string origin,
                          RollBackLedger::Accounts accounts = RollBackLedger::Accounts::kDisable) {
  std::string key = origin + "+01234567+AQ";
  return {TreeSize{70000}, lostRoot(), std::move(origin), std::move(key), accounts};
}

// A ledger with accounts of both levels, of which the third and the fifth are disabled.
class RollBack : public ::testing::Test {
 protected:
  RollBack() {
    ledger_.must(CreateProject{"web"});
    ledger_.must(systemAccount("mirror", {{"*", "push-image"}}));
    ledger_.must(projectAccount("web", "ci"));
    ledger_.must(projectAccount("web", "cd"));
    CreateAccount brief = projectAccount("web", "brief");
    brief.expiry = {Expiry::Kind::kDays, 1};
    ledger_.must(brief);
    ledger_.must(systemAccount("scan", {{"web", "scan:create"}}));
    ledger_.must(DisableAccount{named("robot$web+cd")});
    ledger_.must(DisableAccount{named("robot$scan")});
    ledger_.at("2025-02-01T00:00:00Z");
  }

  std::vector<std::uint64_t> enabled() const {
    std::vector<std::uint64_t> ids;
    for (const Account& account : ledger_.state().image().accounts) {
      if (account.status == AccountStatus::kEnabled) ids.push_back(account.id.value);
    }
    return ids;
  }

  std::string message(const RollBackLedger& command) {
    const Decision decision = ledger_.submit(command);
    const auto* refused = std::get_if<Refusal>(&decision);
    return refused == nullptr ? "accepted" : refused->message;
  }

  SmallLedger ledger_;
};

TEST_F(RollBack, DisablesEveryEnabledAccountAfterItsEventById) {
  const LedgerRolledBack back{TreeSize{70000}, lostRoot(), "ledger.example/1", "ledger.example/2",
                              "ledger.example/2+01234567+AQ"};
  EXPECT_EQ(ledger_.must(rollBackTo("ledger.example/2")),
            (Bodies{back, AccountDisabled{AccountId{1}}, AccountDisabled{AccountId{2}},
                    AccountDisabled{AccountId{4}}}))
      << "4 has expired, and a renewal would bring it back";
  EXPECT_TRUE(enabled().empty());
}

TEST_F(RollBack, KeepsTheAccountsAsTheyAreWhereItIsToldTo) {
  const LedgerRolledBack back{TreeSize{70000}, lostRoot(), "ledger.example/1", "ledger.example/2",
                              "ledger.example/2+01234567+AQ"};
  EXPECT_EQ(ledger_.must(rollBackTo("ledger.example/2", RollBackLedger::Accounts::kKeepEnabled)),
            Bodies{back});
  EXPECT_EQ(enabled(), (std::vector<std::uint64_t>{1, 2, 4}));
}

TEST_F(RollBack, IsOneEventWhereNoAccountIsEnabled) {
  ledger_.must(rollBackTo("ledger.example/2"));
  EXPECT_EQ(ledger_.must(rollBackTo("ledger.example/3")).size(), 1U);
}

TEST_F(RollBack, GivesTheLedgerItsNewOriginAndKey) {
  EXPECT_EQ(ledger_.state().origin(), "ledger.example/1");
  EXPECT_EQ(ledger_.state().verifierKey(), "") << "no event has a ledger's first key";
  const auto id = ledger_.state().ledgerId();
  ledger_.must(rollBackTo("ledger.example/2"));
  EXPECT_EQ(ledger_.state().origin(), "ledger.example/2");
  EXPECT_EQ(ledger_.state().verifierKey(), "ledger.example/2+01234567+AQ");
  ledger_.must(rollBackTo("ledger.example/3"));
  EXPECT_EQ(ledger_.state().origin(), "ledger.example/3");
  EXPECT_EQ(ledger_.state().verifierKey(), "ledger.example/3+01234567+AQ");
  EXPECT_EQ(ledger_.state().ledgerId(), id);
}

TEST_F(RollBack, TakesAnOriginThatTheLedgerNeverHad) {
  EXPECT_EQ(ledger_.refusal(rollBackTo("ledger.example/1")), "invalid_name");
  ledger_.must(rollBackTo("ledger.example/2"));
  ledger_.must(rollBackTo("ledger.example/3"));
  for (const char* had : {"ledger.example/1", "ledger.example/2", "ledger.example/3"}) {
    EXPECT_TRUE(ledger_.state().hadOrigin(had)) << had;
    EXPECT_EQ(ledger_.refusal(rollBackTo(had)), "invalid_name") << had;
  }
  EXPECT_FALSE(ledger_.state().hadOrigin("ledger.example/4"));
  EXPECT_EQ(ledger_.refusal(rollBackTo("ledger.example/4")), "accepted");
}

TEST_F(RollBack, RefusesWhatIsNoOrigin) {
  for (const std::string& origin :
       {std::string(), std::string("https://ledger.example"), std::string("two words"),
        std::string("a+b"), std::string("a\nb"), std::string(256, 'a')}) {
    EXPECT_EQ(ledger_.refusal(rollBackTo(origin)), "invalid_name") << origin;
  }
  EXPECT_EQ(ledger_.refusal(rollBackTo(std::string(255, 'a'))), "accepted");
}

TEST_F(RollBack, RefusesAKeyThatIsNoLineOfPrintableAscii) {
  RollBackLedger back = rollBackTo("ledger.example/2");
  for (const std::string& key :
       {std::string(), std::string(513, 'k'), std::string("a\n"), std::string("schlüssel")}) {
    back.verifier_key = key;
    EXPECT_EQ(ledger_.refusal(back), "invalid_name") << key;
  }
  back.verifier_key = std::string(512, 'k');
  EXPECT_EQ(ledger_.refusal(back), "accepted");
}

// No roots are known here: a lost checkpoint that is no longer than the ledger may be of a fork.
TEST_F(RollBack, TakesALostCheckpointOfAnySizeButNone) {
  RollBackLedger back = rollBackTo("ledger.example/2");
  back.lost_size = TreeSize{0};
  EXPECT_EQ(ledger_.refusal(back), "no_change");
  back.lost_size = TreeSize{1};
  EXPECT_EQ(ledger_.refusal(back), "accepted");
  back = rollBackTo("ledger.example/3");
  back.lost_size = TreeSize{~std::uint64_t{0}};
  EXPECT_EQ(ledger_.refusal(back), "accepted");
}

// What is wrong is put right step by step, and the next in the order of checks comes to light.
TEST_F(RollBack, IsJudgedInTheOrderOfAllChecks) {
  ledger_.must(AddOperator{"alice"});
  RollBackLedger back{TreeSize{0}, {}, "ledger.example/1", "", {}};
  ledger_.as("nobody").because("\n");
  ledger_.context().at = Instant{0};
  EXPECT_EQ(ledger_.refusal(back), "time_goes_back");
  ledger_.context().at.reset();
  EXPECT_EQ(ledger_.refusal(back), "unknown_operator");
  ledger_.as("alice");
  EXPECT_EQ(ledger_.refusal(back), "forbidden");
  ledger_.as("admin");
  EXPECT_NE(message(back).find("is or was this ledger's origin"), std::string::npos);
  back.origin = "ledger.example/2";
  EXPECT_NE(message(back).find("a verifier key is"), std::string::npos);
  back.verifier_key = "key";
  EXPECT_EQ(ledger_.refusal(back), "invalid_reason");
  ledger_.because("the disk was lost");
  EXPECT_EQ(ledger_.refusal(back), "no_change");
  back.lost_size = TreeSize{1};
  EXPECT_EQ(ledger_.refusal(back), "accepted");
}

TEST_F(RollBack, ChangesNothingWhereItIsRefused) {
  const StateImage before = ledger_.state().image();
  EXPECT_EQ(ledger_.refusal(rollBackTo("ledger.example/1")), "invalid_name");
  EXPECT_EQ(ledger_.state().image(), before);
}

TEST_F(RollBack, IsTheSameFromItsEventsAndFromAnImageOfAnyMoment) {
  ledger_.must(rollBackTo("ledger.example/2"));
  ledger_.must(EnableAccount{named("robot$web+ci")});
  ledger_.must(rollBackTo("ledger.example/3"));
  State replayed;
  for (const Event& event : ledger_.events()) {
    ASSERT_TRUE(replayed.apply(event));
    auto again = State::fromImage(replayed.image());
    ASSERT_TRUE(again);
    ASSERT_EQ(again->image(), replayed.image());
    replayed = std::move(*again);
  }
  EXPECT_EQ(replayed.image(), ledger_.state().image());
  EXPECT_TRUE(replayed.hadOrigin("ledger.example/1"));
  EXPECT_EQ(replayed.verifierKey(), "ledger.example/3+01234567+AQ");
}

}  // namespace
}  // namespace robotledger
