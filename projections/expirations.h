// Expirations: the living accounts that will end, by when: those with days of their own by their
// end, those that follow the system setting by when they were issued, so that a change of the
// setting changes no row.
#pragma once

#include "projections/projection.h"

namespace robotledger {

class Expirations final : public Projection {
 public:
  std::string_view name() const override { return "expirations"; }
  unsigned version() const override { return 1; }
  Result<void> apply(const Change& change) override;
  void flush(RowBatch& batch) override { batch.take(changed_); }
  // Rows are put in order, so that one that changes again comes out as the last of its changes.
  void flushFinished(RowBatch& batch) override { batch.take(changed_); }
  bool isFull() const override { return false; }
  void setRows(std::shared_ptr<const RowSnapshot> rows) override;

 private:
  RowBatch changed_;  // in order: of several changes of a row the last counts
};

}  // namespace robotledger
