#include "core/log/rocks_log_options.h"

#include <filesystem>
#include <system_error>

#include <rocksdb/options.h>
#include <rocksdb/table.h>

#include "core/log/rocks_common.h"

namespace robotledger {
namespace {

constexpr std::size_t kBlockBytes = 16384;
constexpr std::uint64_t kTableBytes = std::uint64_t{64} << 20;
constexpr std::uint64_t kLevelBaseBytes = std::uint64_t{256} << 20;

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
  rocksdb::Options settings = commonRocksSettings(options.env.get());
  // Up to the first record that is not whole; whether that is the true end is for the guard to say.
  settings.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  settings.paranoid_checks = true;
  settings.write_buffer_size = options.write_buffer_bytes;
  settings.max_write_buffer_number = 2;
  settings.target_file_size_base = kTableBytes;
  settings.max_bytes_for_level_base = kLevelBaseBytes;
  settings.table_factory.reset(rocksdb::NewBlockBasedTableFactory(
      commonRocksTables(options.block_cache_bytes, kBlockBytes)));
  return settings;
}

}  // namespace robotledger
