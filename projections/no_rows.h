// Rows that there are none of: the cursor that stands nowhere, and the snapshot without a row.
#pragma once

#include <memory>
#include <utility>

#include "projections/row_store.h"

namespace robotledger {

// Stands on no row; `status` says whether that is because there is none.
class NoRowsCursor final : public RowCursor {
 public:
  explicit NoRowsCursor(Result<void> status = {}) : status_(std::move(status)) {}
  void seek(BytesView) override {}
  void seekForPrev(BytesView) override {}
  void next() override {}
  void prev() override {}
  bool valid() const override { return false; }
  BytesView key() const override { return {}; }
  BytesView value() const override { return {}; }
  Result<void> status() const override { return status_; }

 private:
  Result<void> status_;
};

// What a build from nothing reads. A snapshot of a store that was empty says the same, but has to
// look past everything that was written since.
class NoRows final : public RowSnapshot {
 public:
  Result<std::optional<Bytes>> get(BytesView) const override { return std::optional<Bytes>(); }
  Result<std::vector<std::optional<Bytes>>> getMany(const std::vector<Bytes>& keys) const override {
    return std::vector<std::optional<Bytes>>(keys.size());
  }
  std::unique_ptr<RowCursor> cursor() const override { return std::make_unique<NoRowsCursor>(); }
};

}  // namespace robotledger
