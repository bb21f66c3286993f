#include "core/log/rocks_status.h"

#include <algorithm>

#include <rocksdb/status.h>

namespace robotledger {
namespace {

bool saysLocked(const rocksdb::Status& status) {
  if (status.IsBusy()) return true;
  if (!status.IsIOError()) return false;
  const std::string text = status.ToString();
  // "While lock file" comes from another process, "lock hold by current process" from this one.
  return text.find("While lock file") != std::string::npos ||
         text.find("lock hold by current process") != std::string::npos;
}

// RocksDB opens CURRENT to learn what the file system can do, and takes any failure for an answer.
bool saysNotOpened(const rocksdb::Status& status) {
  if (!status.IsInvalidArgument()) return false;
  const std::string text = status.ToString();
  return text.find("Found options incompatible with filesystem") != std::string::npos ||
         text.find("Direct I/O is not supported by the specified DB") != std::string::npos;
}

ErrorCode codeOf(const rocksdb::Status& status) {
  if (status.IsCorruption()) return ErrorCode::kDamaged;
  if (saysLocked(status)) return ErrorCode::kInUse;
  if (saysNotOpened(status)) return ErrorCode::kIo;
  if (status.IsNotFound()) return ErrorCode::kNotFound;
  if (status.IsInvalidArgument() || status.IsNotSupported()) return ErrorCode::kInvalidArgument;
  if (status.IsShutdownInProgress()) return ErrorCode::kClosed;
  return ErrorCode::kIo;
}

}  // namespace

Error rocksError(const rocksdb::Status& status, const std::string& doing) {
  Error error{codeOf(status), doing + ": "};
  if (error.code == ErrorCode::kInUse) error.message += "another opener has it: ";
  const bool full = status.IsNoSpace() || status.subcode() == rocksdb::Status::kSpaceLimit;
  if (full) error.message += "no space left: ";
  error.message += status.ToString();
  std::replace(error.message.begin(), error.message.end(), '\n', ' ');
  return error;
}

}  // namespace robotledger
