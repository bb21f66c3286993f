// A RowStore in a directory of its own, kept by RocksDB without a write-ahead log.
//
//   auto rows = openRocksRowStore("ledger/views", {});
//   if (!rows) /* kViewsDamaged: remove the directory, open again, and rebuild */;
//
// All rows are in one column family, and its buffers go to the disk in the order in which they were
// filled: so what a crash leaves is what some of the first batches made, and a position written in
// each batch tells how many.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "projections/row_store.h"

namespace rocksdb {
class Env;
}

namespace robotledger {

struct RocksRowOptions {
  std::size_t block_cache_bytes = std::size_t{128} << 20;
  std::size_t write_buffer_bytes = std::size_t{64} << 20;
  // Stands in for the system's files, for tests that break them. None: the system's own.
  std::shared_ptr<rocksdb::Env> env = nullptr;
};

// Opens the store, or makes an empty one. It owns the directory until it is destroyed, which moves
// what is written to the disk. kInUse where another opener has it, kViewsDamaged where its files
// are not what was written, kIo where the disk failed.
//
// clear() removes the files: it answers kInUse while a snapshot is in use; where it fails half-way
// the store answers kClosed from then on, and the directory is empty or damaged.
Result<std::unique_ptr<RowStore>> openRocksRowStore(const std::string& directory,
                                                    const RocksRowOptions& options);

}  // namespace robotledger
