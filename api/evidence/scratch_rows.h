// Where rows are built that are needed once: in memory, or on the disk where they are many. They
// are gone with it.
//
//   auto rows = ScratchRows::make(log.head().size);
//   if (!rows) return rows.error();
//   auto checked = checkEvidence(path, key, (*rows)->store(), {});
#pragma once

#include <memory>
#include <string>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "projections/row_store.h"

namespace robotledger {

// One thread.
class ScratchRows {
 public:
  // For the rows of so many events. Those of more than some 200,000 lie in a directory of the
  // system's for what is temporary; kIo where there is no room for it.
  static Result<std::unique_ptr<ScratchRows>> make(TreeSize events);

  ScratchRows(const ScratchRows&) = delete;
  ScratchRows& operator=(const ScratchRows&) = delete;
  ~ScratchRows();

  RowStore& store() { return *store_; }

 private:
  ScratchRows() = default;
  std::string directory_;  // empty in memory
  std::unique_ptr<RowStore> store_;
};

}  // namespace robotledger
