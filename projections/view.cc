#include "projections/view.h"

#include "core/ledger/saved_state.h"

namespace robotledger {

Result<AsOf> asOf(const View& view, Sequence sequence) {
  if (sequence == view.last()) return view.newest();
  if (sequence.value >= view.size.value) {
    return Error{ErrorCode::kNotFound, "there is no event " + std::to_string(sequence.value) +
                                           ": the last one is " +
                                           std::to_string(view.last().value)};
  }
  const auto event = readEvent(*view.log, sequence);
  if (!event) return event.error();
  return AsOf{sequence, event->time};
}

}  // namespace robotledger
