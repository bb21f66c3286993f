// RocksDB's files while a log is opened for writing: nothing that was there goes until it is known
// that RocksDB has read all of it.
//
//   RocksOpening opening(*settings.env, directory);
//   settings.env = opening.env().get();
//   settings.listeners.push_back(opening.listener());
//   ... DB::Open, and a look at what it found ...
//   opening.accept();                        // or opening.putBack(std::move(db));
//
// RocksDB, opened for writing, moves what the write-ahead log has into tables and deletes it, and
// deletes every table that its MANIFEST does not name. Where it reads one bit of these wrong, it
// takes that for their end, and what is deleted are records that were acknowledged. So write-ahead
// logs, tables and MANIFESTs stay until accept(), and no compaction begins; and putBack() makes
// CURRENT name the MANIFEST that it named before, which has everything it needs still.
#pragma once

#include <memory>
#include <string>

#include "core/base/result.h"

namespace rocksdb {
class DB;
class Env;
class EventListener;
}  // namespace rocksdb

namespace robotledger {

class RocksOpening {
 public:
  // `base` outlives this, and need not outlive what env() gives.
  RocksOpening(rocksdb::Env& base, const std::string& directory);
  RocksOpening(const RocksOpening&) = delete;
  RocksOpening& operator=(const RocksOpening&) = delete;
  ~RocksOpening();

  // The database's files for as long as it is open.
  std::shared_ptr<rocksdb::Env> env() const;
  // For the database's settings.
  std::shared_ptr<rocksdb::EventListener> listener() const;

  // What RocksDB found is all that there was: what it wanted to delete is deleted.
  void accept();

  // Closes the database, or null, and leaves the directory as good as it was. kIo where the disk
  // fails.
  Result<void> putBack(std::unique_ptr<rocksdb::DB> db);

 private:
  class Files;
  class Gate;
  rocksdb::Env& base_;
  std::string directory_;
  std::string current_;  // what CURRENT had in it; empty where there was none
  std::shared_ptr<Files> files_;
  std::shared_ptr<Gate> gate_;
  std::shared_ptr<rocksdb::Env> env_;
};

}  // namespace robotledger
