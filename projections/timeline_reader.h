// Reads timelines: who held a capability in a scope at an instant, and who came to hold it after.
#pragma once

#include <optional>
#include <vector>

#include "projections/timeline_page.h"
#include "projections/view.h"

namespace robotledger {

// What is asked about: an instant, or a stretch of time.
struct Period {
  Instant from;
  std::optional<Instant> to;  // not included; nothing for the instant `from` alone
};

// The pages of one timeline that a period needs. One thread at a time; the view outlives it.
class TimelineReader {
 public:
  explicit TimelineReader(const View& view) : rows_(view.rows), cursor_(rows_->cursor()) {}

  // The members at `period.from`, in order of account, and those who were added within the period,
  // by the changes up to `as_of`. Expired ones are among them. The names live until the next call.
  // kViewsDamaged where the rows are not what was written.
  Result<std::vector<Member>> members(const Permission& timeline, const Period& period,
                                      const AsOf& as_of);

 private:
  struct Page {
    Sequence first;
    Instant time;
    Bytes bytes;
  };
  Result<void> loadPages(const Permission& timeline, const Period& period, const AsOf& as_of);
  Page pageAtCursor(std::size_t prefix) const;

  std::shared_ptr<const RowSnapshot> rows_;
  std::unique_ptr<RowCursor> cursor_;
  std::vector<Page> pages_;
};

}  // namespace robotledger
