// What RocksDB alone does with the same bytes: no hashes, no tree, no views.
//
//   RocksRival rival(directory + "/rival");
//   rival.append({entry, entry});            // one synced write
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/base/bytes.h"

namespace rocksdb {
class DB;
class Iterator;
}  // namespace rocksdb

namespace robotledger::bench {

// One thread at a time, but for appendOne(). Whatever fails ends the process.
class RocksRival {
 public:
  // Opens the database or makes it, with the settings that the log has.
  explicit RocksRival(const std::string& directory);
  RocksRival(const RocksRival&) = delete;
  RocksRival& operator=(const RocksRival&) = delete;
  ~RocksRival();

  // Writes the entries under the numbers that follow, in one synced write.
  void append(const std::vector<BytesView>& entries);
  // One entry in a synced write of its own. Any thread; RocksDB groups what comes together.
  void appendOne(BytesView entry);
  // Rows of any keys, unsynced and without a write-ahead log.
  void put(const std::vector<std::pair<Bytes, Bytes>>& rows);
  // Moves all to the disk.
  void flush();
  // Flushes, and merges what lies in layers.
  void compact();
  // Calls for each row from `from` to `until`, not included, in order.
  void scan(BytesView from, BytesView until,
            const std::function<void(BytesView key, BytesView value)>& row) const;

 private:
  std::unique_ptr<rocksdb::DB> db_;
  std::atomic<std::uint64_t> next_ = 0;
};

}  // namespace robotledger::bench
