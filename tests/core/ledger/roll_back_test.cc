// A rollback as the writer writes it: all in one batch, whatever its size.
#include "core/base/limits.h"
#include "core/ledger/ledger.h"
#include "core/ledger/verifier.h"
#include "tests/core/ledger/ledger_testing.h"

namespace robotledger {
namespace {

RollBackLedger rollBackTo(std::string origin) {
  return {TreeSize{70000}, sha256("lost"), std::move(origin), "key", {}};
}

// More accounts than a batch takes of separate commands.
TEST(RollBack, DisablesThousandsOfAccountsInTheBatchOfItsEvent) {
  constexpr std::size_t kAccounts = kMaxBatchEvents + 1000;
  MemoryLedger made;
  Remembering observer;
  const auto ledger = made.open({&observer});
  Job job;
  job.submissions.push_back(byAdmin(CreateProject{"web"}));
  for (std::size_t i = 0; i < kAccounts; ++i) {
    job.submissions.push_back(byAdmin(newAccount("web", "ci-" + std::to_string(i))));
  }
  ASSERT_EQ(textsOf(ledger->run(job)).back(), "1 event from " + std::to_string(kAccounts + 1));
  const std::uint64_t before = made.size();
  EXPECT_EQ(outcomeOf(*ledger, rollBackTo("test.example/2")),
            std::to_string(kAccounts + 1) + " events from " + std::to_string(before));
  const std::string batch = std::to_string(before) + "-" + std::to_string(before + kAccounts);
  EXPECT_TRUE(observer.text().ends_with(" " + batch)) << observer.text();
  EXPECT_EQ(std::get<LedgerRolledBack>(eventAt(*made.log, before).body),
            (LedgerRolledBack{TreeSize{70000}, sha256("lost"), "test.example/robots",
                              "test.example/2", "key"}));
  for (std::size_t i = 1; i <= kAccounts; ++i) {
    ASSERT_EQ(std::get<AccountDisabled>(eventAt(*made.log, before + i).body),
              AccountDisabled{AccountId{i}});
  }
  EXPECT_TRUE(verifyLog(*made.log, {}));
}

TEST(RollBack, IsThereWholeOrNotAtAllWhereItsWriteIsCutShort) {
  for (const MemoryFault fault : {MemoryFault::kUnknownLost, MemoryFault::kUnknownKept}) {
    MemoryLedger made;
    auto ledger = made.open();
    outcomeOf(*ledger, CreateProject{"web"});
    outcomeOf(*ledger, newAccount("web", "ci"));
    made.log->breakNextAppend(fault);
    EXPECT_EQ(outcomeOf(*ledger, rollBackTo("test.example/2")), "[outcome_unknown]");
    ledger.reset();
    made.log = made.log->reopen();
    const bool kept = fault == MemoryFault::kUnknownKept;
    const StateImage image = imageOf(*made.open());
    EXPECT_EQ(image.origin, kept ? "test.example/2" : "test.example/robots");
    EXPECT_EQ(image.accounts.front().status,
              kept ? AccountStatus::kDisabled : AccountStatus::kEnabled);
    EXPECT_EQ(made.size(), kept ? 5U : 3U);
  }
}

TEST(RollBack, StaysWhenTheLedgerIsOpenedAgain) {
  MemoryLedger made;
  auto ledger = made.open();
  outcomeOf(*ledger, CreateProject{"web"});
  outcomeOf(*ledger, newAccount("web", "ci"));
  EXPECT_EQ(outcomeOf(*ledger, rollBackTo("test.example/2")), "2 events from 3");
  const StateImage before = imageOf(*ledger);
  ledger.reset();
  ledger = made.open();
  EXPECT_EQ(imageOf(*ledger), before);
  EXPECT_EQ(outcomeOf(*ledger, rollBackTo("test.example/robots")), "invalid_name");
  EXPECT_EQ(outcomeOf(*ledger, rollBackTo("test.example/3")), "1 event from 5");
}

}  // namespace
}  // namespace robotledger
