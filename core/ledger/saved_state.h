// The saved copy of the state, so that a ledger opens from it and the log's tail and not from the
// start of history. It is a convenience: a copy that is absent, damaged, or not of this log is
// passed over, and the state is folded from the first event.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/base/result.h"
#include "core/domain/state.h"
#include "core/log/log_store.h"

namespace robotledger {

// The root that the log's tree had when it held `size` records. kNotFound where it never did.
Result<Digest> rootAt(const LogStore& log, TreeSize size);

// Where the copy is kept. Any thread, one at a time.
class SavedStates {
 public:
  SavedStates() = default;
  SavedStates(const SavedStates&) = delete;
  SavedStates& operator=(const SavedStates&) = delete;
  virtual ~SavedStates() = default;
  // The bytes of the newest copy; nothing where there is none. kDamaged for what cannot be one.
  virtual Result<std::optional<Bytes>> load() = 0;
  // Puts a new copy in the place of the old one, all of it or nothing.
  virtual Result<void> save(BytesView bytes) = 0;
};

// In a file, which is written beside the old one, synced, and renamed over it. At most
// kMaxSavedStateBytes: what is longer is neither read nor written.
std::unique_ptr<SavedStates> savedStatesIn(std::string file);

struct LoadedState {
  State state;
  TreeSize copied_at;  // how many of its events the copy had; 0 where none was used
};

// The state at the log's head: from the copy, where it is this log's, and the events after it.
// kDamaged where a record is not readable, an event cannot follow on what came before it, or this
// ledger's copy has more events than the log, which must then have lost some.
// `copies` may be null.
Result<LoadedState> loadState(const LogStore& log, SavedStates* copies);

// Calls `visit` with each event from `from` to `until` (not included), in order, until it fails.
// The event is the visitor's to keep.
Result<void> forEachEvent(const LogStore& log, Sequence from, TreeSize until,
                          const std::function<Result<void>(Event&&)>& visit);

// The event in a record; kDamaged where it is not what its place in the log says. Any thread.
Result<Event> eventOf(Sequence sequence, BytesView record);

// The event, read and decoded; kDamaged likewise.
Result<Event> readEvent(const LogStore& log, Sequence sequence);

}  // namespace robotledger
