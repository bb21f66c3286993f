#include "core/log/rocks_opening.h"

#include <condition_variable>
#include <mutex>
#include <set>
#include <utility>

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <rocksdb/listener.h>

#include "core/log/rocks_status.h"

namespace robotledger {
namespace {

using rocksdb::IOStatus;

// Files that have what was acknowledged in them, or name those that do.
bool isKept(const std::string& path) {
  const std::string name = path.substr(path.rfind('/') + 1);
  return name.ends_with(".sst") || name.ends_with(".log") || name.starts_with("MANIFEST-");
}

// On those files, with the clock of `base`.
class OpeningEnv final : public rocksdb::EnvWrapper {
 public:
  OpeningEnv(rocksdb::Env& base, const std::shared_ptr<rocksdb::FileSystem>& files)
      : EnvWrapper(rocksdb::NewCompositeEnv(files)) {
    file_system_ = files;
    system_clock_ = base.GetSystemClock();
  }
};

}  // namespace

// The files of `base`, some of which are deleted later than RocksDB is told.
class RocksOpening::Files final : public rocksdb::FileSystemWrapper {
 public:
  explicit Files(const std::shared_ptr<rocksdb::FileSystem>& base) : FileSystemWrapper(base) {}
  const char* Name() const override { return "robotledger.opening"; }

  IOStatus DeleteFile(const std::string& path, const rocksdb::IOOptions& options,
                      rocksdb::IODebugContext* debug) override {
    {
      const std::lock_guard lock(mutex_);
      if (!accepted_ && isKept(path)) {
        unwanted_.insert(path);
        return IOStatus::OK();
      }
    }
    return target()->DeleteFile(path, options, debug);
  }
  IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                           std::unique_ptr<rocksdb::FSWritableFile>* result,
                           rocksdb::IODebugContext* debug) override {
    {
      const std::lock_guard lock(mutex_);
      unwanted_.erase(path);
    }
    return target()->NewWritableFile(path, options, result, debug);
  }

  // From here on files are deleted at once.
  void accept() {
    std::set<std::string> unwanted;
    {
      const std::lock_guard lock(mutex_);
      accepted_ = true;
      unwanted.swap(unwanted_);
    }
    for (const std::string& path : unwanted) {
      // What stays is deleted when the log is opened again.
      target()->DeleteFile(path, {}, nullptr).PermitUncheckedError();
    }
  }

 private:
  std::mutex mutex_;
  bool accepted_ = false;           // guarded by mutex_
  std::set<std::string> unwanted_;  // guarded by mutex_
};

// Where compactions wait.
class RocksOpening::Gate final : public rocksdb::EventListener {
 public:
  void OnCompactionBegin(rocksdb::DB*, const rocksdb::CompactionJobInfo&) override {
    std::unique_lock lock(mutex_);
    opened_.wait(lock, [&] { return is_open_; });
  }
  void open() {
    {
      const std::lock_guard lock(mutex_);
      is_open_ = true;
    }
    opened_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable opened_;
  bool is_open_ = false;  // guarded by mutex_
};

RocksOpening::RocksOpening(rocksdb::Env& base, const std::string& directory)
    : base_(base),
      directory_(directory),
      files_(std::make_shared<Files>(base.GetFileSystem())),
      gate_(std::make_shared<Gate>()),
      env_(std::make_shared<OpeningEnv>(base, files_)) {
  // Where it cannot be read, RocksDB will not open.
  rocksdb::ReadFileToString(&base_, directory_ + "/CURRENT", &current_).PermitUncheckedError();
}

RocksOpening::~RocksOpening() { gate_->open(); }

std::shared_ptr<rocksdb::Env> RocksOpening::env() const { return env_; }
std::shared_ptr<rocksdb::EventListener> RocksOpening::listener() const { return gate_; }

void RocksOpening::accept() {
  files_->accept();
  gate_->open();
}

Result<void> RocksOpening::putBack(std::unique_ptr<rocksdb::DB> db) {
  gate_->open();
  db.reset();
  if (current_.empty()) return {};
  // RocksDB removes files of that name where a crash leaves one.
  const std::string fresh = directory_ + "/000000.dbtmp";
  rocksdb::Status status = rocksdb::WriteStringToFile(&base_, current_, fresh, true);
  if (status.ok()) status = base_.RenameFile(fresh, directory_ + "/CURRENT");
  std::unique_ptr<rocksdb::Directory> opened;
  if (status.ok()) status = base_.NewDirectory(directory_, &opened);
  if (status.ok()) status = opened->Fsync();
  if (status.ok()) return {};
  return rocksError(status, "putting the log's CURRENT back");
}

}  // namespace robotledger
