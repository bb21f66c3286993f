// How the log's database is set up, and what lies in a directory before it is opened.
#pragma once

#include <string>

#include "core/base/result.h"
#include "core/log/rocks_log_store.h"

namespace rocksdb {
struct Options;
}

namespace robotledger {

enum class DirectoryContents { kNothing, kDatabase };

// Whether a database is there. RocksDB, asked to create one, deletes the tables it finds without a
// CURRENT file as leftovers; so these are looked for first. kDamaged where tables or write-ahead
// logs lie there without it, kInvalidArgument where other files do or the path is no directory.
// Changes nothing. Any thread.
Result<DirectoryContents> lookInto(const std::string& directory);

// Without what belongs to one opening.
rocksdb::Options rocksLogSettings(const RocksLogOptions& options);

}  // namespace robotledger
