// Posting lists: the sequences of the events that have something in common, in parts of up to
// kPostingPart, each a row under its first sequence: the rest as differences.
#pragma once

#include <memory>
#include <optional>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "projections/page_sizes.h"
#include "projections/row_store.h"

namespace robotledger {

// Walks over one posting list, upwards. Outlives nothing: the snapshot outlives it.
class PostingCursor {
 public:
  PostingCursor(const RowSnapshot& rows, Bytes prefix);

  // The first entry at or after `from`, which never goes back; nothing at the end.
  Result<std::optional<Sequence>> seek(Sequence from);

 private:
  Result<void> loadPart();

  Bytes prefix_;
  std::unique_ptr<RowCursor> cursor_;
  std::vector<Sequence> part_;
  std::size_t at_ = 0;
  bool placed_ = false;
};

// The entries of a part whose first entry is `first`. kViewsDamaged where it is none.
Result<std::vector<Sequence>> readPostings(Sequence first, BytesView part);

}  // namespace robotledger
