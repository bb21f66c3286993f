// A RowStore in memory, for tests and for ledgers that keep nothing on disk.
//
//   MemoryRowStore store;
//   store.write(batch);
//
// Keeps every version of a row that a snapshot in use may still want to see, and no other.
#pragma once

#include <cstdint>
#include <memory>

#include "projections/row_store.h"

namespace robotledger {

class MemoryRowStore final : public RowStore {
 public:
  MemoryRowStore();
  ~MemoryRowStore() override;

  Result<void> write(const RowBatch& batch) override;
  Result<void> flush() override;
  Result<void> beginBulk() override { return {}; }
  Result<void> endBulk() override { return {}; }
  // kInUse where a snapshot is.
  Result<void> clear() override;
  std::shared_ptr<const RowSnapshot> snapshot() const override;
  // The bytes of the newest keys and values, in memory.
  std::uint64_t diskBytes() const override;

 private:
  class Rows;
  class Snapshot;
  class Cursor;
  std::shared_ptr<Rows> rows_;
};

}  // namespace robotledger
