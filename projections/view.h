// View: all projections as they stood at one position, whatever comes after. Questions read it.
#pragma once

#include <memory>

#include "core/base/ids.h"
#include "core/base/instant.h"
#include "core/base/result.h"
#include "core/log/log_store.h"
#include "projections/catalog.h"
#include "projections/row_store.h"

namespace robotledger {

// As if the log ended with that event.
struct AsOf {
  Sequence sequence;
  Instant time;  // the event's
};

// Any thread. The stores outlive it; let go of it soon, since it keeps old rows alive.
struct View {
  const LogStore* log = nullptr;
  std::shared_ptr<const RowSnapshot> rows;
  std::shared_ptr<const Catalog> catalog;
  TreeSize size;      // how many events are in it: at least the first
  Instant last_time;  // of the last of them

  Sequence last() const { return Sequence{size.value - 1}; }
  AsOf newest() const { return {last(), last_time}; }
};

// As of that event. kNotFound where the view does not have it, kDamaged where it cannot be read.
Result<AsOf> asOf(const View& view, Sequence sequence);

}  // namespace robotledger
