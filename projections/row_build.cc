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

Result<std::shared_ptr<const View>> buildFromNothing(
    const LogStore& log, TreeSize size, RowStore& fresh, const ProjectionMemory& memory,
    const std::function<void(TreeSize done, TreeSize all)>& told) {
  ProjectionSet set(memory);
  std::string why;
  if (auto opened = set.open(log, fresh, why); !opened) return opened.error();
  if (!why.empty() || set.position().value != 0) {
    return Error{ErrorCode::kInvalidArgument, "rows are built anew where there are none"};
  }
  RowBuild build(log, fresh, set, size);
  while (true) {
    const auto taken = build.next();
    if (!taken) return taken.error();
    if (!*taken) break;
    if (build.isFromNothing() && set.isFull()) {
      if (auto ended = build.endOfNothing(); !ended) return ended.error();
    }
    if (!build.isFromNothing() && set.unflushed() >= kCatchUpFlushEvents) {
      if (auto flushed = set.flush(log, fresh); !flushed) return flushed.error();
    }
    if (told) told(set.position(), size);
  }
  if (build.isFromNothing()) {
    if (auto ended = build.endOfNothing(); !ended) return ended.error();
  }
  return set.flush(log, fresh);
}

}  // namespace robotledger
