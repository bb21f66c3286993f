// RowBuild: takes projections through a stretch of the log, decoded ahead on a thread of its own.
// In a build from nothing, rows that are finished are written on another, beside that.
//
//   RowBuild build(log, rows, set, until);
//   while (auto more = build.next()) { if (!*more) break; ... }
//   build.endOfNothing();          // where isFromNothing()
//   set.flush(log, rows);
#pragma once

#include <functional>
#include <memory>

#include "core/base/result.h"
#include "projections/event_feed.h"
#include "projections/projection_set.h"
#include "projections/row_writer.h"

namespace robotledger {

// For going through much of a log: a flush after so many events, once it is not from nothing.
inline constexpr std::size_t kCatchUpFlushEvents = 262144;

// One thread at a time.
class RowBuild {
 public:
  // From the set's position on. All of these outlive it; nobody else writes the rows meanwhile.
  RowBuild(const LogStore& log, RowStore& rows, ProjectionSet& set, TreeSize until);

  // Takes the next few events; false where there are no more. kDamaged where the log cannot be
  // read, kViewsDamaged where the rows cannot.
  Result<bool> next();

  // Whether the set began with no rows and has flushed none: then it must not be flushed before
  // endOfNothing(), and is to be where it isFull().
  bool isFromNothing() const { return from_nothing_; }

  // Waits until all finished rows are written, and lets the store put them in order.
  Result<void> endOfNothing();

 private:
  Result<void> writeFinished();

  RowStore& rows_;
  ProjectionSet& set_;
  EventFeed feed_;
  RowWriter finished_;
  bool from_nothing_;
  bool bulk_ = false;
  std::size_t unwritten_ = 0;
};

// Builds all rows of the log's first `size` events into a store that has none, as a rebuild does,
// and gives the view there. `told` is told how far it is, on this thread, and may be empty.
// kInvalidArgument where the store has rows; kDamaged where the log cannot be read; else as the
// store fails. Any thread.
Result<std::shared_ptr<const View>> buildFromNothing(
    const LogStore& log, TreeSize size, RowStore& fresh, const ProjectionMemory& memory,
    const std::function<void(TreeSize done, TreeSize all)>& told);

}  // namespace robotledger
