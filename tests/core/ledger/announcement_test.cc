// The event that comes before what a job becomes, as the import of a history announces itself.
#include <gmock/gmock.h>

#include "core/ledger/ledger.h"
#include "tests/core/ledger/ledger_testing.h"

namespace robotledger {
namespace {

using testing::ElementsAre;

Submission imported(std::string_view time, std::uint64_t line, Command command) {
  Submission submission = byAdmin(std::move(command));
  submission.context.channel = Import{Sequence{0}, line};
  submission.context.at = parseInstant(time);
  return submission;
}

Job importOf(std::vector<Submission> submissions, Submission announcement) {
  Job job;
  job.submissions = std::move(submissions);
  job.announcement = std::move(announcement);
  return job;
}

TEST(Announcement, ComesJustBeforeTheFirstCommandThatIsAccepted) {
  MemoryLedger made;
  const auto ledger = made.open();
  const auto result =
      ledger->run(importOf({imported("2024-05-01T00:00:00Z", 1, DeleteProject{"web"}),
                            imported("2024-05-01T00:00:00Z", 2, CreateProject{"web"}),
                            imported("2024-05-02T00:00:00Z", 3, CreateProject{"shop"})},
                           byAdmin(ImportHistory{sha256("file"), 1})));
  EXPECT_THAT(textsOf(result), ElementsAre("unknown_project", "1 event from 2", "1 event from 3"));
  EXPECT_EQ(result->announced, Sequence{1});

  const Event announced = eventAt(*made.log, 1);
  EXPECT_EQ(std::get<HistoryImported>(announced.body).file, sha256("file"));
  // Before the history that follows it, whatever the clock says.
  EXPECT_EQ(announced.time, Instant{0});
  EXPECT_EQ(announced.recorded_at, made.clock.now());
  EXPECT_EQ(eventAt(*made.log, 2).channel, Channel(Import{Sequence{1}, 2}));
  EXPECT_EQ(eventAt(*made.log, 3).channel, Channel(Import{Sequence{1}, 3}));
  EXPECT_EQ(eventAt(*made.log, 3).time, parseInstant("2024-05-02T00:00:00Z"));
}

TEST(Announcement, IsNotWrittenWhereNothingFollows) {
  MemoryLedger made;
  const auto ledger = made.open();
  const auto result =
      ledger->run(importOf({imported("2024-05-01T00:00:00Z", 1, DeleteProject{"web"}),
                            imported("2024-05-01T00:00:00Z", 2, DeleteProject{"shop"})},
                           byAdmin(ImportHistory{})));
  EXPECT_THAT(textsOf(result), ElementsAre("unknown_project", "unknown_project"));
  EXPECT_EQ(result->announced, std::nullopt);
  EXPECT_EQ(made.size(), 1u);
}

TEST(Announcement, ThatIsRefusedRefusesEveryCommand) {
  MemoryLedger made;
  const auto ledger = made.open();
  ASSERT_EQ(outcomeOf(*ledger, AddOperator{"auditor"}), "1 event from 1");
  const auto result =
      ledger->run(importOf({byAdmin(CreateProject{"web"}), byAdmin(CreateProject{"shop"})},
                           by("auditor", ImportHistory{})));
  EXPECT_THAT(textsOf(result), ElementsAre("forbidden", "forbidden"));
  EXPECT_EQ(result->announced, std::nullopt);
  EXPECT_EQ(made.size(), 2u);
}

TEST(Announcement, IsTakenBackWithABatchThatIsNotWritten) {
  MemoryLedger made;
  const auto ledger = made.open();
  made.log->breakNextAppend(MemoryFault::kNotWritten);
  const auto job = importOf({imported("2024-05-01T00:00:00Z", 1, CreateProject{"web"})},
                            byAdmin(ImportHistory{}));
  EXPECT_THAT(textsOf(ledger->run(job)), ElementsAre("[io]"));
  EXPECT_EQ(made.size(), 1u);
  EXPECT_THAT(textsOf(ledger->run(job)), ElementsAre("1 event from 2"));
}

TEST(Announcement, MayComeUnderAKey) {
  MemoryLedger made;
  const auto ledger = made.open();
  const auto result =
      ledger->run(importOf({imported("2024-05-01T00:00:00Z", 1, CreateProject{"web"})},
                           keyed(byAdmin(ImportHistory{}), "key", "import")));
  EXPECT_THAT(textsOf(result), ElementsAre("1 event from 2"));
  EXPECT_EQ(eventAt(*made.log, 1).idempotency_key, "key");
}

}  // namespace
}  // namespace robotledger
