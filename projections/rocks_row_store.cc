#include "projections/rocks_row_store.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <utility>

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include "core/log/rocks_common.h"
#include "core/log/rocks_status.h"
#include "projections/no_rows.h"

namespace robotledger {
namespace {

// Damaged rows are no damage to the ledger: they can be built again.
Error rowsError(const rocksdb::Status& status, const std::string& doing) {
  Error error = rocksError(status, doing);
  if (error.code == ErrorCode::kDamaged) error.code = ErrorCode::kViewsDamaged;
  return error;
}

// What a row costs in a write batch besides its key and value, at most, and the batch's head.
constexpr std::size_t kBatchBytesPerRow = 16;
constexpr double kBloomBitsPerKey = 10;
constexpr std::size_t kBlockBytes = 8192;
constexpr int kWriteBuffers = 3;

rocksdb::Slice slice(BytesView bytes) { return {bytes.data(), bytes.size()}; }

// The eight bytes from there on as a number that sorts as they do; zeros past the end.
std::uint64_t bigEndianAt(BytesView bytes, std::size_t at) {
  std::array<char, sizeof(std::uint64_t)> eight{};
  if (at < bytes.size()) {
    const BytesView part = bytes.substr(at, eight.size());
    std::copy(part.begin(), part.end(), eight.begin());
  }
  std::uint64_t number = 0;
  for (const char byte : eight) number = (number << 8) | static_cast<std::uint8_t>(byte);
  return number;
}

Error closedError() {
  return {ErrorCode::kClosed, "the rows are closed since dropping them failed"};
}

rocksdb::Options settingsFor(const RocksRowOptions& options) {
  rocksdb::Options settings = commonRocksSettings(options.env.get());
  settings.create_if_missing = true;
  // A question reads a row here and a row there: half of its time was ZSTD, for a fifth less disk.
  settings.bottommost_compression = settings.compression;
  // Rows come sorted: each kind goes on where its last one was put.
  settings.memtable_insert_with_hint_prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(1));
  settings.write_buffer_size = options.write_buffer_bytes;
  settings.max_write_buffer_number = kWriteBuffers;
  rocksdb::BlockBasedTableOptions table = commonRocksTables(options.block_cache_bytes, kBlockBytes);
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kBloomBitsPerKey));
  table.data_block_index_type = rocksdb::BlockBasedTableOptions::kDataBlockBinaryAndHash;
  settings.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return settings;
}

class RocksRowCursor final : public RowCursor {
 public:
  explicit RocksRowCursor(std::unique_ptr<rocksdb::Iterator> rows) : rows_(std::move(rows)) {}
  void seek(BytesView key) override { rows_->Seek(slice(key)); }
  void seekForPrev(BytesView key) override { rows_->SeekForPrev(slice(key)); }
  void next() override { rows_->Next(); }
  void prev() override { rows_->Prev(); }
  bool valid() const override { return rows_->Valid(); }
  BytesView key() const override { return rows_->key().ToStringView(); }
  BytesView value() const override { return rows_->value().ToStringView(); }
  Result<void> status() const override {
    if (rows_->status().ok()) return {};
    return rowsError(rows_->status(), "walking over the rows");
  }

 private:
  std::unique_ptr<rocksdb::Iterator> rows_;
};

class RocksRowSnapshot final : public RowSnapshot {
 public:
  explicit RocksRowSnapshot(std::shared_ptr<rocksdb::DB> db)
      : db_(std::move(db)), snapshot_(db_ != nullptr ? db_->GetSnapshot() : nullptr) {
    options_.snapshot = snapshot_;
  }
  ~RocksRowSnapshot() override {
    if (db_ != nullptr) db_->ReleaseSnapshot(snapshot_);
  }

  Result<std::optional<Bytes>> get(BytesView key) const override {
    if (db_ == nullptr) return closedError();
    Bytes value;
    const rocksdb::Status status = db_->Get(options_, slice(key), &value);
    if (status.ok()) return std::optional(std::move(value));
    if (status.IsNotFound()) return std::optional<Bytes>();
    return rowsError(status, "reading a row");
  }

  Result<std::vector<std::optional<Bytes>>> getMany(const std::vector<Bytes>& keys) const override {
    if (db_ == nullptr) return closedError();
    std::vector<rocksdb::Slice> slices;
    slices.reserve(keys.size());
    for (const Bytes& key : keys) slices.push_back(slice(key));
    std::vector<rocksdb::PinnableSlice> values(keys.size());
    std::vector<rocksdb::Status> statuses(keys.size());
    db_->MultiGet(options_, db_->DefaultColumnFamily(), keys.size(), slices.data(), values.data(),
                  statuses.data());
    std::vector<std::optional<Bytes>> found(keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (statuses[i].ok()) {
        found[i] = values[i].ToString();
      } else if (!statuses[i].IsNotFound()) {
        return rowsError(statuses[i], "reading rows");
      }
    }
    return found;
  }

  std::unique_ptr<RowCursor> cursor() const override {
    if (db_ == nullptr) return std::make_unique<NoRowsCursor>(closedError());
    return std::make_unique<RocksRowCursor>(
        std::unique_ptr<rocksdb::Iterator>(db_->NewIterator(options_)));
  }

 private:
  std::shared_ptr<rocksdb::DB> db_;
  const rocksdb::Snapshot* snapshot_;
  rocksdb::ReadOptions options_;
};

class RocksRowStore final : public RowStore {
 public:
  RocksRowStore(std::string directory, const RocksRowOptions& options)
      : directory_(std::move(directory)), env_(options.env), settings_(settingsFor(options)) {}
  ~RocksRowStore() override;

  Result<void> open();
  Result<void> write(const RowBatch& batch) override;
  Result<void> flush() override;
  Result<void> beginBulk() override { return setCompactions("true"); }
  Result<void> endBulk() override { return setCompactions("false"); }
  Result<void> clear() override;
  std::shared_ptr<const RowSnapshot> snapshot() const override {
    return std::make_shared<RocksRowSnapshot>(database());
  }
  std::uint64_t diskBytes() const override;

 private:
  Result<void> setCompactions(const char* disabled);
  std::shared_ptr<rocksdb::DB> database() const {
    const std::lock_guard lock(mutex_);
    return db_;
  }

  std::string directory_;
  std::shared_ptr<rocksdb::Env> env_;  // outlives the database
  rocksdb::Options settings_;
  mutable std::mutex mutex_;
  std::shared_ptr<rocksdb::DB> db_;  // none where clear() failed half-way
};

// RocksDB writes what is in memory when it is closed, but gives up a flush that is on its way.
RocksRowStore::~RocksRowStore() {
  const auto db = database();
  if (db == nullptr) return;
  rocksdb::FlushOptions options;
  options.wait = true;
  options.allow_write_stall = true;
  // Rows that were not written are built again.
  db->Flush(options).PermitUncheckedError();
}

Result<void> RocksRowStore::open() {
  rocksdb::DB* opened = nullptr;
  const rocksdb::Status status = rocksdb::DB::Open(settings_, directory_, &opened);
  if (!status.ok()) {
    Error error = rowsError(status, "opening the rows in " + directory_);
    // A file that RocksDB names and does not find was taken away.
    if (status.IsPathNotFound()) error.code = ErrorCode::kViewsDamaged;
    return error;
  }
  removeEmptyWriteAheadLogs(*settings_.env, directory_);
  const std::lock_guard lock(mutex_);
  db_.reset(opened);
  return {};
}

// The last change of each key, in order of keys: RocksDB takes sorted rows at a third of the cost,
// and the tables that it makes of them do not overlap.
std::vector<const RowChange*> sortedChanges(const RowBatch& batch) {
  // Most comparisons end within the first bytes, which are kept here as numbers.
  struct Place {
    std::uint64_t high;
    std::uint64_t low;
    const RowChange* change;
  };
  std::vector<Place> places;
  places.reserve(batch.changes.size());
  for (const RowChange& change : batch.changes) {
    const BytesView key = change.first;
    places.push_back({bigEndianAt(key, 0), bigEndianAt(key, sizeof(std::uint64_t)), &change});
  }
  std::sort(places.begin(), places.end(), [](const Place& left, const Place& right) {
    if (left.high != right.high) return left.high < right.high;
    if (left.low != right.low) return left.low < right.low;
    const int order = left.change->first.compare(right.change->first);
    return order != 0 ? order < 0 : left.change < right.change;
  });
  std::vector<const RowChange*> sorted;
  sorted.reserve(places.size());
  for (const Place& place : places) {
    if (!sorted.empty() && sorted.back()->first == place.change->first) {
      sorted.back() = place.change;
    } else {
      sorted.push_back(place.change);
    }
  }
  return sorted;
}

Result<void> RocksRowStore::write(const RowBatch& batch) {
  const auto db = database();
  if (db == nullptr) return closedError();
  const std::vector<const RowChange*> changes = sortedChanges(batch);
  std::size_t bytes = 0;
  for (const RowChange* change : changes) {
    bytes +=
        kBatchBytesPerRow + change->first.size() + (change->second ? change->second->size() : 0);
  }
  rocksdb::WriteBatch write(bytes);
  for (const RowChange* change : changes) {
    const auto& [key, value] = *change;
    if (value) {
      write.Put(slice(key), slice(*value));
    } else {
      write.Delete(slice(key));
    }
  }
  rocksdb::WriteOptions options;
  options.disableWAL = true;
  const rocksdb::Status status = db->Write(options, &write);
  if (status.ok()) return {};
  return rowsError(status, "writing rows");
}

Result<void> RocksRowStore::flush() {
  const auto db = database();
  if (db == nullptr) return closedError();
  rocksdb::FlushOptions options;
  options.wait = false;
  options.allow_write_stall = true;  // else it would wait until no write can be delayed by it
  const rocksdb::Status status = db->Flush(options);
  if (status.ok()) return {};
  return rowsError(status, "flushing rows");
}

Result<void> RocksRowStore::setCompactions(const char* disabled) {
  const auto db = database();
  if (db == nullptr) return closedError();
  const rocksdb::Status status = db->SetOptions({{"disable_auto_compactions", disabled}});
  if (status.ok()) return {};
  return rowsError(status, "changing how rows are written");
}

Result<void> RocksRowStore::clear() {
  {
    const std::lock_guard lock(mutex_);
    if (db_ == nullptr) return closedError();
    if (db_.use_count() > 1) {
      return Error{ErrorCode::kInUse,
                   "the rows cannot be dropped while a snapshot of them is in use"};
    }
    // Nothing of what is in memory is worth the disk any more.
    const rocksdb::Status status = db_->SetDBOptions({{"avoid_flush_during_shutdown", "true"}});
    if (!status.ok()) return rowsError(status, "closing the rows");
    db_.reset();
  }
  // Without CURRENT there are no rows: a crash from here on leaves none, and not some of them.
  rocksdb::Status status = settings_.env->DeleteFile(directory_ + "/CURRENT");
  if (status.ok()) status = rocksdb::DestroyDB(directory_, settings_);
  if (!status.ok()) return rowsError(status, "dropping the rows in " + directory_);
  return open();
}

std::uint64_t RocksRowStore::diskBytes() const {
  // Holding no reference of its own, it does not look like a snapshot in use.
  const std::lock_guard lock(mutex_);
  std::uint64_t bytes = 0;
  if (db_ != nullptr) db_->GetIntProperty(rocksdb::DB::Properties::kLiveSstFilesSize, &bytes);
  return bytes;
}

}  // namespace

Result<std::unique_ptr<RowStore>> openRocksRowStore(const std::string& directory,
                                                    const RocksRowOptions& options) {
  auto store = std::make_unique<RocksRowStore>(directory, options);
  if (auto opened = store->open(); !opened) return opened.error();
  return std::unique_ptr<RowStore>(std::move(store));
}

}  // namespace robotledger
