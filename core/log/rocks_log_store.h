// A LogStore in a directory of its own, kept by RocksDB. The bytes are described in core/FORMAT.md.
//
//   auto log = openRocksLogStore("ledger/log", {.opening = LogOpening::kMustExist});
//   if (!log) return log.error();
//   (*log)->append((*log)->head().size, batch);
//
// An append returns once its one write is synced. A write that fails after it was handed to RocksDB
// ends as unknown, because no call of RocksDB tells what of it reached the disk; where an earlier
// failure has already stopped RocksDB's writing, nothing is handed to it and the append ends as not
// written.
#pragma once

#include <memory>
#include <string>

#include "core/log/log_store.h"

namespace rocksdb {
class Env;
}

namespace robotledger {

enum class LogOpening {
  kMustExist,        // a directory without a log is refused
  kCreateIfMissing,  // an empty or missing directory gets a log without records
};

struct RocksLogOptions {
  LogOpening opening = LogOpening::kMustExist;
  // What is written since the last flush is in memory and in the write-ahead log, and opening after
  // a kill replays it; up to two such buffers.
  std::size_t write_buffer_bytes = std::size_t{16} << 20;
  std::size_t block_cache_bytes = std::size_t{32} << 20;
  // Stands in for the system's files and clock, for tests that break them. None: the system's own.
  std::shared_ptr<rocksdb::Env> env = nullptr;
};

// Opens, and checks as rocks_log_recovery.h says. The store owns the directory until it is
// destroyed, which closes it; no second opener gets in meanwhile.
//
// kInUse where another process or this one has it open. kInvalidArgument where there is no log and
// none may be created, or another program's files are there. kDamaged where what is there is not
// what was written: nothing was changed then, save for what RocksDB does in opening. kIo where the
// disk failed.
Result<std::unique_ptr<LogStore>> openRocksLogStore(const std::string& directory,
                                                    const RocksLogOptions& options);

}  // namespace robotledger
