// A file system for RocksDB that remembers what was synced, so that a test can pull the plug; and
// that breaks single operations, gets full, and reads wrong, as a test wants it.
//
//   FaultFileSystem files(directory);
//   files.cutPowerAt(120, LastOperation::kLost);     // the 120th operation is the last
//   auto log = openRocksLogStore(directory, {.env = files.env()});
//   ... until it fails; log.reset();
//   files.leaveAsAfterPowerCut(random);              // now open it again on the system's own
//
// Files grow at their end, and only what was synced of them is sure to last; names come into and go
// out of a directory for sure only when the directory is synced. What is not sure lasts or not as
// the random numbers will: a file keeps any part of its tail (a write-ahead log zeros, at times);
// the directory keeps the first few of its changes. Tells nothing of files that lie elsewhere.
//
// Any thread, except that nothing may be open when leaveAsAfterPowerCut() is called.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <string>

namespace rocksdb {
class Env;
}

namespace robotledger {

// kOpen is for reading; all others are changes.
enum class FileOperation {
  kCreate,
  kAppend,
  kTruncate,
  kSync,
  kRename,
  kDelete,
  kSyncDirectory,
  kOpen,
};

// Whether the operation at which the power is cut still takes effect; its caller is told that it
// failed in both cases.
enum class LastOperation { kLost, kDone };

// How an operation is broken, without a power cut.
enum class FileFault { kNone, kIoError, kNoSpace };

class FaultFileSystem {
 public:
  // `directory` need not exist yet. What is in it counts as durable.
  explicit FaultFileSystem(const std::string& directory);
  FaultFileSystem(const FaultFileSystem&) = delete;
  FaultFileSystem& operator=(const FaultFileSystem&) = delete;
  ~FaultFileSystem();

  // RocksDB on these files. It does not sleep after errors, as it would for a second.
  std::shared_ptr<rocksdb::Env> env() const;

  // From the operation of that number on, counted from 1 since the start, every change fails.
  void cutPowerAt(std::uint64_t operation, LastOperation last);
  // From now on.
  void cutPower();
  // How many changes were asked for.
  std::uint64_t operations() const;

  // Asked before each operation, with the file's name in its directory; nothing happens to the file
  // where the answer is a fault. Called with a lock held: must not touch files.
  using Rule = std::function<FileFault(FileOperation, const std::string& name)>;
  void breakBy(Rule rule);

  // From now on there is room for so many bytes, and those of files that are deleted; what does not
  // fit is written in part, as a system does, and fails.
  void leaveRoomFor(std::uint64_t bytes);
  void leaveAllRoom();

  // In the read of that number, counted from 1 from now on, one bit comes wrong; the seed says
  // which. The file stays as it is.
  void flipBitInRead(std::uint64_t read, std::uint32_t seed);
  // In which file and where that was; empty where there were not so many reads.
  std::string flipped() const;

  // Changes the directory to what a machine might find in it after the power came back.
  void leaveAsAfterPowerCut(std::mt19937& random);

 private:
  class Files;
  std::shared_ptr<Files> files_;
  std::shared_ptr<rocksdb::Env> env_;
};

}  // namespace robotledger
