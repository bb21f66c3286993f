// The four endings of an append, as the callers, the state, the observers and a later opening see
// them.
#include <atomic>

#include <gmock/gmock.h>

#include "core/ledger/ledger.h"
#include "core/wire/event_codec.h"
#include "tests/core/ledger/ledger_testing.h"

namespace robotledger {
namespace {

using testing::ElementsAre;

// What another writer would append to the log now.
void appendBehindItsBack(MemoryLedger& made, EventBody body) {
  const Event event{.sequence = Sequence{made.size()},
                    .time = made.clock.now(),
                    .recorded_at = made.clock.now(),
                    .actor = "admin",
                    .channel = CommandLine{"eve", "", "other"},
                    .body = std::move(body)};
  ASSERT_EQ(made.log->append(TreeSize{made.size()}, {*newBatchId(), {encodeEvent(event)}}).ending,
            AppendEnding::kCommitted);
}

// A log whose next appends conflict with another writer's, as often as it is told.
class Contested final : public LogStore {
 public:
  explicit Contested(MemoryLedger& made) : made_(made) {}
  int conflicts_to_come = 0;
  int appends = 0;

  LogHead head() const override { return made_.log->head(); }
  AppendOutcome append(TreeSize expected, const LogBatch& batch) override {
    appends += 1;
    if (conflicts_to_come > 0) {
      conflicts_to_come -= 1;
      appendBehindItsBack(made_, SystemExpiryChanged{days_, days_ + 1});
      days_ += 1;
    }
    return made_.log->append(expected, batch);
  }
  Result<Bytes> read(Sequence sequence) const override { return made_.log->read(sequence); }
  Result<std::unique_ptr<LogCursor>> scan(Sequence from, TreeSize until) const override {
    return made_.log->scan(from, until);
  }
  Result<Bytes> hashTile(unsigned level, std::uint64_t index, unsigned width) const override {
    return made_.log->hashTile(level, index, width);
  }

 private:
  MemoryLedger& made_;
  std::int32_t days_ = 30;
};

TEST(LedgerNotWritten, TellsTheCallersAndLeavesEverythingAsItWas) {
  MemoryLedger made;
  Remembering observer;
  const auto ledger = made.open({&observer});
  ASSERT_EQ(outcomeOf(*ledger, CreateProject{"web"}), "1 event from 1");
  const StateImage before = imageOf(*ledger);
  made.log->breakNextAppend(MemoryFault::kNotWritten);
  Job job;
  job.submissions = {byAdmin(newAccount("web", "ci")), byAdmin(DeleteProject{"web"})};
  EXPECT_THAT(textsOf(ledger->run(job)), ElementsAre("[io]"));
  EXPECT_EQ(imageOf(*ledger), before);
  EXPECT_EQ(made.size(), 2u);
  EXPECT_EQ(observer.text(), "1");
  EXPECT_THAT(textsOf(ledger->run(job)), ElementsAre("1 event from 2", "2 events from 3"));
  EXPECT_EQ(observer.text(), "1 2-4");
}

TEST(LedgerConflict, IsDecidedAgainOnWhatTheOtherWrote) {
  MemoryLedger made;
  Remembering observer;
  const auto ledger = made.open({&observer});
  appendBehindItsBack(made, ProjectCreated{ProjectId{1}, "web"});
  Job job;
  job.submissions = {byAdmin(CreateProject{"web"}), byAdmin(newAccount("web", "ci"))};
  EXPECT_THAT(textsOf(ledger->run(job)), ElementsAre("project_exists", "1 event from 2"));
  EXPECT_EQ(made.size(), 3u);
  // The observers hear of the other's events too, in their turn.
  EXPECT_EQ(observer.text(), "1 2");
}

TEST(LedgerConflict, MayLeaveNothingToWrite) {
  MemoryLedger made;
  Remembering observer;
  const auto ledger = made.open({&observer});
  appendBehindItsBack(made, ProjectCreated{ProjectId{1}, "web"});
  EXPECT_EQ(outcomeOf(*ledger, CreateProject{"web"}), "project_exists");
  EXPECT_EQ(made.size(), 2u);
  EXPECT_EQ(observer.text(), "1");
}

TEST(LedgerConflict, SevenInARowAreBorne) {
  MemoryLedger made;
  Contested contested(made);
  Remembering observer;
  const auto ledger = Ledger::open(contested, {.clock = &made.clock, .observers = {&observer}});
  ASSERT_TRUE(ledger);
  contested.conflicts_to_come = 7;
  EXPECT_EQ(outcomeOf(**ledger, CreateProject{"web"}), "1 event from 8");
  EXPECT_EQ(observer.text(), "1 2 3 4 5 6 7 8");
}

TEST(LedgerConflict, WithoutAnEndIsGivenUpAndNothingIsWritten) {
  MemoryLedger made;
  Contested contested(made);
  const auto ledger = Ledger::open(contested, {.clock = &made.clock});
  ASSERT_TRUE(ledger);
  contested.conflicts_to_come = 1000;
  EXPECT_EQ(outcomeOf(**ledger, CreateProject{"web"}), "[io]");
  EXPECT_LT(contested.appends, 100);
  contested.conflicts_to_come = 0;
  EXPECT_TRUE(imageOf(**ledger).projects.empty());
  EXPECT_EQ(outcomeOf(**ledger, CreateProject{"web"}).substr(0, 7), "1 event");
}

class LedgerUnknown : public testing::TestWithParam<MemoryFault> {};

TEST_P(LedgerUnknown, PoisonsTheLedgerUntilItIsOpenedAnew) {
  MemoryLedger made;
  Remembering observer;
  auto ledger = made.open({&observer});
  ASSERT_EQ(outcomeOf(*ledger, CreateProject{"web"}), "1 event from 1");
  made.log->breakNextAppend(GetParam());
  EXPECT_EQ(outcomeOf(*ledger, CreateProject{"shop"}), "[outcome_unknown]");
  EXPECT_EQ(outcomeOf(*ledger, CreateProject{"shop"}), "[outcome_unknown]");
  EXPECT_EQ(outcomeOf(*ledger, DeleteProject{"web"}), "[outcome_unknown]");
  EXPECT_FALSE(ledger->inspect([](const State&) { FAIL(); }));
  EXPECT_EQ(ledger->head().size.value, 2u);
  EXPECT_EQ(observer.text(), "1");
  ledger.reset();

  // Opening finds the truth: all of it or nothing.
  made.log = made.log->reopen();
  const auto again = made.open();
  const bool kept = GetParam() == MemoryFault::kUnknownKept;
  EXPECT_EQ(made.size(), kept ? 3u : 2u);
  EXPECT_EQ(outcomeOf(*again, CreateProject{"shop"}), kept ? "project_exists" : "1 event from 2");
}

// Who serves the ledger is told, so that it can end and be started again.
TEST_P(LedgerUnknown, IsToldOnceToWhoAskedToBe) {
  MemoryLedger made;
  std::atomic<int> told = 0;
  auto ledger = Ledger::open(*made.log, {.clock = &made.clock, .poisoned = [&](const Error& why) {
                                           EXPECT_EQ(why.code, ErrorCode::kOutcomeUnknown);
                                           ++told;
                                         }});
  ASSERT_TRUE(ledger);
  EXPECT_EQ(outcomeOf(**ledger, CreateProject{"web"}), "1 event from 1");
  EXPECT_EQ(told, 0);
  made.log->breakNextAppend(GetParam());
  EXPECT_EQ(outcomeOf(**ledger, CreateProject{"shop"}), "[outcome_unknown]");
  EXPECT_EQ(outcomeOf(**ledger, CreateProject{"shop"}), "[outcome_unknown]");
  EXPECT_EQ(told, 1);
}

TEST(Ledger, TellsTheTimeOfTheLastEventThatIsAcknowledged) {
  MemoryLedger made;
  const auto ledger = made.open();
  const Instant opened = ledger->lastTime();
  EXPECT_EQ(outcomeOf(*ledger, CreateProject{"web"}), "1 event from 1");
  const Instant written = ledger->lastTime();
  EXPECT_LT(opened, written);
  made.log->breakNextAppend(MemoryFault::kNotWritten);
  EXPECT_EQ(outcomeOf(*ledger, CreateProject{"shop"}), "[io]");
  EXPECT_EQ(ledger->lastTime(), written);
  EXPECT_EQ(ledger->queuedCommands(), 0U);
}

// Who asks again under the key learns how it ended.
TEST_P(LedgerUnknown, IsToldByARetryUnderTheSameKey) {
  MemoryLedger made;
  auto ledger = made.open();
  const auto submission = keyed(byAdmin(CreateProject{"web"}), "key", "create web");
  made.log->breakNextAppend(GetParam());
  EXPECT_EQ(textOf(ledger->submit(submission)), "[outcome_unknown]");
  ledger.reset();
  made.log = made.log->reopen();
  const auto again = made.open();
  const bool kept = GetParam() == MemoryFault::kUnknownKept;
  EXPECT_EQ(textOf(again->submit(submission)), kept ? "again: 1 event from 1" : "1 event from 1");
  EXPECT_EQ(made.size(), 2u);
}

INSTANTIATE_TEST_SUITE_P(LostOrKept, LedgerUnknown,
                         testing::Values(MemoryFault::kUnknownLost, MemoryFault::kUnknownKept),
                         [](const auto& fault) {
                           return fault.param == MemoryFault::kUnknownKept ? "Kept" : "Lost";
                         });

// After a failed write the state is read again; where it cannot be, nothing can be decided on.
TEST(LedgerNotWritten, PoisonsWhereTheLogCannotBeReadAgain) {
  MemoryLedger made;
  const auto ledger = made.open();
  ASSERT_EQ(outcomeOf(*ledger, CreateProject{"web"}), "1 event from 1");
  made.log->damageRecord(Sequence{1}, "changed");
  made.log->breakNextAppend(MemoryFault::kNotWritten);
  EXPECT_EQ(outcomeOf(*ledger, CreateProject{"shop"}), "[damaged]");
  EXPECT_EQ(outcomeOf(*ledger, CreateProject{"shop"}), "[damaged]");
  EXPECT_EQ(made.size(), 2u);
}

}  // namespace
}  // namespace robotledger
