// Pulls the plug in the middle of random appends, and opens what is left. Every acknowledged record
// has to be there, a batch whose ending nobody knew whole or not at all, and the root theirs.
//
// ROBOTLEDGER_CRASH_SEEDS says how many seeds to try, ROBOTLEDGER_CRASH_SEED which one first.
// RocksDB's threads of its own make a seed's run alike, not the same.
#include <gtest/gtest.h>

#include "core/merkle/tree.h"
#include "tests/core/log/log_testing.h"
#include "tests/crash/crash_testing.h"
#include "tests/crash/fault_file_system.h"

namespace robotledger {
namespace {

// The whole ledger is cut 500 times in power_cut_test.cc.
constexpr std::uint64_t kSeeds = 150;
constexpr std::uint64_t kSeedsInLongForm = 2000;
constexpr unsigned kSecondCuts = 4;  // one in so many directories is cut again after its recovery
constexpr std::uint64_t kMostOperations = 900;
constexpr int kMostBatches = 120;
constexpr std::size_t kSmallBuffer = std::size_t{64}
                                     << 10;  // so that tables are written, and merged

// What the log has to have, as its writer knows it.
struct Known {
  std::vector<Bytes> acknowledged;
  std::vector<Bytes> unknown;  // the last batch, if nobody knows how it ended
};

LogBatch randomBatch(std::mt19937& random) {
  LogBatch batch{.id = *newBatchId(), .entries = {}};
  const std::size_t count = random() % 8 == 0 ? random() % 300 + 1 : random() % 10 + 1;
  const std::size_t longest = random() % 4 == 0 ? 5000 : 300;
  for (std::size_t i = 0; i < count; ++i) {
    Bytes entry(random() % longest + 1, '\0');
    for (char& c : entry) c = static_cast<char>(random() % 251);
    batch.entries.push_back(std::move(entry));
  }
  return batch;
}

// Appends until something fails; tells whether the log could be used to the end.
void appendUntilCut(LogStore& store, std::mt19937& random, Known& known) {
  for (int i = 0; i < kMostBatches; ++i) {
    LogBatch batch = randomBatch(random);
    const AppendOutcome outcome = store.append(TreeSize{known.acknowledged.size()}, batch);
    if (outcome.ending == AppendEnding::kCommitted) {
      known.acknowledged.insert(known.acknowledged.end(), batch.entries.begin(),
                                batch.entries.end());
      continue;
    }
    ASSERT_NE(outcome.ending, AppendEnding::kConflict) << outcome.error.message;
    if (outcome.ending == AppendEnding::kUnknown) known.unknown = std::move(batch.entries);
    return;
  }
}

void expectEntries(const LogStore& store, const std::vector<Bytes>& entries) {
  ASSERT_EQ(store.head().root, naiveRoot(naiveLeaves(entries)));
  auto cursor = store.scan(Sequence{0}, store.head().size);
  ASSERT_TRUE(cursor) << cursor.error().message;
  for (const Bytes& expected : entries) {
    auto entry = (*cursor)->next();
    ASSERT_TRUE(entry) << entry.error().message;
    ASSERT_EQ(**entry, expected);
  }
}

// Opens what the cut left, on the system's own files, and compares. What was unknown is known then.
void expectAllThatWasAcknowledged(const std::string& directory, std::mt19937& random,
                                  Known& known) {
  auto store = openRocksLogStore(
      directory, {.opening = LogOpening::kCreateIfMissing, .write_buffer_bytes = kSmallBuffer});
  ASSERT_TRUE(store) << store.error().message;
  const std::size_t size = (*store)->head().size.value;
  if (size != known.acknowledged.size()) {
    ASSERT_EQ(size, known.acknowledged.size() + known.unknown.size());
    known.acknowledged.insert(known.acknowledged.end(), known.unknown.begin(), known.unknown.end());
  }
  known.unknown.clear();
  expectEntries(**store, known.acknowledged);

  // It goes on from there.
  const LogBatch batch = randomBatch(random);
  const AppendOutcome outcome = (*store)->append(TreeSize{size}, batch);
  ASSERT_EQ(outcome.ending, AppendEnding::kCommitted) << outcome.error.message;
  known.acknowledged.insert(known.acknowledged.end(), batch.entries.begin(), batch.entries.end());
}

void cutOnce(const std::string& directory, std::mt19937& random, Known& known) {
  FaultFileSystem files(directory);
  files.cutPowerAt(random() % kMostOperations + 1,
                   random() % 2 == 0 ? LastOperation::kLost : LastOperation::kDone);
  {
    auto store = openRocksLogStore(directory, {.opening = LogOpening::kCreateIfMissing,
                                               .write_buffer_bytes = kSmallBuffer,
                                               .env = files.env()});
    if (store) appendUntilCut(**store, random, known);
    if (random() % 2 == 0) files.cutPower();  // else closing it comes first, or is cut itself
  }
  files.cutPower();
  files.leaveAsAfterPowerCut(random);
}

TEST(LogCrash, WhatWasAcknowledgedOutlivesAPowerCutAtAnyMoment) {
  const std::uint64_t first = numberFromEnvironment("ROBOTLEDGER_CRASH_SEED", 1);
  const std::uint64_t seeds =
      numberFromEnvironment("ROBOTLEDGER_CRASH_SEEDS", longForms() ? kSeedsInLongForm : kSeeds);
  for (std::uint64_t seed = first; seed < first + seeds; ++seed) {
    SCOPED_TRACE("ROBOTLEDGER_CRASH_SEED=" + std::to_string(seed));
    std::mt19937 random(static_cast<unsigned>(seed));
    const TestDirectory directory(roomForDirectories());
    Known known;
    const int cuts = random() % kSecondCuts == 0 ? 2 : 1;
    for (int i = 0; i < cuts; ++i) {
      cutOnce(directory.log(), random, known);
      expectAllThatWasAcknowledged(directory.log(), random, known);
      if (HasFatalFailure()) return;
    }
  }
}

}  // namespace
}  // namespace robotledger
