// LogStore: an append-only log of opaque records with its RFC 6962 Merkle tree.
//
//   LogBatch batch{.id = *newBatchId(), .entries = {bytes}};
//   AppendOutcome outcome = store.append(store.head().size, batch);
//   if (outcome.ending == AppendEnding::kCommitted) { /* durable, and in the tree */ }
//
// The store knows bytes and hashes and nothing of events. RocksDB and memory stand behind the same
// interface and pass the same tests; a replicated engine may come, so nothing above may assume that
// an append is local or quick.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/base/sha256.h"

namespace robotledger {

// 16 random bytes, so that a batch whose ending nobody knows can be looked up in the head.
using BatchId = std::array<std::uint8_t, 16>;

// Any thread. Fails only where the system has no randomness to give.
Result<BatchId> newBatchId();

struct LogHead {
  TreeSize size;    // how many records there are
  Digest root{};    // the tree's root at that size; SHA-256 of nothing for an empty log
  BatchId batch{};  // the last batch; zeros for an empty log
  bool operator==(const LogHead&) const = default;
};

struct LogBatch {
  BatchId id{};
  std::vector<Bytes> entries;  // at least one, each of 1 to kMaxEntryBytes
};

enum class AppendEnding {
  kCommitted,  // durable and in the tree; the head is the new one
  kConflict,   // the log has another size than expected; nothing was written
  // Nothing of it is or will be there. By the error's code: kInvalidArgument for an empty batch or
  // an entry of a wrong length; kIo where the disk would take nothing, and a later append may
  // succeed; kClosed after an unknown ending, until the log is opened again.
  kNotWritten,
  // It may or may not be there, all of it or nothing, as opening the log again will find. Until
  // then the store takes no further append, and reads as if it were not there.
  kUnknown,
};

struct AppendOutcome {
  AppendEnding ending = AppendEnding::kNotWritten;
  LogHead head;  // after a commit the new head, else the head as this store knows it
  Error error;   // what happened, unless committed; for a conflict kInvalidArgument
};

// Reads records in order, at the speed of the disk. One thread at a time; the store outlives it.
class LogCursor {
 public:
  LogCursor() = default;
  LogCursor(const LogCursor&) = delete;
  LogCursor& operator=(const LogCursor&) = delete;
  virtual ~LogCursor() = default;
  // The next record, checked against its stored leaf hash, or nothing at the end. The view lives
  // until the next call. kDamaged names the sequence of a missing or changed record.
  virtual Result<std::optional<BytesView>> next() = 0;
};

// All but append() may be called from any thread, also while an append runs.
class LogStore {
 public:
  LogStore() = default;
  LogStore(const LogStore&) = delete;
  LogStore& operator=(const LogStore&) = delete;
  virtual ~LogStore() = default;

  // The last committed head.
  virtual LogHead head() const = 0;

  // Compare-and-append: writes the whole batch, its leaf hashes, the tiles it finishes and the new
  // head in one synced write, if the log has `expected` records. One thread at a time.
  virtual AppendOutcome append(TreeSize expected, const LogBatch& batch) = 0;

  // One record, checked against its stored leaf hash. kNotFound past the end, kDamaged for a record
  // that is missing or was changed.
  virtual Result<Bytes> read(Sequence sequence) const = 0;

  // Records from `from` (included) to `until` (not included). kInvalidArgument where `until` is
  // past the head's size or before `from`.
  virtual Result<std::unique_ptr<LogCursor>> scan(Sequence from, TreeSize until) const = 0;

  // The hashes of tile (level, index), `width` of them (1 to 256), 32 bytes each, as C2SP
  // tlog-tiles lays them out; partial tiles are assembled. kNotFound where the tree is not so wide,
  // kInvalidArgument for another width, kDamaged for a tile that is missing or has another length.
  // Hashes are not checked against the root here: a proof made of changed ones fails where it is
  // checked. Opening a log checks the tiles at its right edge.
  virtual Result<Bytes> hashTile(unsigned level, std::uint64_t index, unsigned width) const = 0;
};

}  // namespace robotledger
