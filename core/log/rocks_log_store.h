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

#include <functional>
#include <memory>
#include <string>

#include "core/log/guard.h"
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
  // Asked with the head of a log that was found whole, and with what gives its earlier roots,
  // before anything in its directory is changed; the opening fails with the error that it answers.
  // So a log that lost its end is refused as it is, where somebody else knows better. Not asked for
  // a log yet to be made.
  std::function<Result<void>(const LogHead&, const RootAt&)> accept = nullptr;
  // Stands in for the system's files and clock, for tests that break them. None: the system's own.
  std::shared_ptr<rocksdb::Env> env = nullptr;
};

// Checks as rocks_log_recovery.h says, and opens. The store owns the directory until it is
// destroyed, which closes it; no second opener gets in meanwhile.
//
// kInUse where another process or this one has it open. kInvalidArgument where there is no log and
// none may be created, or another program's files are there. kDamaged where what is there is not
// what was written, as accept() says where it refuses: nothing was changed then. kIo where the disk
// failed.
Result<std::unique_ptr<LogStore>> openRocksLogStore(const std::string& directory,
                                                    const RocksLogOptions& options);

}  // namespace robotledger
