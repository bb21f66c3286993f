#include "core/log/rocks_log_options.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>

namespace robotledger {
namespace {

constexpr int kOpenLogFiles = 2;  // RocksDB's own text logs
constexpr std::size_t kBlockBytes = 16384;
constexpr std::uint64_t kTableBytes = std::uint64_t{64} << 20;
constexpr std::uint64_t kLevelBaseBytes = std::uint64_t{256} << 20;
constexpr std::uint64_t kBytesPerSync = std::uint64_t{1} << 20;

// Of the two, the one that the installed library has, else none.
rocksdb::CompressionType supported(rocksdb::CompressionType wanted) {
  const auto types = rocksdb::GetSupportedCompressions();
  const bool there = std::find(types.begin(), types.end(), wanted) != types.end();
  return there ? wanted : rocksdb::kNoCompression;
}

// Files that an interrupted creation may leave, and that hold no record.
bool isHarmless(const std::string& name) {
  return name == "LOCK" || name == "IDENTITY" || name.starts_with("LOG") ||
         name.starts_with("MANIFEST-") || name.starts_with("OPTIONS-") || name.ends_with(".dbtmp");
}

bool holdsRecords(const std::string& name) {
  return name.ends_with(".sst") || name.ends_with(".log");
}

}  // namespace

Result<DirectoryContents> lookInto(const std::string& directory) {
  namespace fs = std::filesystem;
  std::error_code failed;
  const fs::file_status status = fs::status(directory, failed);
  if (status.type() == fs::file_type::not_found) return DirectoryContents::kNothing;
  if (failed) return Error{ErrorCode::kIo, "looking into " + directory + ": " + failed.message()};
  if (status.type() != fs::file_type::directory) {
    return Error{ErrorCode::kInvalidArgument, directory + " is no directory"};
  }
  if (fs::exists(fs::path(directory) / "CURRENT", failed)) return DirectoryContents::kDatabase;

  fs::directory_iterator entry(directory, failed);
  for (; !failed && entry != fs::directory_iterator(); entry.increment(failed)) {
    const std::string name = entry->path().filename().string();
    if (holdsRecords(name)) {
      return Error{ErrorCode::kDamaged, directory + " has " + name +
                                            ", and the file CURRENT, which names it, is missing"};
    }
    if (!isHarmless(name)) {
      return Error{ErrorCode::kInvalidArgument, directory +
                                                    " has files of something else, such as " +
                                                    name + "; a log wants a directory of its own"};
    }
  }
  if (failed) return Error{ErrorCode::kIo, "looking into " + directory + ": " + failed.message()};
  return DirectoryContents::kNothing;
}

rocksdb::Options rocksLogSettings(const RocksLogOptions& options) {
  rocksdb::Options settings;
  // Up to the first record that is not whole; whether that is the true end is for the guard to say.
  settings.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  settings.paranoid_checks = true;
  settings.allow_concurrent_memtable_write = false;  // there is one writer

  settings.write_buffer_size = options.write_buffer_bytes;
  settings.max_write_buffer_number = 2;
  settings.level_compaction_dynamic_level_bytes = true;
  settings.target_file_size_base = kTableBytes;
  settings.max_bytes_for_level_base = kLevelBaseBytes;
  settings.bytes_per_sync = kBytesPerSync;
  settings.max_background_jobs = 2;
  settings.skip_stats_update_on_db_open = true;

  settings.compression = supported(rocksdb::kLZ4Compression);
  settings.bottommost_compression = supported(rocksdb::kZSTD);
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(options.block_cache_bytes);
  table.block_size = kBlockBytes;
  table.format_version = 5;
  settings.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));

  settings.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  settings.keep_log_file_num = kOpenLogFiles;
  settings.stats_dump_period_sec = 0;
  settings.stats_persist_period_sec = 0;
  if (options.env != nullptr) settings.env = options.env.get();
  return settings;
}

}  // namespace robotledger
