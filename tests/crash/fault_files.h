// What FaultFileSystem gives to RocksDB: files, each of which asks its owner before it does
// anything, and the environment they are in.
//
// An Owner has change(operation, name, act), which does `act` unless it is to fail, with a lock
// held; takeRoom(bytes), called within; noteRead(name, result, scratch); and syncDirectory().
#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <rocksdb/system_clock.h>

#include "tests/crash/fault_file_system.h"

namespace robotledger {

// What a name stands for: it lasts while the name moves or goes.
struct Content {
  std::filesystem::path path;  // where its bytes really are
  std::uint64_t written = 0;
  std::uint64_t synced = 0;
};
using ContentPtr = std::shared_ptr<Content>;

inline rocksdb::IOStatus noRoom() {
  return rocksdb::IOStatus::NoSpace("no room, as the test wants it");
}

// A file that tells how much of it is synced.
// The system's clock, but with hardly any sleep: RocksDB's threads take a second's after an error.
class SleeplessClock final : public rocksdb::SystemClockWrapper {
 public:
  SleeplessClock() : SystemClockWrapper(rocksdb::SystemClock::Default()) {}
  const char* Name() const override { return "SleeplessClock"; }
  void SleepForMicroseconds(int micros) override {
    target_->SleepForMicroseconds(std::min(micros, kLongestSleepUs));
  }

 private:
  static constexpr int kLongestSleepUs = 1000;
};

class FaultEnv final : public rocksdb::EnvWrapper {
 public:
  explicit FaultEnv(std::shared_ptr<rocksdb::FileSystem> files)
      : EnvWrapper(rocksdb::NewCompositeEnv(files)) {
    file_system_ = std::move(files);
    system_clock_ = std::make_shared<SleeplessClock>();
  }
};

template <class Owner>
class FaultWritableFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  FaultWritableFile(std::unique_ptr<rocksdb::FSWritableFile> target, Owner& files, std::string name,
                    ContentPtr content)
      : FSWritableFileOwnerWrapper(std::move(target)),
        files_(files),
        name_(std::move(name)),
        content_(std::move(content)) {}

  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* debug) override {
    return files_.change(FileOperation::kAppend, name_, [&] {
      const rocksdb::Slice fits(data.data(), files_.takeRoom(data.size()));
      rocksdb::IOStatus status = target()->Append(fits, options, debug);
      if (status.ok()) content_->written += fits.size();
      if (status.ok() && fits.size() < data.size()) return noRoom();
      return status;
    });
  }
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           const rocksdb::DataVerificationInfo&,
                           rocksdb::IODebugContext* debug) override {
    return Append(data, options, debug);
  }
  rocksdb::IOStatus Truncate(std::uint64_t size, const rocksdb::IOOptions& options,
                             rocksdb::IODebugContext* debug) override {
    return files_.change(FileOperation::kTruncate, name_, [&] {
      content_->written = size;
      content_->synced = std::min(content_->synced, size);
      return target()->Truncate(size, options, debug);
    });
  }
  // The bytes need not really reach the disk: the process lives on, and the test with it.
  rocksdb::IOStatus Sync(const rocksdb::IOOptions&, rocksdb::IODebugContext*) override {
    return files_.change(FileOperation::kSync, name_, [&] {
      content_->synced = content_->written;
      return rocksdb::IOStatus::OK();
    });
  }
  rocksdb::IOStatus Fsync(const rocksdb::IOOptions& options,
                          rocksdb::IODebugContext* debug) override {
    return Sync(options, debug);
  }
  rocksdb::IOStatus RangeSync(std::uint64_t, std::uint64_t, const rocksdb::IOOptions&,
                              rocksdb::IODebugContext*) override {
    return rocksdb::IOStatus::OK();  // a hint; promises nothing
  }

 private:
  Owner& files_;
  std::string name_;
  ContentPtr content_;
};

template <class Owner>
class FaultDirectory final : public rocksdb::FSDirectoryWrapper {
 public:
  FaultDirectory(std::unique_ptr<rocksdb::FSDirectory> target, Owner& files)
      : FSDirectoryWrapper(std::move(target)), files_(files) {}

  rocksdb::IOStatus Fsync(const rocksdb::IOOptions&, rocksdb::IODebugContext*) override {
    return files_.change(FileOperation::kSyncDirectory, "", [&] {
      files_.syncDirectory();
      return rocksdb::IOStatus::OK();
    });
  }
  rocksdb::IOStatus FsyncWithDirOptions(const rocksdb::IOOptions& options,
                                        rocksdb::IODebugContext* debug,
                                        const rocksdb::DirFsyncOptions&) override {
    return Fsync(options, debug);
  }

 private:
  Owner& files_;
};

template <class Owner>
class FaultSequentialFile final : public rocksdb::FSSequentialFileOwnerWrapper {
 public:
  FaultSequentialFile(std::unique_ptr<rocksdb::FSSequentialFile> target, Owner& files,
                      std::string name)
      : FSSequentialFileOwnerWrapper(std::move(target)), files_(files), name_(std::move(name)) {}

  rocksdb::IOStatus Read(std::size_t size, const rocksdb::IOOptions& options,
                         rocksdb::Slice* result, char* scratch,
                         rocksdb::IODebugContext* debug) override {
    rocksdb::IOStatus status = target()->Read(size, options, result, scratch, debug);
    if (status.ok()) files_.noteRead(name_, *result, scratch);
    return status;
  }

 private:
  Owner& files_;
  std::string name_;
};

template <class Owner>
class FaultRandomAccessFile final : public rocksdb::FSRandomAccessFileOwnerWrapper {
 public:
  FaultRandomAccessFile(std::unique_ptr<rocksdb::FSRandomAccessFile> target, Owner& files,
                        std::string name)
      : FSRandomAccessFileOwnerWrapper(std::move(target)), files_(files), name_(std::move(name)) {}

  rocksdb::IOStatus Read(std::uint64_t offset, std::size_t size, const rocksdb::IOOptions& options,
                         rocksdb::Slice* result, char* scratch,
                         rocksdb::IODebugContext* debug) const override {
    rocksdb::IOStatus status = target()->Read(offset, size, options, result, scratch, debug);
    if (status.ok()) files_.noteRead(name_, *result, scratch);
    return status;
  }
  // One after the other, each as a read of its own.
  rocksdb::IOStatus MultiRead(rocksdb::FSReadRequest* requests, std::size_t count,
                              const rocksdb::IOOptions& options,
                              rocksdb::IODebugContext* debug) override {
    return FSRandomAccessFile::MultiRead(requests, count, options, debug);
  }

 private:
  Owner& files_;
  std::string name_;
};

}  // namespace robotledger
