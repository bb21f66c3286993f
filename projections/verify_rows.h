// Whether the stored rows are those that the log gives: they are built anew into another store, and
// both are walked in step.
//
//   auto rows = verifyRows(view, *fresh, {});
//   if (!rows) return rows.error();     // "the row of account 12 in project 3 was changed (key
//   ...)"
#pragma once

#include <cstdint>
#include <functional>

#include "core/base/result.h"
#include "projections/projection_set.h"
#include "projections/row_store.h"
#include "projections/view.h"

namespace robotledger {

struct VerifyRowsOptions {
  unsigned workers = 0;  // threads that compare, the caller's among them; one a core for 0
  // Told on the caller's thread how far it is: of the events that rows are built from, and then how
  // many rows are compared.
  std::function<void(TreeSize done, TreeSize all)> building;
  std::function<void(std::uint64_t rows)> comparing;
  ProjectionMemory memory = kRebuildMemory;  // to build them
};

// How many rows there are, all of them right. kViewsDamaged names the first row, in the order of
// their keys, that was changed, is missing, or is one too many; else as the stores fail. `fresh` is
// empty, and has the right rows afterwards. Memory is bounded as in a rebuild. Any thread.
Result<std::uint64_t> verifyRows(const View& view, RowStore& fresh,
                                 const VerifyRowsOptions& options);

}  // namespace robotledger
