#include "projections/runner.h"

#include <future>

#include "core/base/limits.h"
#include "projections/row_keys.h"
#include "tests/projections/runner_testing.h"

namespace robotledger {
namespace {

TEST(Runner, FollowsWhatIsWritten) {
  House house;
  house.start();
  for (int i = 0; i < 20; ++i) {
    house.work(i, i + 1);
    const auto view = house.viewNow();
    ASSERT_NE(view, nullptr);
    ASSERT_EQ(view->size, house.log.head().size);
    ASSERT_EQ(rowsIn(*view->rows), builtFrom(house.log));
  }
  EXPECT_EQ(house.told.text(), "");
}

TEST(Runner, CatchesUpWithALogThatIsThere) {
  House house;
  house.openLedger();
  house.work(0, 40);
  house.startRunner();
  const auto view = house.viewNow();
  ASSERT_NE(view, nullptr);
  EXPECT_EQ(rowsIn(*view->rows), builtFrom(house.log));
  EXPECT_EQ(house.told.text(), "");
}

TEST(Runner, TellsHowManyEventsItHasGoneThrough) {
  House house;
  house.start();
  house.work(0, 10);
  ASSERT_NE(house.viewNow(), nullptr);
  EXPECT_EQ(house.runner->applied(), house.log.head().size);
  // Without a question, too: it follows by itself.
  house.submit(CreateProject{"one"});
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (house.runner->applied() < house.log.head().size &&
         std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_EQ(house.runner->applied(), house.log.head().size);
}

TEST(Runner, AViewWaitsUntilAsManyEventsAreThere) {
  House house;
  house.start();
  const TreeSize wanted{house.log.head().size.value + 3};
  auto view = std::async(std::launch::async, [&] { return house.runner->view(wanted); });
  house.submit(CreateProject{"one"});
  house.submit(CreateProject{"two"});
  EXPECT_EQ(view.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
  house.submit(CreateProject{"three"});
  const auto given = view.get();
  ASSERT_TRUE(given);
  EXPECT_GE((*given)->size, wanted);
}

TEST(Runner, AViewStaysAsItWas) {
  House house;
  house.start();
  house.work(0, 5);
  const auto view = house.viewNow();
  const Rows before = rowsIn(*view->rows);
  house.work(5, 30);
  house.viewNow();
  EXPECT_EQ(rowsIn(*view->rows), before);
}

// Rows as they were after any of the writes, and a runner that goes on from there.
TEST(Runner, StoppedAnywhereItGoesOnToTheSameRows) {
  House house;
  house.rows.keep_copies = true;
  house.start();
  for (int i = 0; i < 30; ++i) {
    house.work(i, i + 1);
    house.viewNow();
  }
  house.stop();
  const Rows expected = builtFrom(house.log);
  ASSERT_GT(house.rows.copies.size(), 20u);
  ASSERT_EQ(house.rows.copies.back(), expected);
  for (const Rows& copy : house.rows.copies) {
    MemoryRowStore rows;
    fill(rows, copy);
    Told told;
    const auto runner = Runner::start(
        house.log, rows, {.memory = {}, .progress = {}, .tell = [&](auto& why) { told.add(why); }});
    ASSERT_TRUE(runner->view(house.log.head().size));
    ASSERT_EQ(rowsIn(rows), expected);
    ASSERT_EQ(told.text(), "");
  }
}

TEST(Runner, QuestionsDuringWritesSeeWhatWasAcknowledgedBefore) {
  House house;
  house.start();
  std::atomic<bool> stop = false;
  std::vector<std::thread> readers;
  for (int i = 0; i < 4; ++i) {
    readers.emplace_back([&] {
      while (!stop) {
        const TreeSize acknowledged = house.ledger->head().size;
        const auto view = house.runner->view(acknowledged);
        ASSERT_TRUE(view);
        ASSERT_GE((*view)->size, acknowledged);
        ASSERT_EQ((*view)->rows->get(metaKey("position")).value().has_value(), true);
      }
    });
  }
  house.work(0, 200);
  stop = true;
  for (auto& reader : readers) reader.join();
}

TEST(Runner, ADamagedRecordIsToldAndNotBuiltAnewForEver) {
  House house;
  house.openLedger();
  house.work(0, 10);
  house.log.damageRecord(Sequence{7}, "changed");
  house.startRunner();
  for (int i = 0; i < 2; ++i) {
    const auto view = house.runner->view(house.log.head().size);
    ASSERT_FALSE(view);
    EXPECT_EQ(view.error().code, ErrorCode::kDamaged);
    EXPECT_NE(view.error().message.find("record 7"), std::string::npos) << view.error().message;
  }
  EXPECT_EQ(house.told.text(), "");
  EXPECT_EQ(house.runner->rebuild().error().code, ErrorCode::kDamaged);
}

// Observed events come after what was missed, as where another writer appended.
TEST(Runner, ReadsInTheLogWhatItWasNotToldOf) {
  House house;
  house.start();
  house.work(0, 3);
  house.viewNow();
  {
    const auto silent = Ledger::open(house.log, {});
    ASSERT_TRUE(silent);
    for (int i = 0; i < 5; ++i) {
      ASSERT_TRUE((*silent)->submit(byAdmin(CreateProject{"silent" + std::to_string(i)})));
    }
  }
  house.submit(CreateProject{"told"});
  EXPECT_EQ(rowsIn(*house.viewNow()->rows), builtFrom(house.log));
}

// Held up in its rows, the runner lets the writer go so far ahead, and no further.
TEST(Runner, TheWriterWaitsWhereItIsTooFarAhead) {
  House house;
  house.start();
  // Returns once it follows the writer; a view may be had a moment before.
  ASSERT_TRUE(house.runner->rebuild());
  house.rows.held = true;
  std::atomic<std::uint64_t> acknowledged = 0;
  std::thread writer([&] {
    constexpr int kCommands = 4000;
    for (int job = 0; job < 30; ++job) {
      Job many;
      for (int i = 0; i < kCommands; ++i) {
        many.submissions.push_back(
            byAdmin(CreateProject{"p" + std::to_string(job * kCommands + i)}));
      }
      ASSERT_TRUE(house.ledger->run(std::move(many)));
      acknowledged = house.log.head().size.value;
    }
  });
  // Until it stands still; on a slow machine it does so for a while before it is far.
  std::uint64_t before = 0;
  for (int looks = 0; looks < 200; ++looks) {
    before = acknowledged;
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    if (acknowledged == before && before > kMaxProjectionLag / 2) break;
  }
  // The queue, what the runner took before it was held, and one batch on the way.
  EXPECT_GT(before, kMaxProjectionLag / 2);
  EXPECT_LT(before, kMaxProjectionLag + 8 * kMaxBatchEvents);
  house.rows.held = false;
  writer.join();
  EXPECT_EQ(rowsIn(*house.viewNow()->rows), builtFrom(house.log));
}

}  // namespace
}  // namespace robotledger
