// RocksDB's statuses in our words.
//
//   if (!status.ok()) return rocksError(status, "reading record 7");
//
// Its headers stay in the rocks_*.cc files.
#pragma once

#include <string>

#include "core/base/result.h"

namespace rocksdb {
class Status;
}

namespace robotledger {

// The error that a status which is not OK stands for, with what was being done before RocksDB's own
// words, in one line. kDamaged for corruption; kInUse for a directory that is locked; kIo with "no
// space left" for a full disk; kNotFound, kInvalidArgument, kClosed as RocksDB says; kIo for the
// rest. Any thread.
Error rocksError(const rocksdb::Status& status, const std::string& doing);

}  // namespace robotledger
