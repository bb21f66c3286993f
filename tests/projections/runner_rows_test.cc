// Rows that are not what they should be, and rows that are dropped on demand.
#include <future>

#include "projections/row_keys.h"
#include "projections/runner.h"
#include "tests/projections/runner_testing.h"

namespace robotledger {
namespace {

// A ledger with rows, and another runner started on rows that are not what they should be.
struct OddRows {
  House house;
  Rows rows;

  OddRows() {
    house.start();
    house.work(0, 20);
    house.viewNow();
    house.stop();
    rows = rowsIn(house.rows);
  }
  void put(const Bytes& key, const Bytes& value) {
    for (auto& [name, old] : rows) {
      if (name == key) old = value;
    }
  }
  // What was told, after the rows are right again.
  std::string toldOf() {
    MemoryRowStore store;
    fill(store, rows);
    Told told;
    {
      const auto runner =
          Runner::start(house.log, store,
                        {.memory = {}, .progress = {}, .tell = [&](auto& why) { told.add(why); }});
      const auto view = runner->view(house.log.head().size);
      EXPECT_TRUE(view) << (view ? "" : view.error().message);
    }
    EXPECT_EQ(rowsIn(store), builtFrom(house.log));
    return told.text();
  }
};

TEST(RunnerRows, OfThisLogAndVersionAreGoneOnWith) { EXPECT_EQ(OddRows().toldOf(), ""); }

TEST(RunnerRows, OfAnotherVersionAreBuiltAnewAndTold) {
  OddRows odd;
  odd.put(metaKey("versions"), "accounts=0 ");
  EXPECT_EQ(odd.toldOf(), "the views were built by another version of this program;");
}

TEST(RunnerRows, OfAnotherLogAreBuiltAnewAndTold) {
  OddRows odd;
  OddRows other;  // of another ledger, with events as many
  odd.rows = other.rows;
  EXPECT_EQ(odd.toldOf(), "the views are of another log;");
}

// They are the only trace of what the log lost.
TEST(RunnerRows, AheadOfTheLogAreKeptAndTheLogIsSaidToBeDamaged) {
  OddRows odd;
  House longer;
  longer.start();
  longer.work(0, 30);
  longer.viewNow();
  longer.stop();
  MemoryRowStore store;
  fill(store, rowsIn(longer.rows));
  {
    const auto runner = Runner::start(odd.house.log, store, {});
    const auto view = runner->view(TreeSize{1});
    ASSERT_FALSE(view);
    EXPECT_EQ(view.error().code, ErrorCode::kDamaged);
  }
  EXPECT_EQ(rowsIn(store), rowsIn(longer.rows));
}

TEST(RunnerRows, WithADamagedPositionAreBuiltAnewAndTold) {
  for (const char* position : {"", "\x80", "\x01"}) {
    OddRows odd;
    odd.put(metaKey("position"), position);
    EXPECT_EQ(odd.toldOf(), "the position of the views is damaged;");
  }
}

TEST(RunnerRows, ThatAreDamagedInTheCatalogAreBuiltAnewAndTold) {
  OddRows odd;
  for (auto& [key, value] : odd.rows) {
    if (key.starts_with(projectPrefix())) value = "\xff";
  }
  EXPECT_NE(odd.toldOf(), "");
}

TEST(RunnerRows, ThatAreFoundDamagedOnTheWayAreBuiltAnewAndTold) {
  OddRows odd;
  for (auto& [key, value] : odd.rows) {
    if (key.starts_with("A")) value = "\xff";
  }
  // Events that need the damaged rows are only met when something more happens.
  House& house = odd.house;
  house.openLedger();
  house.work(20, 40);
  house.stop();
  EXPECT_NE(odd.toldOf(), "");
}

TEST(RunnerRebuild, GivesTheSameRowsAndTellsNothing) {
  House house;
  house.start();
  house.work(0, 20);
  house.viewNow();
  const int writes = house.rows.writes;
  ASSERT_TRUE(house.runner->rebuild());
  EXPECT_GT(house.rows.writes, writes);
  EXPECT_EQ(rowsIn(house.rows), builtFrom(house.log));
  EXPECT_EQ(house.told.text(), "");
  // And it follows.
  house.work(20, 25);
  EXPECT_EQ(rowsIn(*house.viewNow()->rows), builtFrom(house.log));
}

TEST(RunnerRebuild, WaitsForTheViewsThatAreHeld) {
  House house;
  house.start();
  house.work(0, 10);
  auto view = house.viewNow();
  const Rows before = rowsIn(*view->rows);
  auto rebuilt = std::async(std::launch::async, [&] { return house.runner->rebuild(); });
  EXPECT_EQ(rebuilt.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
  EXPECT_EQ(rowsIn(*view->rows), before);
  view.reset();
  EXPECT_TRUE(rebuilt.get());
  EXPECT_EQ(rowsIn(house.rows), builtFrom(house.log));
}

// The rows of a view may be held longer than the view itself.
TEST(RunnerRebuild, WaitsForTheRowsThatAreHeld) {
  House house;
  house.start();
  house.work(0, 10);
  auto rows = house.viewNow()->rows;
  auto rebuilt = std::async(std::launch::async, [&] { return house.runner->rebuild(); });
  EXPECT_EQ(rebuilt.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
  rows.reset();
  const auto ended = rebuilt.get();
  EXPECT_TRUE(ended) << (ended ? "" : ended.error().message);
  EXPECT_EQ(rowsIn(house.rows), builtFrom(house.log));
}

TEST(RunnerRebuild, AmongWritersAndReadersLosesNothing) {
  House house;
  house.start();
  std::atomic<bool> stop = false;
  std::thread reader([&] {
    while (!stop) {
      const TreeSize acknowledged = house.ledger->head().size;
      const auto view = house.runner->view(acknowledged);
      ASSERT_TRUE(view) << view.error().message;
      ASSERT_GE((*view)->size, acknowledged);
    }
  });
  std::thread rebuilder([&] {
    for (int i = 0; i < 10; ++i) {
      const auto rebuilt = house.runner->rebuild();
      ASSERT_TRUE(rebuilt) << rebuilt.error().message;
    }
  });
  house.work(0, 300);
  rebuilder.join();
  stop = true;
  reader.join();
  EXPECT_EQ(rowsIn(*house.viewNow()->rows), builtFrom(house.log));
}

}  // namespace
}  // namespace robotledger
