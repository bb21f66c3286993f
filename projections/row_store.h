// RowStore: the sorted rows in which projections keep what they build. Disposable: everything in
// it can be built again from the log.
//
//   RowBatch batch; batch.put(key, value); store.write(batch);
//   auto rows = store.snapshot(); auto value = rows->get(key);
//
// RocksDB (without a write-ahead log) and memory stand behind it and pass the same tests.
#pragma once

#include <iterator>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace robotledger {

// A key, and its value, or nothing for a deletion.
using RowChange = std::pair<Bytes, std::optional<Bytes>>;

// Changes that come into force together. A later change of a key wins over an earlier one.
struct RowBatch {
  std::vector<RowChange> changes;
  void put(Bytes key, Bytes value) { changes.emplace_back(std::move(key), std::move(value)); }
  void remove(Bytes key) { changes.emplace_back(std::move(key), std::nullopt); }
  // Moves the changes of another batch behind those of this one.
  void take(RowBatch& other) {
    changes.insert(changes.end(), std::make_move_iterator(other.changes.begin()),
                   std::make_move_iterator(other.changes.end()));
    other.changes.clear();
  }
};

// Walks over the rows of a snapshot in the order of their keys, compared as bytes. One thread at a
// time. Views live until the next move. Does not outlive its snapshot.
class RowCursor {
 public:
  RowCursor() = default;
  RowCursor(const RowCursor&) = delete;
  RowCursor& operator=(const RowCursor&) = delete;
  virtual ~RowCursor() = default;
  virtual void seek(BytesView key) = 0;         // to the first row at or after the key
  virtual void seekForPrev(BytesView key) = 0;  // to the last row at or before the key
  virtual void next() = 0;                      // only where valid()
  virtual void prev() = 0;                      // only where valid()
  virtual bool valid() const = 0;               // stands on a row; false past the ends and on error
  virtual BytesView key() const = 0;            // only where valid()
  virtual BytesView value() const = 0;          // only where valid()
  virtual Result<void> status() const = 0;      // kViewsDamaged or kIo where a walk ended for that
};

// The rows as they stood at one moment, whatever is written after. Any thread.
class RowSnapshot {
 public:
  RowSnapshot() = default;
  RowSnapshot(const RowSnapshot&) = delete;
  RowSnapshot& operator=(const RowSnapshot&) = delete;
  virtual ~RowSnapshot() = default;
  virtual Result<std::optional<Bytes>> get(BytesView key) const = 0;
  // One answer a key, in the order of the keys asked for; cheaper than as many calls of get().
  virtual Result<std::vector<std::optional<Bytes>>> getMany(
      const std::vector<Bytes>& keys) const = 0;
  virtual std::unique_ptr<RowCursor> cursor() const = 0;
};

class RowStore {
 public:
  RowStore() = default;
  RowStore(const RowStore&) = delete;
  RowStore& operator=(const RowStore&) = delete;
  virtual ~RowStore() = default;

  // All of the batch or nothing of it, in order with other writes; seen by later snapshots. Not
  // durable: after a crash the store has the writes up to some earlier one, and none after it.
  // One thread at a time.
  virtual Result<void> write(const RowBatch& batch) = 0;

  // Starts to move what is written to the disk, and does not wait for it. One thread at a time.
  virtual Result<void> flush() = 0;

  // For many rows at once: between these two, or until clear(), what is written is not yet put in
  // order for reading; then all of it is, beside other work. One thread at a time.
  virtual Result<void> beginBulk() = 0;
  virtual Result<void> endBulk() = 0;

  // Drops every row. kInUse where a snapshot is in use; nothing is dropped then. One thread at a
  // time.
  virtual Result<void> clear() = 0;

  // The rows as they are now. The store outlives its snapshots. Any thread.
  virtual std::shared_ptr<const RowSnapshot> snapshot() const = 0;

  // Bytes on disk, roughly. Any thread.
  virtual std::uint64_t diskBytes() const = 0;
};

}  // namespace robotledger
