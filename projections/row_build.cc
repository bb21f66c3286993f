#include "projections/row_build.h"

namespace robotledger {
namespace {

constexpr std::size_t kFinishedEvents = 131072;

}  // namespace

RowBuild::RowBuild(const LogStore& log, RowStore& rows, ProjectionSet& set, TreeSize until)
    : rows_(rows),
      set_(set),
      feed_(log, Sequence{set.position().value}, until),
      finished_(rows),
      from_nothing_(set.position().value == 0) {}

Result<bool> RowBuild::next() {
  const auto events = feed_.next();
  if (!events) return events.error();
  if (events->empty()) return false;
  set_.expect(*events);
  for (const Event& event : *events) {
    if (auto applied = set_.apply(event); !applied) return applied.error();
  }
  unwritten_ += events->size();
  if (!from_nothing_ || unwritten_ < kFinishedEvents) return true;
  if (auto written = writeFinished(); !written) return written.error();
  return true;
}

Result<void> RowBuild::writeFinished() {
  if (!bulk_) {
    // Nothing is on its way to the rows yet.
    if (auto begun = rows_.beginBulk(); !begun) return begun;
    bulk_ = true;
  }
  finished_.write(set_.takeFinished());
  unwritten_ = 0;
  return {};
}

Result<void> RowBuild::endOfNothing() {
  from_nothing_ = false;
  if (auto written = finished_.finish(); !written || !bulk_) return written;
  bulk_ = false;
  return rows_.endBulk();
}

}  // namespace robotledger
