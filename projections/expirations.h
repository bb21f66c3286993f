// Expirations: the living accounts that will end, by when: those with days of their own by their
// end, those that follow the system setting by when they were issued, so that a change of the
// setting changes no row.
#pragma once

#include <map>
#include <optional>

#include "projections/projection.h"

namespace robotledger {

class Expirations final : public Projection {
 public:
  std::string_view name() const override { return "expirations"; }
  unsigned version() const override { return 1; }
  Result<void> apply(const Change& change) override;
  void flush(RowBatch& batch) override;
  void setRows(std::shared_ptr<const RowSnapshot> rows) override;

 private:
  // Of several changes of a row between two flushes the last is put.
  std::map<Bytes, std::optional<Bytes>> changed_;
};

}  // namespace robotledger
