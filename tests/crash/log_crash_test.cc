// Pulls the plug in the middle of random appends, and opens what is left. Every acknowledged record
// has to be there, a batch whose ending nobody knew whole or not at all, and the root theirs.
//
// ROBOTLEDGER_CRASH_SEEDS says how many seeds to try, ROBOTLEDGER_CRASH_SEED which one first.
// RocksDB's threads of its own make a seed's run alike, not the same.
#include <gtest/gtest.h>

#include "tests/crash/crash_testing.h"
#include "tests/crash/fault_file_system.h"
#include "tests/crash/known_log.h"

namespace robotledger {
namespace {

// The whole ledger is cut 500 times in power_cut_test.cc.
constexpr std::uint64_t kSeeds = 150;
constexpr std::uint64_t kSeedsInLongForm = 2000;
constexpr unsigned kSecondCuts = 4;  // one in so many directories is cut again after its recovery
constexpr std::uint64_t kMostOperations = 900;
constexpr int kMostBatches = 120;

// Until something fails, or it was enough.
void appendUntilCut(LogStore& store, std::mt19937& random, KnownLog& known) {
  for (int i = 0; i < kMostBatches; ++i) {
    if (appendRandomBatch(store, random, known) != AppendEnding::kCommitted) return;
  }
}

void cutOnce(const std::string& directory, std::mt19937& random, KnownLog& known) {
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
    KnownLog known;
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
