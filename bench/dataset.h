// Ledgers that the benchmarks ask: made once, kept below the data directory, and used by all.
//
//   const Dataset dataset = datasetOf(arguments, {.events = 5'000'000, .projects = 1000});
//   auto ledger = must(OpenLedger::open(dataset.path, {}));
//
// Two years of a registry's history. Project 0 is hot: it has a tenth of all events. Some 20
// accounts of each project may push images at any moment, and two of the system everywhere.
#pragma once

#include <string>

#include "api/embed/open_ledger.h"
#include "bench/fleet.h"
#include "bench/harness.h"

namespace robotledger::bench {

struct DatasetShape {
  std::size_t events = 5000000;
  std::size_t projects = 1000;
  std::size_t accounts = 100;  // that live in a project
};

struct Dataset {
  DatasetShape shape;
  std::string path;  // of the ledger's directory
  Instant from;      // of the first command
  Instant until;     // and after the last one
};

// The names of its projects are Fleet's; the hot one is number 0.
inline constexpr const char* kHotProject = "team-0";
std::string typicalProject(std::size_t index);

// The shapes in use: `size` is one of "full", "medium", "small" and "tiny".
DatasetShape shapeNamed(const std::string& size);
// By `--size`, in quick mode small by default.
DatasetShape shapeOf(const Arguments& arguments);

// Makes it where it is not there yet, and tells of it on standard error.
Dataset datasetOf(const Arguments& arguments, const DatasetShape& shape);

// A copy of the ledger at `to`, to be changed: what never changes in place is linked.
void copyLedger(const std::string& from, const std::string& to);

}  // namespace robotledger::bench
