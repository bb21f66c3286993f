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

ErrorCode codeOf(const rocksdb::Status& status) {
  if (status.IsCorruption()) return ErrorCode::kDamaged;
  if (saysLocked(status)) return ErrorCode::kInUse;
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
