// What the crash tests of the log alone share: random batches, and what a log has to have whatever
// happened to it.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "core/log/rocks_log_store.h"
#include "tests/core/log/log_testing.h"

namespace robotledger {

// So that tables are written, and merged.
inline constexpr std::size_t kSmallBuffer = std::size_t{64} << 10;

// What the log has to have, as its writer knows it.
struct KnownLog {
  std::vector<Bytes> acknowledged;
  std::vector<Bytes> unknown;  // the last batch, if nobody knows how it ended
};

// Up to ten entries, or some hundreds at times.
LogBatch randomBatch(std::mt19937& random);

// Fails the test fatally unless these are all that there are.
void expectEntries(const LogStore& store, const std::vector<Bytes>& entries);

// Of a log that was opened again: whether the unknown batch is there, whole, is known then. Fails
// the test fatally where it is there in part.
void settleUnknown(const LogStore& store, KnownLog& known);

// Appends a batch where the log has what was acknowledged, and notes how that ended.
AppendEnding appendRandomBatch(LogStore& store, std::mt19937& random, KnownLog& known);

// Opens what was left, on the system's own files, compares, and appends to it. What was unknown is
// known then. Fails the test fatally.
void expectAllThatWasAcknowledged(const std::string& directory, std::mt19937& random,
                                  KnownLog& known);

}  // namespace robotledger
