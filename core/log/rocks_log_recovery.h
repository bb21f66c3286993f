// What opening a log checks, and what it finds: the same for one that was closed well, for one
// whose process was killed, and for one whose writer did not know how its last write ended.
//
//   auto recovered = recoverLog(db);
//   if (!recovered) return recovered.error();
#pragma once

#include "core/log/log_store.h"
#include "core/merkle/tree.h"

namespace rocksdb {
class DB;
}

namespace robotledger {

struct RecoveredLog {
  LogHead head;
  TreeBuilder tree;
};

// Reads the head, the records after the last full tile and the tiles at the tree's right edge, and
// compares the root that they give with the head's; looks that the first record is there, and no
// record or tile beyond the head. Changes nothing. Cost: at most 255 records and 255 tiles a level.
//
// kNotFound for a database without any key: a log yet to be made. kInvalidArgument for another
// program's database. kDamaged for any mismatch, with what was expected and what was found.
Result<RecoveredLog> recoverLog(rocksdb::DB& db);

}  // namespace robotledger
