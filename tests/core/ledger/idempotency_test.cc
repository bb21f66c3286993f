#include "core/ledger/idempotency.h"

#include "core/base/limits.h"
#include "core/ledger/ledger.h"
#include "tests/core/ledger/ledger_testing.h"

namespace robotledger {
namespace {

constexpr std::int64_t kUsPerHour = std::int64_t{3600} * kUsPerSecond;

Event eventUnder(std::uint64_t sequence, std::string actor, std::string key,
                 std::string_view command, Instant recorded_at = Instant{0}) {
  return Event{.sequence = Sequence{sequence},
               .time = recorded_at,
               .recorded_at = recorded_at,
               .actor = std::move(actor),
               .idempotency_key = std::move(key),
               .command_digest = sha256(command),
               .body = AccountDisabled{AccountId{sequence}}};
}

std::string found(const IdempotencyTable& table, const std::string& actor, const std::string& key,
                  std::string_view command) {
  const auto outcome = table.find(actor, key, sha256(command));
  return outcome ? textOf(*outcome) : "new";
}

TEST(IdempotencyTable, EventsOfOneCommandAreOneReceipt) {
  IdempotencyTable table;
  for (std::uint64_t i = 7; i < 10; ++i) table.add(eventUnder(i, "alice", "k", "delete"));
  table.add(eventUnder(10, "alice", "other", "create"));
  EXPECT_EQ(found(table, "alice", "k", "delete"), "again: 3 events from 7");
  EXPECT_EQ(found(table, "alice", "other", "create"), "again: 1 event from 10");
  EXPECT_EQ(found(table, "alice", "k", "create"), "idempotency_key_reused");
  EXPECT_EQ(std::get<Receipt>(*table.find("alice", "k", sha256("delete"))).account, AccountId{7});
}

TEST(IdempotencyTable, KeysAreTheActorsOwn) {
  IdempotencyTable table;
  table.add(eventUnder(1, "alice", "k", "create"));
  EXPECT_EQ(found(table, "bob", "k", "create"), "new");
  table.add(eventUnder(2, "bob", "k", "other"));
  EXPECT_EQ(found(table, "alice", "k", "create"), "again: 1 event from 1");
  EXPECT_EQ(found(table, "bob", "k", "other"), "again: 1 event from 2");
}

TEST(IdempotencyTable, TakesNoEventWithoutAKey) {
  IdempotencyTable table;
  table.add(Event{.sequence = Sequence{1}, .body = AccountDisabled{AccountId{1}}});
  EXPECT_EQ(table.size(), 0u);
}

TEST(IdempotencyTable, ForgetsAfterADay) {
  IdempotencyTable table;
  table.add(eventUnder(1, "alice", "early", "c", Instant{0}));
  table.add(eventUnder(2, "alice", "late", "c", Instant{1}));
  table.forgetBefore(Instant{kIdempotencyWindowUs});
  EXPECT_EQ(found(table, "alice", "early", "c"), "again: 1 event from 1");
  table.forgetBefore(Instant{kIdempotencyWindowUs + 1});
  EXPECT_EQ(found(table, "alice", "early", "c"), "new");
  EXPECT_EQ(found(table, "alice", "late", "c"), "again: 1 event from 2");
}

// As a log has it whose clock went back: used, forgotten, and used again within one window.
TEST(IdempotencyTable, AKeyThatCameAgainIsAsOldAsItsLastUse) {
  IdempotencyTable table;
  table.add(eventUnder(1, "alice", "k", "first", Instant{0}));
  table.add(eventUnder(5, "alice", "k", "second", Instant{kUsPerHour}));
  EXPECT_EQ(found(table, "alice", "k", "second"), "again: 1 event from 5");
  table.forgetBefore(Instant{kIdempotencyWindowUs + 1});
  EXPECT_EQ(found(table, "alice", "k", "second"), "again: 1 event from 5");
  table.forgetBefore(Instant{kIdempotencyWindowUs + kUsPerHour + 1});
  EXPECT_EQ(found(table, "alice", "k", "second"), "new");
}

TEST(IdempotencyTable, RemembersAMillionAndForgetsTheOldest) {
  IdempotencyTable table;
  for (std::uint64_t i = 0; i <= kMaxKeyedCommands; ++i) {
    table.add(eventUnder(i, "a", std::to_string(i), "c"));
  }
  EXPECT_EQ(table.size(), kMaxKeyedCommands);
  EXPECT_EQ(found(table, "a", "0", "c"), "new");
  EXPECT_EQ(found(table, "a", "1", "c"), "again: 1 event from 1");
}

TEST(LedgerIdempotency, TheSameCommandAgainGetsItsFirstReceipt) {
  MemoryLedger made;
  auto ledger = made.open();
  ASSERT_EQ(outcomeOf(*ledger, CreateProject{"web"}), "1 event from 1");
  const auto submission = keyed(byAdmin(newAccount("web", "ci")), "key", "create ci");
  const auto first = ledger->submit(submission);
  ASSERT_TRUE(first);
  made.clock.advance(kUsPerHour);
  ASSERT_EQ(outcomeOf(*ledger, CreateProject{"shop"}), "1 event from 3");
  Receipt expected = std::get<Receipt>(*first);
  EXPECT_EQ(expected.kind, ReceiptKind::kFresh);
  expected.kind = ReceiptKind::kRepeated;

  const auto again = ledger->submit(submission);
  ASSERT_TRUE(again);
  EXPECT_EQ(std::get<Receipt>(*again), expected);
  ledger.reset();
  ledger = made.open();
  const auto reopened = ledger->submit(submission);
  ASSERT_TRUE(reopened);
  EXPECT_EQ(std::get<Receipt>(*reopened), expected);
  EXPECT_EQ(made.size(), 4u);
}

TEST(LedgerIdempotency, AnotherCommandUnderTheKeyIsRefused) {
  MemoryLedger made;
  const auto ledger = made.open();
  ASSERT_EQ(textOf(ledger->submit(keyed(byAdmin(CreateProject{"web"}), "key", "web"))),
            "1 event from 1");
  EXPECT_EQ(textOf(ledger->submit(keyed(byAdmin(CreateProject{"shop"}), "key", "shop"))),
            "idempotency_key_reused");
  EXPECT_EQ(made.size(), 2u);
}

TEST(LedgerIdempotency, ARefusedCommandLeavesItsKeyFree) {
  MemoryLedger made;
  const auto ledger = made.open();
  EXPECT_EQ(textOf(ledger->submit(keyed(byAdmin(DeleteProject{"web"}), "key", "delete"))),
            "unknown_project");
  EXPECT_EQ(textOf(ledger->submit(keyed(byAdmin(CreateProject{"web"}), "key", "create"))),
            "1 event from 1");
}

TEST(LedgerIdempotency, WorksWithinOneJob) {
  MemoryLedger made;
  const auto ledger = made.open();
  Job job;
  job.submissions = {keyed(byAdmin(CreateProject{"web"}), "key", "web"),
                     keyed(byAdmin(CreateProject{"web"}), "key", "web"),
                     keyed(byAdmin(CreateProject{"shop"}), "key", "shop")};
  const auto texts = textsOf(ledger->run(job));
  EXPECT_EQ(texts, (std::vector<std::string>{"1 event from 1", "again: 1 event from 1",
                                             "idempotency_key_reused"}));
}

TEST(LedgerIdempotency, ADeletedProjectIsOneReceiptOfManyEvents) {
  MemoryLedger made;
  auto ledger = made.open();
  outcomeOf(*ledger, CreateProject{"web"});
  for (const char* name : {"a", "b", "c"}) outcomeOf(*ledger, newAccount("web", name));
  const auto submission = keyed(byAdmin(DeleteProject{"web"}), "key", "delete web");
  EXPECT_EQ(textOf(ledger->submit(submission)), "4 events from 5");
  EXPECT_EQ(textOf(ledger->submit(submission)), "again: 4 events from 5");
  ledger.reset();
  EXPECT_EQ(textOf(made.open()->submit(submission)), "again: 4 events from 5");
}

// Live and from the log, the same key is forgotten at the same time.
TEST(LedgerIdempotency, ForgetsAfterADayAlsoWhenItIsOpenedAnew) {
  for (const bool reopen : {false, true}) {
    MemoryLedger made;
    auto ledger = made.open();
    ASSERT_EQ(textOf(ledger->submit(keyed(byAdmin(CreateProject{"web"}), "old", "web"))),
              "1 event from 1");
    for (int hours = 0; hours < 20; hours += 10) {
      made.clock.advance(10 * kUsPerHour);
      outcomeOf(*ledger, CreateProject{"p" + std::to_string(hours)});
    }
    const auto retry = keyed(byAdmin(CreateProject{"web"}), "old", "web");
    made.clock.advance(4 * kUsPerHour);
    if (reopen) ledger.reset();
    if (reopen) ledger = made.open();
    EXPECT_EQ(textOf(ledger->submit(retry)), "again: 1 event from 1");
    made.clock.advance(1);
    if (reopen) ledger.reset();
    if (reopen) ledger = made.open();
    EXPECT_EQ(textOf(ledger->submit(retry)), "project_exists");
  }
}

TEST(LedgerIdempotency, ABatchThatIsNotWrittenLeavesItsKeyFree) {
  MemoryLedger made;
  const auto ledger = made.open();
  made.log->breakNextAppend(MemoryFault::kNotWritten);
  const auto submission = keyed(byAdmin(CreateProject{"web"}), "key", "web");
  EXPECT_EQ(textOf(ledger->submit(submission)), "[io]");
  EXPECT_EQ(textOf(ledger->submit(submission)), "1 event from 1");
}

}  // namespace
}  // namespace robotledger
