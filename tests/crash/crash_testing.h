// What the crash tests of the whole ledger share: random commands, what was acknowledged, and what
// has to be true of a ledger whatever happened to it.
//
//   Acknowledged known;
//   if (ledger->run(randomJob(random))) known = Acknowledged::of(ledger->log());
//   ... a crash, and the log opened again ...
//   expectWhole(log, known);
//   EXPECT_EQ(rowsIn(*view->rows), builtFrom(log));
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "core/ledger/ledger.h"
#include "core/log/log_store.h"
#include "tests/projections/rows_in.h"

namespace robotledger {

std::uint64_t numberFromEnvironment(const char* name, std::uint64_t otherwise);

// Whether ROBOTLEDGER_LONG_TESTS asks for the long forms.
bool longForms();

// Memory, where there is such a directory: thousands of databases are made there.
std::filesystem::path roomForDirectories();

// Runs trial(seed, at) for at = 1, 2 and so on, until it says that there is nothing at that place,
// for each seed in turn: ROBOTLEDGER_CRASH_SEED and ROBOTLEDGER_CRASH_SEEDS say which; with
// ROBOTLEDGER_CRASH_AT there is that one place alone. Ends at the first fatal failure, which has
// what to set to see it again. How many places there were.
struct SeedCounts {
  std::uint64_t seeds;
  std::uint64_t in_long_form;
  std::uint64_t one_place_in = 1;  // but in the long form, which leaves none out
};
enum class Place : std::uint8_t { kMet, kNone };
std::uint64_t atEveryPlace(SeedCounts counts,
                           const std::function<Place(std::uint64_t seed, std::uint64_t at)>& trial);

// Whether ROBOTLEDGER_CRASH_AT says which place, so that what is true of many places need not be.
bool onePlaceAlone();

Submission byAdmin(Command command);

// One to five commands of an administrator about few projects and accounts, so that many are
// refused and some delete much.
Job randomJob(std::mt19937& random);

// The head that was acknowledged last. Its root stands for every event up to there.
struct Acknowledged {
  TreeSize size;
  Digest root{};
  static Acknowledged of(const LogStore& log) { return {log.head().size, log.head().root}; }
};

// Every acknowledged event is in the log, as it was, and the verifier finds nothing wrong with any
// of it. Fails the test fatally otherwise.
void expectWhole(const LogStore& log, const Acknowledged& known);

}  // namespace robotledger
