// One suite over all projections: what they build depends on the events alone. A failure names its
// seed; the first byte of a row that differs says whose it is (projections/row_keys.h).
#include <cstdlib>
#include <functional>

#include <gtest/gtest.h>

#include "core/ledger/saved_state.h"
#include "tests/conformance/real_ledger.h"
#include "tests/model/random_history.h"
#include "tests/model/random_source.h"
#include "tests/projections/rows_in.h"

namespace robotledger {
namespace {

constexpr ProjectionMemory kNoMemory{0, 0, 0};

std::uint64_t seeds() { return std::getenv("ROBOTLEDGER_LONG_TESTS") != nullptr ? 100 : 4; }

std::vector<Event> eventsOf(const LogStore& log) {
  std::vector<Event> events;
  const auto read = forEachEvent(log, Sequence{0}, log.head().size, [&](const Event& event) {
    events.push_back(event);
    return Result<void>();
  });
  EXPECT_TRUE(read);
  return events;
}

// A set that goes on from the rows.
std::unique_ptr<ProjectionSet> openedSet(const LogStore& log, const RowStore& rows,
                                         const ProjectionMemory& memory, std::size_t position) {
  auto set = std::make_unique<ProjectionSet>(memory);
  std::string why;
  EXPECT_TRUE(set->open(log, rows, why));
  EXPECT_EQ(why, "");
  EXPECT_EQ(set->position().value, position);
  return set;
}

TEST(Projections, StopAndResumeAnywhereWithTheSameRows) {
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RealLedger real;
    real.submitAll(model::randomHistory(seed, 300), model::kRandomNowUs);
    MemoryRowStore whole;
    (void)real.buildViews(whole, Flushing::kAtTheEnd);
    const auto expected = rowsIn(whole);
    const std::vector<Event> events = eventsOf(real.log());
    // Rows that stop at every position in turn, and from each of them on to the end.
    MemoryRowStore stopped;
    for (std::size_t position = 0; position < events.size(); ++position) {
      const auto set = openedSet(real.log(), stopped, kNoMemory, position);
      ASSERT_TRUE(set->apply(events[position]));
      ASSERT_TRUE(set->flush(real.log(), stopped));
      if (position % 7 != 0) continue;
      MemoryRowStore resumed;
      RowBatch copy;
      for (const auto& [key, value] : rowsIn(stopped)) copy.put(key, value);
      ASSERT_TRUE(resumed.write(copy));
      (void)buildViews(real.log(), resumed, Flushing::kAtTheEnd);
      ASSERT_EQ(rowsIn(resumed), expected) << "resumed after event " << position;
    }
    ASSERT_EQ(rowsIn(stopped), expected) << "stopped after every event";
  }
}

// Takes a random history, and now and then does something with the set and the rows; the rows are
// in the end those of a set that was flushed once.
void expectSameRows(
    const std::function<ProjectionMemory(model::RandomSource&)>& memory_of,
    const std::function<Result<void>(ProjectionSet&, const LogStore&, RowStore&)>& now_and_then) {
  for (std::uint64_t seed = 1; seed <= seeds() * 5; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RealLedger real;
    real.submitAll(model::randomHistory(seed, 400), model::kRandomNowUs);
    MemoryRowStore whole;
    (void)real.buildViews(whole, Flushing::kAtTheEnd);
    model::RandomSource random(seed);
    const ProjectionMemory memory = memory_of(random);
    const std::uint64_t percent = 2 + random.below(40);
    MemoryRowStore rows;
    const auto set = openedSet(real.log(), rows, memory, 0);
    for (const Event& event : eventsOf(real.log())) {
      ASSERT_TRUE(set->apply(event));
      if (random.chance(percent)) {
        ASSERT_TRUE(now_and_then(*set, real.log(), rows));
      }
    }
    ASSERT_TRUE(set->flush(real.log(), rows));
    ASSERT_EQ(rowsIn(rows), rowsIn(whole));
  }
}

TEST(Projections, FlushWheneverTheyLikeWithTheSameRows) {
  expectSameRows(
      [](model::RandomSource& random) {
        return ProjectionMemory{random.below(6), random.below(400), random.below(6)};
      },
      [](ProjectionSet& set, const LogStore& log, RowStore& rows) -> Result<void> {
        const auto flushed = set.flush(log, rows);
        return flushed ? Result<void>() : flushed.error();
      });
}

TEST(Projections, WriteWhatIsFinishedWheneverTheyLikeWithTheSameRows) {
  expectSameRows([](model::RandomSource&) { return ProjectionMemory{}; },
                 [](ProjectionSet& set, const LogStore&, RowStore& rows) {
                   return rows.write(set.takeFinished());
                 });
}

TEST(Projections, HaveRowsOfEveryKindToCompare) {
  RealLedger real;
  real.submitAll(model::randomHistory(1, 400), model::kRandomNowUs);
  MemoryRowStore rows;
  (void)real.buildViews(rows, Flushing::kAtTheEnd);
  std::string kinds;
  for (const auto& [key, value] : rowsIn(rows)) {
    if (kinds.empty() || kinds.back() != key[0]) kinds += key[0];
  }
  // Secrets are in no history, and older parts of one take a long one.
  std::erase(kinds, 'a');
  EXPECT_EQ(kinds, "AEHLMNPST");
}

}  // namespace
}  // namespace robotledger
