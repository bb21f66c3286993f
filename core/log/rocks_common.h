// What the two databases of a ledger, its log and its views, have in common.
#pragma once

#include <cstddef>
#include <string>

namespace rocksdb {
class Env;
struct BlockBasedTableOptions;
struct Options;
}  // namespace rocksdb

namespace robotledger {

// One writer, LZ4 above ZSTD where the installed library has them, no text log of RocksDB's own, no
// statistics. `env` may be null, for the system's own.
rocksdb::Options commonRocksSettings(rocksdb::Env* env);

// Tables with a cache of so many bytes and blocks of so many.
rocksdb::BlockBasedTableOptions commonRocksTables(std::size_t cache_bytes, std::size_t block_bytes);

// Takes away the write-ahead logs without a byte that earlier openings left, which RocksDB passes
// over and never deletes: one an opening. The newest is kept. Only for who has the database open,
// and so the directory's lock; what cannot be taken away stays.
void removeEmptyWriteAheadLogs(rocksdb::Env& env, const std::string& directory);

}  // namespace robotledger
