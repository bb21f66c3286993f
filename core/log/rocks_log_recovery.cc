#include "core/log/rocks_log_recovery.h"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <string>
#include <system_error>
#include <utility>

#include <rocksdb/db.h>
#include <rocksdb/env.h>

#include "core/log/log_layout.h"
#include "core/log/log_rules.h"
#include "core/log/rocks_status.h"

namespace robotledger {
namespace {

rocksdb::Slice slice(BytesView bytes) { return {bytes.data(), bytes.size()}; }

bool isOfLog(BytesView key) {
  return key == kHeadKey || parseRecordKey(key).has_value() || parseTileKey(key).has_value();
}

std::string count(std::uint64_t value) { return std::to_string(value); }

class Recovery {
 public:
  explicit Recovery(rocksdb::DB& db) : db_(db), rows_(db.NewIterator(readOptions())) {}

  Result<RecoveredLog> run();
  // The root that the tree had at a size up to the head's, after run().
  Result<Digest> rootAt(TreeSize size);

 private:
  static rocksdb::ReadOptions readOptions() {
    rocksdb::ReadOptions options;
    options.verify_checksums = true;
    return options;
  }

  Error explainMissingHead();
  Result<void> checkFirstKey();
  Result<void> checkTilesEnd(unsigned level);
  Result<Bytes> readLeaves(std::uint64_t from, std::uint64_t until);
  Result<void> checkNothingFollows();
  Result<Bytes> readTile(TileId id);
  // False, or the error where the iterator stopped for one.
  Result<bool> stands();
  BytesView key() const { return rows_->key().ToStringView(); }

  rocksdb::DB& db_;
  std::unique_ptr<rocksdb::Iterator> rows_;
  LogHead head_;
};

Result<RecoveredLog> Recovery::run() {
  auto head = readLogHead(db_);
  if (!head && head.error().code == ErrorCode::kNotFound) return explainMissingHead();
  if (!head) return head.error();
  head_ = *head;
  if (auto first = checkFirstKey(); !first) return first.error();
  // Those after the last full tile, or the last one where all tiles are full.
  const std::uint64_t size = head_.size.value;
  const std::uint64_t in_tile = size % kTileWidth;
  auto leaves = readLeaves(size - (in_tile == 0 && size > 0 ? 1 : in_tile), size);
  if (!leaves) return leaves.error();
  if (auto end = checkNothingFollows(); !end) return end.error();
  if (in_tile == 0) leaves->clear();
  for (unsigned level = 0; level < kTileLevels; ++level) {
    if (auto end = checkTilesEnd(level); !end) return end.error();
  }
  auto tree = TreeBuilder::restore(head_.size, *leaves, [&](TileId id) { return readTile(id); });
  if (!tree) return tree.error();
  if (tree->root() != head_.root) {
    return Error{ErrorCode::kDamaged, "the log's head names the root " +
                                          toHex(digestBytes(head_.root)) + " for " +
                                          count(head_.size.value) + " records, and the tree has " +
                                          toHex(digestBytes(tree->root()))};
  }
  return RecoveredLog{.head = head_, .tree = *std::move(tree), .tables = tableNames(db_)};
}

Result<bool> Recovery::stands() {
  if (rows_->Valid()) return true;
  if (rows_->status().ok()) return false;
  return rocksError(rows_->status(), "checking the log");
}

Error Recovery::explainMissingHead() {
  rows_->SeekToFirst();
  auto found = stands();
  if (!found) return found.error();
  if (!*found) return {ErrorCode::kNotFound, "the database is empty"};
  if (isOfLog(key())) return {ErrorCode::kDamaged, "the log has records, and its head is missing"};
  return {ErrorCode::kInvalidArgument,
          "this is the database of another program, not a log; name another directory"};
}

// 'e' sorts before 'h' and 't', so the first key of a log is its first record, or the head.
Result<void> Recovery::checkFirstKey() {
  rows_->SeekToFirst();
  auto found = stands();
  if (!found) return found.error();
  const auto first = recordKey(Sequence{0});
  const BytesView expected = head_.size.value > 0 ? bytesOf(first) : kHeadKey;
  if (*found && key() == expected) return {};
  if (*found && !isOfLog(key())) {
    return Error{ErrorCode::kDamaged, "the log has a key of no known kind: " + toHex(key())};
  }
  if (head_.size.value > 0) return damagedRecord(Sequence{0}, "is missing");
  return Error{ErrorCode::kDamaged, "the log's head names no record, and there are some"};
}

// The leaf hashes of these records, each checked against its entry; stands behind the last of them.
Result<Bytes> Recovery::readLeaves(std::uint64_t from, std::uint64_t until) {
  Bytes leaves;
  rows_->Seek(slice(bytesOf(recordKey(Sequence{from}))));
  for (std::uint64_t i = from; i < until; ++i, rows_->Next()) {
    auto found = stands();
    if (!found) return found.error();
    if (!*found || parseRecordKey(key()) != Sequence{i}) {
      return damagedRecord(Sequence{i}, "is missing");
    }
    auto record = decodeRecord(Sequence{i}, rows_->value().ToStringView());
    if (!record) return record.error();
    leaves.append(digestBytes(record->leaf));
  }
  return leaves;
}

// Where the iterator stands behind the last record.
Result<void> Recovery::checkNothingFollows() {
  auto more = stands();
  if (!more) return more.error();
  if (*more && key() == kHeadKey) return {};
  const auto beyond = *more ? parseRecordKey(key()) : std::nullopt;
  return Error{ErrorCode::kDamaged,
               "the log's head names " + count(head_.size.value) + " records, and " +
                   (beyond ? "there is record " + count(beyond->value) : "another key follows")};
}

Result<Digest> Recovery::rootAt(TreeSize size) {
  const auto leaves = readLeaves(size.value - size.value % kTileWidth, size.value);
  if (!leaves) return leaves.error();
  const auto tree = TreeBuilder::restore(size, *leaves, [&](TileId id) { return readTile(id); });
  if (!tree) return tree.error();
  return tree->root();
}

// The last tile of a level is the last full one of the tree.
Result<void> Recovery::checkTilesEnd(unsigned level) {
  const std::uint64_t full = hashesAtLevel(level, head_.size) / kTileWidth;
  rows_->SeekForPrev(slice(bytesOf(tileKey({level, std::numeric_limits<std::uint64_t>::max()}))));
  auto found = stands();
  if (!found) return found.error();
  const auto last = *found ? parseTileKey(key()) : std::nullopt;
  const std::uint64_t tiles = last && last->level == level ? last->index + 1 : 0;
  if (tiles == full) return {};
  return Error{ErrorCode::kDamaged, "a tree of " + count(head_.size.value) + " records has " +
                                        count(full) + " full tiles at level " + count(level) +
                                        ", and the log has " + count(tiles)};
}

Result<Bytes> Recovery::readTile(TileId id) {
  Bytes hashes;
  const rocksdb::Status status = db_.Get(readOptions(), slice(bytesOf(tileKey(id))), &hashes);
  if (status.IsNotFound()) return damagedTile(id.level, id.index, "is missing");
  if (!status.ok()) {
    return rocksError(status, "reading tile " + count(id.level) + "/" + count(id.index));
  }
  return hashes;
}

// Keeps other openers out, as opening for reading does not.
class DirectoryLock {
 public:
  DirectoryLock(rocksdb::Env& env, const std::string& directory) : env_(env) {
    status_ = env_.LockFile(directory + "/LOCK", &lock_);
  }
  DirectoryLock(const DirectoryLock&) = delete;
  DirectoryLock& operator=(const DirectoryLock&) = delete;
  ~DirectoryLock() {
    if (status_.ok()) env_.UnlockFile(lock_).PermitUncheckedError();
  }
  const rocksdb::Status& status() const { return status_; }

 private:
  rocksdb::Env& env_;
  rocksdb::FileLock* lock_ = nullptr;
  rocksdb::Status status_;
};

std::string anyTable(const std::string& directory) {
  std::error_code failed;
  std::filesystem::directory_iterator entry(directory, failed);
  for (; !failed && entry != std::filesystem::directory_iterator(); entry.increment(failed)) {
    if (entry->path().extension() == ".sst") return entry->path().filename().string();
  }
  return {};
}

}  // namespace

Result<LogHead> readLogHead(rocksdb::DB& db) {
  rocksdb::ReadOptions options;
  options.verify_checksums = true;
  std::string value;
  const rocksdb::Status status = db.Get(options, slice(kHeadKey), &value);
  if (status.ok()) return decodeHead(value);
  return rocksError(status, "reading the log's head");
}

std::set<std::string> tableNames(rocksdb::DB& db) {
  std::vector<rocksdb::LiveFileMetaData> live;
  db.GetLiveFilesMetaData(&live);
  std::set<std::string> names;
  for (const auto& file : live) names.insert(file.name);
  return names;
}

Result<std::optional<RecoveredLog>> inspectLog(
    const std::string& directory, const rocksdb::Options& settings,
    const std::function<Result<void>(const LogHead&, const RootAt&)>& accept) {
  const DirectoryLock lock(*settings.env, directory);
  rocksdb::Status status = lock.status();
  rocksdb::DB* opened = nullptr;
  if (status.ok()) status = rocksdb::DB::OpenForReadOnly(settings, directory, &opened);
  const std::unique_ptr<rocksdb::DB> db(opened);
  if (!status.ok()) {
    Error error = rocksError(status, "opening the log");
    // RocksDB looks for the files that it wrote the names of; one that is gone was taken away.
    if (status.IsPathNotFound()) error.code = ErrorCode::kDamaged;
    return error;
  }
  Recovery recovery(*db);
  auto recovered = recovery.run();
  if (recovered && accept) {
    const auto accepted =
        accept(recovered->head, [&](TreeSize size) { return recovery.rootAt(size); });
    if (!accepted) return accepted.error();
  }
  if (recovered) return std::optional(*std::move(recovered));
  if (recovered.error().code != ErrorCode::kNotFound) return recovered.error();
  // Left by a creation that did not get to its end, unless something was written once.
  const std::string table = anyTable(directory);
  if (table.empty()) return std::optional<RecoveredLog>();
  return Error{ErrorCode::kDamaged,
               "the database has no keys, and there is " + table + ", which must have held some"};
}

}  // namespace robotledger
