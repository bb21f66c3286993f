// The real ledger under the tests that compare it with the naive model: fed with the lines of a
// history (living_line.h), in memory, with the event before every line's events as an import has
// it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/domain/decide.h"
#include "core/log/memory_log_store.h"
#include "projections/memory_row_store.h"
#include "projections/projection_set.h"

namespace robotledger {

// How often the projections' rows are written: must not change what they are.
enum class Flushing { kEveryEvent, kAtTheEnd };

class RealLedger {
 public:
  RealLedger();

  // Decides and applies one line, as the writer does for an import; blank lines do nothing.
  void submit(const std::string& line, std::int64_t now_us);
  void submitAll(const std::vector<std::string>& lines, std::int64_t now_us);

  // The views, as of the last event, built from the log into rows of their own.
  std::shared_ptr<const View> buildViews(RowStore& rows, Flushing flushing) const;

  const MemoryLogStore& log() const { return log_; }
  const State& state() const { return state_; }
  std::size_t events() const { return static_cast<std::size_t>(state_.size().value); }

 private:
  void append(const Event& event);

  MemoryLogStore log_;
  State state_;
  bool announced_ = false;
};

// The views, as of the log's last event, in rows that go on from where they stand.
std::shared_ptr<const View> buildViews(const LogStore& log, RowStore& rows, Flushing flushing);

}  // namespace robotledger
