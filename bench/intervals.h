// The usual way to keep who could: a row for each stretch in which an account could, under its
// place and its begin. To answer for an instant, all rows that begin before it are read.
//
//   Intervals intervals(*ledger, directory, kPushImage);   // made from the log where not there yet
//   intervals.at(project, instant)                         // names of those who could
#pragma once

#include <string>
#include <vector>

#include "api/embed/open_ledger.h"
#include "bench/rocks_rival.h"

namespace robotledger::bench {

class Intervals {
 public:
  // Of one capability. Built from the ledger's log where the directory is missing.
  Intervals(OpenLedger& ledger, const std::string& directory, Capability capability);

  // Those who could in that project at the instant, by what reaches into it too; sorted.
  std::vector<std::string> at(ProjectId project, Instant instant) const;

 private:
  void build(OpenLedger& ledger, const std::string& directory, Capability capability);

  std::unique_ptr<RocksRival> rows_;
};

}  // namespace robotledger::bench
