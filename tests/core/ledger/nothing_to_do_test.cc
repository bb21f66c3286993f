// A command that finds all as it wants it to be: accepted, with no events, and nothing is written.
#include <future>
#include <thread>

#include <gmock/gmock.h>

#include "core/ledger/ledger.h"
#include "tests/core/ledger/ledger_testing.h"

namespace robotledger {
namespace {

using testing::Each;
using testing::ElementsAre;

Command update(std::optional<AccountStatus> status) {
  UpdateAccount command;
  command.account.name = "robot$web+ci";
  command.status = status;
  return command;
}

Command enabled() { return update(AccountStatus::kEnabled); }
Command disabled() { return update(AccountStatus::kDisabled); }

// A ledger of three events, with an account that is enabled.
class NothingToDo : public ::testing::Test {
 protected:
  NothingToDo() { open(); }

  void open() {
    ledger_.reset();
    ledger_ = made_.open({&observer_});
    if (made_.size() > 1) return;
    EXPECT_EQ(outcomeOf(*ledger_, CreateProject{"web"}), "1 event from 1");
    EXPECT_EQ(outcomeOf(*ledger_, newAccount("web", "ci")), "1 event from 2");
  }

  std::vector<std::string> run(std::vector<Command> commands) {
    Job job;
    for (Command& command : commands) job.submissions.push_back(byAdmin(std::move(command)));
    return textsOf(ledger_->run(std::move(job)));
  }

  MemoryLedger made_;
  Remembering observer_;
  std::unique_ptr<Ledger> ledger_;
};

TEST_F(NothingToDo, IsAcceptedAndWritesNothing) {
  const StateImage before = imageOf(*ledger_);
  const LogHead head = ledger_->head();
  made_.clock.advance(kUsPerSecond);
  const auto outcome = ledger_->submit(byAdmin(enabled()));
  ASSERT_TRUE(outcome);
  EXPECT_EQ(std::get<Receipt>(*outcome),
            (Receipt{Sequence{3}, 0, AccountId{0}, made_.clock.now(), ReceiptKind::kFresh}));
  EXPECT_EQ(ledger_->head(), head) << "no batch, not even an empty one";
  EXPECT_EQ(imageOf(*ledger_), before);
  EXPECT_EQ(ledger_->lastTime().us, made_.clock.now().us - kUsPerSecond);
  EXPECT_EQ(observer_.text(), "1 2");
  EXPECT_EQ(outcomeOf(*ledger_, CreateProject{"shop"}), "1 event from 3");
}

TEST_F(NothingToDo, AsksNothingOfALogThatWouldNotTakeIt) {
  made_.log->breakNextAppend(MemoryFault::kNotWritten);
  EXPECT_EQ(outcomeOf(*ledger_, enabled()), "0 events from 3");
  EXPECT_EQ(outcomeOf(*ledger_, CreateProject{"shop"}), "[io]") << "the fault still waited";
}

TEST_F(NothingToDo, IsAnsweredAmongOthersOfItsJob) {
  EXPECT_THAT(run({enabled(), CreateProject{"shop"}, enabled(), CreateProject{"shop"}, disabled(),
                   disabled()}),
              ElementsAre("0 events from 3", "1 event from 3", "0 events from 4", "project_exists",
                          "1 event from 4", "0 events from 5"));
  EXPECT_EQ(observer_.text(), "1 2 3-4");
}

TEST_F(NothingToDo, IsNoRefusalThatStopsAJob) {
  Job job;
  job.after_refusal = AfterRefusal::kStop;
  job.submissions = {byAdmin(enabled()), byAdmin(CreateProject{"shop"})};
  EXPECT_THAT(textsOf(ledger_->run(job)), ElementsAre("0 events from 3", "1 event from 3"));
}

// Holds the writer up until all of them wait, so that they are one batch.
TEST_F(NothingToDo, IsAnsweredInABatchWithOthersThatWait) {
  std::promise<void> reached;
  std::promise<void> released;
  std::thread holding([&] {
    const auto looked = ledger_->inspect([&](const State&) {
      reached.set_value();
      released.get_future().wait();
    });
    EXPECT_TRUE(looked);
  });
  reached.get_future().wait();
  std::vector<std::promise<std::string>> answers(4);
  const std::vector<Command> commands{enabled(), CreateProject{"shop"}, DeleteProject{"nowhere"},
                                      enabled()};
  for (std::size_t i = 0; i < commands.size(); ++i) {
    ledger_->enqueue({.submissions = {byAdmin(commands[i])}},
                     [&answers, i](const Result<JobResult>& result) {
                       answers[i].set_value(textsOf(result).front());
                     });
  }
  released.set_value();
  holding.join();
  EXPECT_EQ(answers[0].get_future().get(), "0 events from 3");
  EXPECT_EQ(answers[1].get_future().get(), "1 event from 3");
  EXPECT_EQ(answers[2].get_future().get(), "unknown_project");
  EXPECT_EQ(answers[3].get_future().get(), "0 events from 4");
  EXPECT_EQ(observer_.text(), "1 2 3");
}

TEST_F(NothingToDo, IsAnsweredToManyWhoWait) {
  std::vector<std::future<std::string>> waiting;
  for (int t = 0; t < 16; ++t) {
    waiting.push_back(std::async(std::launch::async, [&] {
      std::string last;
      for (int i = 0; i < 50; ++i) last = outcomeOf(*ledger_, enabled());
      return last;
    }));
  }
  std::vector<std::string> answers;
  for (auto& one : waiting) answers.push_back(one.get());
  EXPECT_THAT(answers, Each("0 events from 3"));
  EXPECT_EQ(made_.size(), 3U);
}

// It was as it is to be only by what was not written.
TEST_F(NothingToDo, FailsWithTheBatchThatItRestsOn) {
  made_.log->breakNextAppend(MemoryFault::kNotWritten);
  EXPECT_THAT(run({disabled(), disabled()}), ElementsAre("[io]"));
  EXPECT_THAT(run({disabled(), disabled()}), ElementsAre("1 event from 3", "0 events from 4"));
}

TEST_F(NothingToDo, LeavesItsKeyFree) {
  const auto nothing = keyed(byAdmin(enabled()), "key", "enabled");
  EXPECT_EQ(textOf(ledger_->submit(nothing)), "0 events from 3");
  EXPECT_EQ(textOf(ledger_->submit(nothing)), "0 events from 3") << "decided again, not repeated";
  ASSERT_EQ(outcomeOf(*ledger_, disabled()), "1 event from 3");
  EXPECT_EQ(textOf(ledger_->submit(nothing)), "1 event from 4") << "and now it has events";
  EXPECT_EQ(textOf(ledger_->submit(nothing)), "again: 1 event from 4");
  EXPECT_EQ(textOf(ledger_->submit(keyed(byAdmin(disabled()), "key", "disabled"))),
            "idempotency_key_reused");
  open();
  EXPECT_EQ(textOf(ledger_->submit(nothing)), "again: 1 event from 4");
}

TEST_F(NothingToDo, IsNotAnnounced) {
  Job job;
  job.announcement = byAdmin(ImportHistory{sha256("file"), 1});
  job.submissions = {byAdmin(enabled()), byAdmin(enabled())};
  auto result = ledger_->run(job);
  EXPECT_THAT(textsOf(result), ElementsAre("0 events from 3", "0 events from 3"));
  EXPECT_EQ(result->announced, std::nullopt);
  EXPECT_EQ(made_.size(), 3U);

  job.submissions = {byAdmin(enabled()), byAdmin(disabled()), byAdmin(disabled())};
  for (Submission& one : job.submissions) one.context.channel = Import{Sequence{0}, 7};
  result = ledger_->run(job);
  EXPECT_THAT(textsOf(result), ElementsAre("0 events from 3", "1 event from 4", "0 events from 5"));
  EXPECT_EQ(result->announced, Sequence{3});
  EXPECT_EQ(eventAt(*made_.log, 4).channel, Channel(Import{Sequence{3}, 7}));
}

TEST_F(NothingToDo, IsRefusedWhereItIsNotRightAllTheSame) {
  EXPECT_EQ(textOf(ledger_->submit(by("nobody", enabled()))), "unknown_operator");
  EXPECT_EQ(outcomeOf(*ledger_, DeleteAccount{{"robot$web+ci", {}}}), "1 event from 3");
  EXPECT_EQ(outcomeOf(*ledger_, enabled()), "unknown_account");
}

}  // namespace
}  // namespace robotledger
