#include "core/log/rocks_log_store.h"

#include <mutex>
#include <set>
#include <utility>

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/listener.h>
#include <rocksdb/write_batch.h>

#include "core/log/log_layout.h"
#include "core/log/log_rules.h"
#include "core/log/rocks_common.h"
#include "core/log/rocks_log_options.h"
#include "core/log/rocks_log_recovery.h"
#include "core/log/rocks_opening.h"
#include "core/log/rocks_status.h"
#include "core/merkle/tree.h"

namespace robotledger {
namespace {

// What a record costs in a write batch besides its entry: key, lengths, leaf hash and its tile's.
constexpr std::size_t kBatchBytesPerEntry = 96;
constexpr std::size_t kScanReadaheadBytes = std::size_t{256} << 10;

rocksdb::Slice slice(BytesView bytes) { return {bytes.data(), bytes.size()}; }

// Learns that RocksDB may have stopped writing for an error in the background, and for which.
class ErrorListener final : public rocksdb::EventListener {
 public:
  void OnBackgroundError(rocksdb::BackgroundErrorReason, rocksdb::Status* status) override {
    const std::lock_guard lock(mutex_);
    failure_ = *status;
  }
  // OK where nothing failed since the last forget().
  rocksdb::Status failure() const {
    const std::lock_guard lock(mutex_);
    return failure_;
  }
  void forget() { restore(rocksdb::Status::OK()); }
  void restore(const rocksdb::Status& failure) {
    const std::lock_guard lock(mutex_);
    failure_ = failure;
  }

 private:
  mutable std::mutex mutex_;
  rocksdb::Status failure_;
};

class RocksCursor final : public LogCursor {
 public:
  RocksCursor(rocksdb::DB& db, Sequence from, TreeSize until)
      : next_(from), until_(until), end_key_(recordKey(Sequence{until.value})) {
    end_ = slice(bytesOf(end_key_));
    rocksdb::ReadOptions options;
    options.verify_checksums = true;
    options.fill_cache = false;
    options.readahead_size = kScanReadaheadBytes;
    options.iterate_upper_bound = &end_;
    rows_.reset(db.NewIterator(options));
    rows_->Seek(slice(bytesOf(recordKey(from))));
  }

  Result<std::optional<BytesView>> next() override {
    if (failed_) return *failed_;
    if (next_.value == until_.value) return std::optional<BytesView>();
    auto record = advance();
    if (!record) {
      failed_ = record.error();  // what comes after it cannot be told in order
      return *failed_;
    }
    ++next_.value;
    return std::optional<BytesView>(record->entry);
  }

 private:
  // Moves to the next record; the iterator already stands on the first.
  Result<StoredRecord> advance() {
    if (started_) rows_->Next();
    started_ = true;
    if (!rows_->Valid() && !rows_->status().ok()) {
      return rocksError(rows_->status(), "reading record " + std::to_string(next_.value));
    }
    if (!rows_->Valid() || parseRecordKey(rows_->key().ToStringView()) != next_) {
      return damagedRecord(next_, "is missing");
    }
    return decodeRecord(next_, rows_->value().ToStringView());
  }

  Sequence next_;
  TreeSize until_;
  std::array<char, kRecordKeyBytes> end_key_;
  rocksdb::Slice end_;
  std::unique_ptr<rocksdb::Iterator> rows_;
  bool started_ = false;
  std::optional<Error> failed_;
};

struct OpenedDatabase {
  std::shared_ptr<rocksdb::Env> env;  // closed after the database
  std::unique_ptr<rocksdb::DB> db;
  LogHead head;
};

class RocksLogStore final : public LogStore {
 public:
  RocksLogStore(OpenedDatabase opened, std::shared_ptr<ErrorListener> errors,
                RecoveredLog recovered)
      : env_(std::move(opened.env)),
        errors_(std::move(errors)),
        db_(std::move(opened.db)),
        tree_(std::move(recovered.tree)),
        head_(recovered.head) {}

  LogHead head() const override {
    const std::lock_guard lock(mutex_);
    return head_;
  }
  AppendOutcome append(TreeSize expected, const LogBatch& batch) override;
  Result<Bytes> read(Sequence sequence) const override;
  Result<std::unique_ptr<LogCursor>> scan(Sequence from, TreeSize until) const override;
  Result<Bytes> hashTile(unsigned level, std::uint64_t index, unsigned width) const override;

 private:
  std::optional<AppendOutcome> refuseStopped();

  // Closed in the reverse order: RocksDB before what it works on.
  std::shared_ptr<rocksdb::Env> env_;
  std::shared_ptr<ErrorListener> errors_;
  std::unique_ptr<rocksdb::DB> db_;
  AppendState state_ = AppendState::kOpen;  // the appending thread's

  // Changed by the appending thread with the mutex held, so that it may read them without.
  mutable std::mutex mutex_;
  TreeBuilder tree_;
  LogHead head_;
};

// After a failed flush RocksDB refuses every write until it is told to go on. What is refused here
// was never handed to it, which proves that nothing of it is on disk.
std::optional<AppendOutcome> RocksLogStore::refuseStopped() {
  const rocksdb::Status failure = errors_->failure();
  if (failure.ok()) return std::nullopt;
  errors_->forget();
  if (db_->Resume().ok()) return std::nullopt;
  if (errors_->failure().ok()) errors_->restore(failure);
  Error error = rocksError(failure, "the log's disk takes no writes");
  error.code = ErrorCode::kIo;
  return AppendOutcome{
      .ending = AppendEnding::kNotWritten, .head = head_, .error = std::move(error)};
}

void putRecords(rocksdb::WriteBatch& write, TreeSize from, const LogBatch& batch,
                const std::vector<Digest>& leaves) {
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    const auto key = recordKey(Sequence{from.value + i});
    const rocksdb::Slice key_part = slice(bytesOf(key));
    const std::array<rocksdb::Slice, 2> value = {slice(digestBytes(leaves[i])),
                                                 slice(batch.entries[i])};
    write.Put(rocksdb::SliceParts(&key_part, 1), rocksdb::SliceParts(value.data(), 2));
  }
}

AppendOutcome RocksLogStore::append(TreeSize expected, const LogBatch& batch) {
  if (auto refused = refuseAppend(head_, state_, expected, batch)) return *refused;
  if (auto refused = refuseStopped()) return *refused;

  std::vector<Digest> leaves;
  leaves.reserve(batch.entries.size());
  std::size_t bytes = 0;
  for (const Bytes& entry : batch.entries) {
    leaves.push_back(leafHash(entry));
    bytes += entry.size() + kBatchBytesPerEntry;
  }
  TreeGrowth growth = tree_.grow(leaves);
  const LogHead head{.size = growth.size(), .root = growth.root(), .batch = batch.id};

  rocksdb::WriteBatch write(bytes);
  putRecords(write, head_.size, batch, leaves);
  for (const FinishedTile& tile : growth.finishedTiles()) {
    write.Put(slice(bytesOf(tileKey(tile.id))), slice(tile.hashes));
  }
  write.Put(slice(kHeadKey), slice(encodeHead(head)));

  rocksdb::WriteOptions options;
  options.sync = true;
  const rocksdb::Status status = db_->Write(options, &write);
  if (!status.ok()) {
    state_ = AppendState::kClosed;
    Error error =
        rocksError(status, "whether records " + std::to_string(head_.size.value) + " to " +
                               std::to_string(head.size.value - 1) + " are written is unknown");
    error.code = ErrorCode::kOutcomeUnknown;
    return {.ending = AppendEnding::kUnknown, .head = head_, .error = std::move(error)};
  }
  // From here on the batch is durable.
  const std::lock_guard lock(mutex_);
  tree_.commit(std::move(growth));
  head_ = head;
  return {.ending = AppendEnding::kCommitted, .head = head, .error = {}};
}

Result<Bytes> RocksLogStore::read(Sequence sequence) const {
  if (auto refused = refuseRead(head(), sequence)) return *refused;
  rocksdb::ReadOptions options;
  options.verify_checksums = true;
  rocksdb::PinnableSlice value;
  const rocksdb::Status status =
      db_->Get(options, db_->DefaultColumnFamily(), slice(bytesOf(recordKey(sequence))), &value);
  if (status.IsNotFound()) return damagedRecord(sequence, "is missing");
  if (!status.ok()) {
    return rocksError(status, "reading record " + std::to_string(sequence.value));
  }
  auto record = decodeRecord(sequence, value.ToStringView());
  if (!record) return record.error();
  return Bytes(record->entry);
}

Result<std::unique_ptr<LogCursor>> RocksLogStore::scan(Sequence from, TreeSize until) const {
  if (auto refused = refuseScan(head(), from, until)) return *refused;
  return std::unique_ptr<LogCursor>(std::make_unique<RocksCursor>(*db_, from, until));
}

Result<Bytes> RocksLogStore::hashTile(unsigned level, std::uint64_t index, unsigned width) const {
  {
    const std::lock_guard lock(mutex_);
    if (auto refused = refuseTile(head_, level, index, width)) return *refused;
    if (tileWidth({level, index}, head_.size) < kTileWidth) {
      return Bytes(tree_.unfinishedTile(level).substr(0, width * kDigestBytes));
    }
  }
  rocksdb::ReadOptions options;
  options.verify_checksums = true;
  Bytes hashes;
  const rocksdb::Status status =
      db_->Get(options, slice(bytesOf(tileKey({level, index}))), &hashes);
  if (status.IsNotFound()) return damagedTile(level, index, "is missing");
  if (!status.ok()) {
    return rocksError(status,
                      "reading tile " + std::to_string(level) + "/" + std::to_string(index));
  }
  if (hashes.size() != kTileBytes) {
    return damagedTile(
        level, index,
        "has " + std::to_string(hashes.size()) + " bytes, not " + std::to_string(kTileBytes));
  }
  hashes.resize(width * kDigestBytes);
  return hashes;
}

// Gives a new database the head of an empty log, so that from here on a log without a head is
// damage.
Result<LogHead> createLog(rocksdb::DB& db) {
  const LogHead head{.size = {}, .root = emptyRoot(), .batch = {}};
  rocksdb::WriteOptions options;
  options.sync = true;
  const rocksdb::Status status = db.Put(options, slice(kHeadKey), slice(encodeHead(head)));
  if (!status.ok()) return rocksError(status, "creating the log");
  return head;
}

// What RocksDB found is what was inspected just before.
Result<void> checkSame(rocksdb::DB& db, const LogHead& head, const RecoveredLog& inspected) {
  const std::set<std::string> tables = tableNames(db);
  std::string missing;
  for (const std::string& table : inspected.tables) {
    if (!tables.contains(table)) missing = table;
  }
  if (head == inspected.head && missing.empty()) return {};
  return Error{ErrorCode::kDamaged,
               "two readings of the log differ: first " +
                   std::to_string(inspected.head.size.value) + " records, and then " +
                   std::to_string(head.size.value) +
                   (missing.empty() ? "" : " without the table " + missing) +
                   "; the disk or the memory of this machine fails; nothing was changed"};
}

// Opens the database, which is `db` then, also where what is found is not what was inspected.
Result<LogHead> openDatabase(const std::string& directory, const rocksdb::Options& settings,
                             const std::optional<RecoveredLog>& inspected,
                             std::unique_ptr<rocksdb::DB>& db) {
  rocksdb::DB* opened = nullptr;
  const rocksdb::Status status = rocksdb::DB::Open(settings, directory, &opened);
  db.reset(opened);
  if (!status.ok()) {
    Error error = rocksError(status, "opening the log");
    // It was there when the log was inspected.
    if (status.IsPathNotFound() && inspected) error.code = ErrorCode::kDamaged;
    return error;
  }
  auto head = inspected ? readLogHead(*db) : createLog(*db);
  if (!head || !inspected) return head;
  if (auto same = checkSame(*db, *head, *inspected); !same) return same.error();
  return head;
}

// Leaves the directory as it was, where what is found is not what was inspected.
Result<OpenedDatabase> openForWriting(const std::string& directory, rocksdb::Options settings,
                                      const std::optional<RecoveredLog>& inspected) {
  RocksOpening opening(*settings.env, directory);
  settings.env = opening.env().get();
  settings.listeners.push_back(opening.listener());
  OpenedDatabase opened{.env = opening.env(), .db = nullptr, .head = {}};
  const auto head = openDatabase(directory, settings, inspected, opened.db);
  if (!head) {
    if (auto put = opening.putBack(std::move(opened.db)); !put) return put.error();
    return head.error();
  }
  opening.accept();
  removeEmptyWriteAheadLogs(*settings.env, directory);
  opened.head = *head;
  return opened;
}

}  // namespace

Result<std::unique_ptr<LogStore>> openRocksLogStore(const std::string& directory,
                                                    const RocksLogOptions& options) {
  const auto here = [&](Error error) {
    error.message = directory + ": " + error.message;
    return error;
  };
  auto contents = lookInto(directory);
  if (!contents) return contents.error();
  auto errors = std::make_shared<ErrorListener>();
  rocksdb::Options settings = rocksLogSettings(options);

  std::optional<RecoveredLog> found;
  if (*contents == DirectoryContents::kDatabase) {
    auto inspected = inspectLog(directory, settings, options.accept);
    if (!inspected) return here(inspected.error());
    found = *std::move(inspected);
  }
  if (!found && options.opening == LogOpening::kMustExist) {
    return Error{ErrorCode::kInvalidArgument,
                 "there is no log in " + directory + "; create one, or name its directory"};
  }
  settings.create_if_missing = *contents == DirectoryContents::kNothing;
  settings.listeners.push_back(errors);
  auto opened = openForWriting(directory, settings, found);
  if (!opened) return here(opened.error());
  if (!found) found = RecoveredLog{.head = opened->head, .tree = {}, .tables = {}};
  return std::unique_ptr<LogStore>(
      std::make_unique<RocksLogStore>(*std::move(opened), std::move(errors), *std::move(found)));
}

}  // namespace robotledger
