// What opening a log checks, and what it finds: the same for one that was closed well, for one
// whose process was killed, and for one whose writer did not know how its last write ended.
//
//   auto found = inspectLog(directory, settings);      // changes nothing
//   if (!found) return found.error();
//   if (!*found) /* a database without any key */;
//
// RocksDB, opened for writing, deletes the tables that its MANIFEST does not name; where the
// MANIFEST itself lost its end, those hold the log. So a log is looked at first, and opened after.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>

#include "core/log/guard.h"
#include "core/log/log_store.h"
#include "core/merkle/tree.h"

namespace rocksdb {
class DB;
struct Options;
}  // namespace rocksdb

namespace robotledger {

struct RecoveredLog {
  LogHead head;
  TreeBuilder tree;
  std::set<std::string> tables;  // as tableNames()
};

// Opens the database for reading, with its lock held, and reads the head, the records after the
// last full tile and the tiles at the tree's right edge; compares the root that they give with the
// head's; looks that the first record is there, and no record or tile beyond the head. Cost: at
// most 255 records and 255 tiles a level, and the write-ahead log replayed into memory.
//
// Nothing for a database without any key and without tables: a log yet to be made. kInUse where
// another opener has it. kInvalidArgument for another program's database. kDamaged for any
// mismatch, with what was expected and what was found.
// Then asks `accept`, where there is one, as RocksLogOptions says.
Result<std::optional<RecoveredLog>> inspectLog(
    const std::string& directory, const rocksdb::Options& settings,
    const std::function<Result<void>(const LogHead&, const RootAt&)>& accept);

// The names of the tables that the database has.
std::set<std::string> tableNames(rocksdb::DB& db);

// The head as it is stored; kNotFound where none is.
Result<LogHead> readLogHead(rocksdb::DB& db);

}  // namespace robotledger
