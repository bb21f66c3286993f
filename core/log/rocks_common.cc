#include "core/log/rocks_common.h"

#include <algorithm>
#include <cstdarg>
#include <memory>
#include <vector>

#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/env.h>
#include <rocksdb/listener.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>

namespace robotledger {
namespace {

constexpr std::uint64_t kBytesPerSync = std::uint64_t{1} << 20;

// In the place of the text file in which RocksDB tells what it does. Where that cannot be written,
// as on a full disk, the next line ends the process, by an assertion that Debian's library has on.
class NoTextLog final : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
};

// Where the disk got full, RocksDB would look for room by itself now and then; closed while it
// does, it can wait for ever. Who wants to go on says so, with DB::Resume().
class NoRecoveryByItself final : public rocksdb::EventListener {
 public:
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason, rocksdb::Status,
                            bool* auto_recovery) override {
    *auto_recovery = false;
  }
};

// The wanted compression where the installed library has it, else none.
rocksdb::CompressionType supported(rocksdb::CompressionType wanted) {
  const auto types = rocksdb::GetSupportedCompressions();
  const bool there = std::find(types.begin(), types.end(), wanted) != types.end();
  return there ? wanted : rocksdb::kNoCompression;
}

}  // namespace

rocksdb::Options commonRocksSettings(rocksdb::Env* env) {
  rocksdb::Options settings;
  settings.allow_concurrent_memtable_write = false;  // there is one writer
  settings.level_compaction_dynamic_level_bytes = true;
  settings.bytes_per_sync = kBytesPerSync;
  settings.max_background_jobs = 2;
  settings.skip_stats_update_on_db_open = true;
  settings.compression = supported(rocksdb::kLZ4Compression);
  settings.bottommost_compression = supported(rocksdb::kZSTD);
  settings.info_log = std::make_shared<NoTextLog>();
  settings.info_log_level = rocksdb::InfoLogLevel::FATAL_LEVEL;
  settings.stats_dump_period_sec = 0;
  settings.stats_persist_period_sec = 0;
  settings.listeners = {std::make_shared<NoRecoveryByItself>()};
  if (env != nullptr) settings.env = env;
  return settings;
}

rocksdb::BlockBasedTableOptions commonRocksTables(std::size_t cache_bytes,
                                                  std::size_t block_bytes) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(cache_bytes);
  table.block_size = block_bytes;
  table.format_version = 5;
  return table;
}

void removeEmptyWriteAheadLogs(rocksdb::Env& env, const std::string& directory) {
  std::vector<std::string> names;
  if (!env.GetChildren(directory, &names).ok()) return;
  std::erase_if(names, [](const std::string& name) { return !name.ends_with(".log"); });
  // Their numbers are padded with zeros to one length, up to a million of them.
  const auto older = [](const std::string& left, const std::string& right) {
    return left.size() != right.size() ? left.size() < right.size() : left < right;
  };
  std::sort(names.begin(), names.end(), older);
  if (!names.empty()) names.pop_back();
  for (const std::string& name : names) {
    const std::string path = directory + "/" + name;
    std::uint64_t bytes = 1;
    if (env.GetFileSize(path, &bytes).ok() && bytes == 0) {
      env.DeleteFile(path).PermitUncheckedError();
    }
  }
}

}  // namespace robotledger
