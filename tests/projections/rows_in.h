// Whole stores of rows, to be compared.
//
//   EXPECT_EQ(rowsIn(*view->rows), builtFrom(log));
#pragma once

#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "core/ledger/saved_state.h"
#include "projections/memory_row_store.h"
#include "projections/projection_set.h"

namespace robotledger {

using Rows = std::vector<std::pair<Bytes, Bytes>>;

inline Rows rowsIn(const RowSnapshot& snapshot) {
  Rows rows;
  const auto cursor = snapshot.cursor();
  for (cursor->seek(""); cursor->valid(); cursor->next()) {
    rows.emplace_back(cursor->key(), cursor->value());
  }
  EXPECT_TRUE(cursor->status());
  return rows;
}

inline Rows rowsIn(const RowStore& store) { return rowsIn(*store.snapshot()); }

// The rows of a log as one goes through it from its start, in memory.
inline Rows builtFrom(const LogStore& log) {
  MemoryRowStore rows;
  ProjectionSet set{ProjectionMemory{}};
  std::string why;
  EXPECT_TRUE(set.open(log, rows, why));
  const auto read = forEachEvent(log, Sequence{0}, log.head().size,
                                 [&](const Event& event) { return set.apply(event); });
  EXPECT_TRUE(read) << (read ? "" : read.error().message);
  EXPECT_TRUE(set.flush(log, rows));
  return rowsIn(rows);
}

}  // namespace robotledger
