// ProjectionSet: all the projections of a ledger, taken from event to event together, with the
// position that is stored beside their rows.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/base/sha256.h"
#include "projections/accounts.h"
#include "projections/catalog.h"
#include "projections/projection.h"
#include "projections/view.h"

namespace robotledger {

// How much the projections keep in memory between two flushes, beside what changed since the last.
struct ProjectionMemory {
  std::size_t accounts = 4096;
  std::size_t timeline_bytes = std::size_t{8} << 20;
  std::size_t posting_lists = 4096;
};

// For going through much of a log at once.
inline constexpr ProjectionMemory kRebuildMemory{std::size_t{1} << 20, std::size_t{512} << 20,
                                                 std::size_t{1} << 18};

// The list of them: what a new projection is added to.
std::vector<std::unique_ptr<Projection>> makeProjections(const ProjectionMemory& memory);

// Whether the log has every event that the rows were built from. Rows are built from what is
// durable in the log, so where it has fewer than they, it lost some: kDamaged, with both numbers.
// Rows that do not say how many they were built from tell nothing. Any thread.
Result<void> checkNothingIsMissing(TreeSize log_size, const RowStore& rows);

// One thread at a time.
class ProjectionSet {
 public:
  explicit ProjectionSet(const ProjectionMemory& memory);

  // Goes on from the rows, at the position they have. Where they are another version's, of another
  // log, or half built, the position is 0 and the rows are to be cleared first; `why` says so in
  // words. Empty rows have position 0 and no reason. kDamaged as checkNothingIsMissing(), and where
  // the log cannot be read.
  Result<void> open(const LogStore& log, const RowStore& rows, std::string& why);

  // How many events were taken.
  TreeSize position() const { return position_; }

  // Prepares for events that will be applied, some hundred of them at most; changes nothing.
  void expect(const std::vector<Event>& events) const;

  // Takes the next event, in order of sequence. After an error the set is of no further use.
  Result<void> apply(const Event& event);

  // Events taken since the last flush.
  std::size_t unflushed() const { return unflushed_; }

  // Whether it wants to be flushed, to let go of what it keeps in memory.
  bool isFull() const;

  // In a build from nothing, before any position is written: gives the rows that need not be kept.
  // They are to be written in order, before the next flush; until that, rows without a position
  // tell that they are half built.
  RowBatch takeFinished();

  // Writes every row that changed and the position, in one batch, and gives the view there.
  Result<std::shared_ptr<const View>> flush(const LogStore& log, RowStore& rows);

  // Names and versions of all that builds rows, as rows say them that it wrote.
  std::string versions() const;

 private:
  Result<void> readFrom(const std::shared_ptr<const RowSnapshot>& snapshot);
  Bytes positionRow() const;

  CatalogKeeper catalog_;
  AccountTable accounts_;
  std::vector<std::unique_ptr<Projection>> projections_;
  TreeSize position_;
  Instant last_time_;
  Bytes last_event_;  // the last event's bytes
  std::size_t unflushed_ = 0;
  AccountBefore before_;
};

}  // namespace robotledger
