#include "core/ledger/ledger.h"

#include <algorithm>
#include <future>
#include <set>
#include <thread>

#include <gmock/gmock.h>

#include "core/base/limits.h"
#include "tests/core/ledger/ledger_testing.h"

namespace robotledger {
namespace {

using testing::ElementsAre;

// Holds the writer up in its first batch until it is let go.
class Holding final : public Observer {
 public:
  void onCommitted(const CommittedEvents&) override {
    if (std::exchange(held_, true)) return;
    reached_.set_value();
    released_.get_future().wait();
  }
  void awaitFirstBatch() { reached_.get_future().wait(); }
  void release() { released_.set_value(); }

 private:
  bool held_ = false;  // the writer's thread's
  std::promise<void> reached_;
  std::promise<void> released_;
};

TEST(LedgerInit, WritesTheFirstEventByTheLedgerItself) {
  MemoryLedger made;
  ASSERT_EQ(made.size(), 1u);
  const Event first = eventAt(*made.log, 0);
  EXPECT_EQ(first.time, Instant{0});
  EXPECT_EQ(first.recorded_at, made.clock.now());
  EXPECT_EQ(first.actor, "");
  EXPECT_TRUE(std::holds_alternative<LedgerItself>(first.channel));
  const auto& body = std::get<LedgerInitialized>(first.body);
  EXPECT_EQ(body.origin, "test.example/robots");
  EXPECT_EQ(body.system_expiry_days, 30);
  EXPECT_EQ(body.admin, "admin");
}

TEST(LedgerInit, GivesEveryLedgerAnIdOfItsOwn) {
  MemoryLedger one;
  MemoryLedger other;
  EXPECT_NE(imageOf(*one.open()).ledger_id, imageOf(*other.open()).ledger_id);
}

TEST(LedgerInit, RefusesWhatIsNoOriginNoNameAndALogWithEvents) {
  TestClock clock;
  MemoryLogStore log;
  const auto code_of = [&](const NewLedger& ledger) {
    const auto made = initializeLedger(log, ledger, clock);
    return made ? "made" : errorCodeName(made.error().code);
  };
  EXPECT_STREQ(code_of({.origin = "https://a b"}), "invalid_argument");
  EXPECT_STREQ(code_of({.origin = "test.example", .admin = "no/name"}), "invalid_argument");
  EXPECT_EQ(log.head().size.value, 0u);
  EXPECT_STREQ(code_of({.origin = "test.example", .admin = "root"}), "made");
  EXPECT_STREQ(code_of({.origin = "test.example"}), "invalid_argument");
  EXPECT_EQ(log.head().size.value, 1u);
}

TEST(LedgerInit, SaysWhenTheLogTakesNothing) {
  TestClock clock;
  MemoryLogStore log;
  log.breakNextAppend(MemoryFault::kNotWritten);
  const auto made = initializeLedger(log, {.origin = "test.example"}, clock);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::kIo);
}

TEST(LedgerOpen, RefusesAnEmptyLogAndOneOfSomethingElse) {
  MemoryLogStore empty;
  const auto none = Ledger::open(empty, {});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::kInvalidArgument);

  MemoryLogStore foreign;
  ASSERT_EQ(foreign.append(TreeSize{0}, {*newBatchId(), {"no event"}}).ending,
            AppendEnding::kCommitted);
  const auto other = Ledger::open(foreign, {});
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::kDamaged);
  EXPECT_NE(other.error().message.find("record 0"), std::string::npos) << other.error().message;
}

TEST(Ledger, AnswersWithAReceiptOfWhatACommandBecame) {
  MemoryLedger made;
  const auto ledger = made.open();
  ASSERT_EQ(outcomeOf(*ledger, CreateProject{"web"}), "1 event from 1");
  const auto outcome = ledger->submit(byAdmin(newAccount("web", "ci")));
  ASSERT_TRUE(outcome);
  const auto& receipt = std::get<Receipt>(*outcome);
  EXPECT_EQ(receipt, (Receipt{Sequence{2}, 1, AccountId{1}, made.clock.now()}));
  EXPECT_EQ(ledger->head().size.value, 3u);
}

TEST(Ledger, WritesWhoWhenWhyAndByWhichWay) {
  MemoryLedger made;
  const auto ledger = made.open();
  auto submission = keyed(byAdmin(CreateProject{"web"}), "key-1", "command");
  submission.context.reason = "a new team";
  submission.context.request_id = "request-1";
  ASSERT_EQ(textOf(ledger->submit(submission)), "1 event from 1");
  const Event event = eventAt(ledger->log(), 1);
  EXPECT_EQ(event, (Event{.sequence = Sequence{1},
                          .time = made.clock.now(),
                          .recorded_at = made.clock.now(),
                          .actor = "admin",
                          .channel = CommandLine{"bob", "", "host"},
                          .reason = "a new team",
                          .request_id = "request-1",
                          .idempotency_key = "key-1",
                          .command_digest = sha256("command"),
                          .body = ProjectCreated{ProjectId{1}, "web"}}));
}

TEST(Ledger, WritesNothingForARefusal) {
  MemoryLedger made;
  Remembering observer;
  const auto ledger = made.open({&observer});
  const StateImage before = imageOf(*ledger);
  const LogHead head = ledger->head();
  EXPECT_EQ(outcomeOf(*ledger, DeleteProject{"web"}), "unknown_project");
  EXPECT_EQ(textOf(ledger->submit(by("nobody", CreateProject{"web"}))), "unknown_operator");
  EXPECT_EQ(ledger->head(), head);
  EXPECT_EQ(imageOf(*ledger), before);
  EXPECT_EQ(observer.text(), "");
}

TEST(Ledger, RefusesAContextThatNoEventCouldHold) {
  MemoryLedger made;
  const auto ledger = made.open();
  const auto submitted = [&](auto change) {
    auto submission = byAdmin(CreateProject{"web"});
    change(submission.context);
    return textOf(ledger->submit(submission));
  };
  const std::string no = "[invalid_argument]";
  EXPECT_EQ(submitted([](Context& c) { c.request_id = "new\nline"; }), no);
  EXPECT_EQ(submitted([](Context& c) { c.request_id = std::string(129, 'r'); }), no);
  EXPECT_EQ(submitted([](Context& c) { c.idempotency_key = "key"; }), no);
  EXPECT_EQ(submitted([](Context& c) { c.command_digest = sha256("command"); }), no);
  EXPECT_EQ(submitted([](Context& c) { c.channel = Http{std::string(256, 'h')}; }), no);
  EXPECT_EQ(made.size(), 1u);
  EXPECT_EQ(submitted([](Context& c) { c.request_id = std::string(128, 'r'); }), "1 event from 1");
}

TEST(LedgerJob, ItsCommandsSeeEachOther) {
  MemoryLedger made;
  Remembering observer;
  const auto ledger = made.open({&observer});
  Job job;
  job.submissions = {byAdmin(CreateProject{"web"}), byAdmin(CreateProject{"web"}),
                     byAdmin(newAccount("web", "ci")), byAdmin(DeleteProject{"web"}),
                     byAdmin(newAccount("web", "ci"))};
  EXPECT_THAT(textsOf(ledger->run(job)),
              ElementsAre("1 event from 1", "project_exists", "1 event from 2", "2 events from 3",
                          "unknown_project"));
  EXPECT_EQ(observer.text(), "1-4");
}

TEST(LedgerJob, StopsAtTheFirstRefusalWhereItIsToldTo) {
  MemoryLedger made;
  const auto ledger = made.open();
  Job job;
  job.after_refusal = AfterRefusal::kStop;
  job.submissions = {byAdmin(CreateProject{"web"}), byAdmin(CreateProject{"web"}),
                     byAdmin(CreateProject{"shop"})};
  EXPECT_THAT(textsOf(ledger->run(job)), ElementsAre("1 event from 1", "project_exists"));
  EXPECT_EQ(made.size(), 2u);
}

TEST(LedgerJob, OfNoCommandsIsAnsweredAndWritesNothing) {
  MemoryLedger made;
  const auto ledger = made.open();
  EXPECT_THAT(textsOf(ledger->run({})), ElementsAre());
  EXPECT_EQ(made.size(), 1u);
}

TEST(Ledger, AnswersManyThreadsWithDenseDistinctSequences) {
  constexpr int kThreads = 64;
  constexpr int kJobs = 20;
  MemoryLedger made;
  Remembering observer;
  const auto ledger = made.open({&observer});
  std::mutex mutex;
  std::vector<std::uint64_t> sequences;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kJobs; ++i) {
        const auto name = "p" + std::to_string(t) + "-" + std::to_string(i);
        const auto outcome = ledger->submit(byAdmin(CreateProject{name}));
        ASSERT_TRUE(outcome);
        const auto& receipt = std::get<Receipt>(*outcome);
        // What is acknowledged is in the log, and the observers were told.
        ASSERT_EQ(std::get<ProjectCreated>(eventAt(*made.log, receipt.first.value).body).name,
                  name);
        ASSERT_GT(observer.events(), receipt.first.value - 1);
        const std::lock_guard lock(mutex);
        sequences.push_back(receipt.first.value);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  std::sort(sequences.begin(), sequences.end());
  ASSERT_EQ(sequences.size(), static_cast<std::size_t>(kThreads * kJobs));
  for (std::size_t i = 0; i < sequences.size(); ++i) ASSERT_EQ(sequences[i], i + 1);
}

// The batches are told in order, each before its callers are answered.
TEST(LedgerObserver, IsToldOfEveryBatchBeforeTheCallersAreAnswered) {
  MemoryLedger made;
  Remembering first;
  Remembering second;
  const auto ledger = made.open({&first, &second});
  for (int i = 1; i <= 5; ++i) {
    const auto name = "p" + std::to_string(i);
    ASSERT_EQ(outcomeOf(*ledger, CreateProject{name}), "1 event from " + std::to_string(i));
    ASSERT_EQ(first.events(), static_cast<std::uint64_t>(i));
    ASSERT_EQ(second.events(), static_cast<std::uint64_t>(i));
  }
  EXPECT_EQ(first.text(), "1 2 3 4 5");
  EXPECT_EQ(second.text(), first.text());
}

TEST(LedgerQueue, RefusesMoreThanItHolds) {
  MemoryLedger made;
  Holding holding;
  const auto ledger = made.open({&holding});
  std::promise<std::string> first;
  std::promise<std::string> many;
  ledger->enqueue(
      {.submissions = {byAdmin(CreateProject{"web"})}},
      [&](const Result<JobResult>& result) { first.set_value(textsOf(result).back()); });
  holding.awaitFirstBatch();
  // The queue is empty now, and takes a job of any length.
  Job long_job;
  long_job.submissions.assign(kMaxQueuedCommands + 1, byAdmin(CreateProject{"shop"}));
  ledger->enqueue(std::move(long_job),
                  [&](const Result<JobResult>& result) { many.set_value(textsOf(result).back()); });
  // `done` may call the ledger again, also where it is called at once.
  std::string refused;
  std::string again;
  ledger->enqueue({.submissions = {byAdmin(CreateProject{"more"})}},
                  [&](const Result<JobResult>& result) {
                    refused = textsOf(result).back();
                    again = textOf(ledger->submit(byAdmin(CreateProject{"more"})));
                  });
  EXPECT_EQ(refused, "[overloaded]");
  EXPECT_EQ(again, "[overloaded]");
  holding.release();
  EXPECT_EQ(first.get_future().get(), "1 event from 1");
  EXPECT_EQ(many.get_future().get(), "project_exists");
  EXPECT_EQ(outcomeOf(*ledger, CreateProject{"last"}), "1 event from 3");
}

TEST(LedgerQueue, AnswersWhatWaitsAtTheEndWithClosed) {
  MemoryLedger made;
  Holding holding;
  auto ledger = made.open({&holding});
  std::promise<std::string> first;
  std::promise<std::string> second;
  ledger->enqueue(
      {.submissions = {byAdmin(CreateProject{"web"})}},
      [&](const Result<JobResult>& result) { first.set_value(textsOf(result).back()); });
  holding.awaitFirstBatch();
  ledger->enqueue(
      {.submissions = {byAdmin(CreateProject{"shop"})}},
      [&](const Result<JobResult>& result) { second.set_value(textsOf(result).back()); });
  Ledger* const held = ledger.get();
  std::thread ending([&] { ledger.reset(); });
  // A job that is not taken in tells that the end has begun; it cannot get far meanwhile.
  const auto this_thread = std::this_thread::get_id();
  for (bool closed = false; !closed; std::this_thread::yield()) {
    held->enqueue({}, [&](const Result<JobResult>&) {
      if (std::this_thread::get_id() == this_thread) closed = true;
    });
  }
  holding.release();
  ending.join();
  EXPECT_EQ(first.get_future().get(), "1 event from 1");
  EXPECT_EQ(second.get_future().get(), "[closed]");
  EXPECT_EQ(made.size(), 2u);
}

TEST(Ledger, FoldsTheSameStateWhenItIsOpenedAgain) {
  MemoryLedger made;
  StateImage before;
  {
    const auto ledger = made.open();
    for (const char* project : {"web", "shop"}) {
      outcomeOf(*ledger, CreateProject{project});
      outcomeOf(*ledger, newAccount(project, "ci"));
    }
    EXPECT_EQ(outcomeOf(*ledger, DeleteProject{"shop"}), "2 events from 5");
    before = imageOf(*ledger);
  }
  EXPECT_EQ(imageOf(*made.open()), before);
  EXPECT_EQ(before.size.value, 7u);
}

}  // namespace
}  // namespace robotledger
