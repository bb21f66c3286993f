#include "tests/crash/fault_file_system.h"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <map>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include "tests/crash/fault_files.h"

namespace robotledger {

namespace fs = std::filesystem;
using rocksdb::FileOptions;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;

namespace {

// One change of the directory, which lasts whole or not at all: names and what they stand for from
// then on, or nothing.
using DirectoryChange = std::vector<std::pair<std::string, ContentPtr>>;

constexpr std::uint64_t kNoLimit = std::numeric_limits<std::uint64_t>::max();
constexpr unsigned kBitsPerByte = 8;
constexpr unsigned kZeroTails = 4;  // one in so many lost tails leaves zeros

}  // namespace

class FaultFileSystem::Files final : public rocksdb::FileSystemWrapper {
 public:
  explicit Files(const std::string& directory);

  const char* Name() const override { return "FaultFileSystem"; }

  IOStatus NewWritableFile(const std::string& path, const FileOptions& options,
                           std::unique_ptr<rocksdb::FSWritableFile>* result,
                           IODebugContext* debug) override;
  IOStatus ReopenWritableFile(const std::string& path, const FileOptions& options,
                              std::unique_ptr<rocksdb::FSWritableFile>* result,
                              IODebugContext* debug) override;
  IOStatus NewSequentialFile(const std::string& path, const FileOptions& options,
                             std::unique_ptr<rocksdb::FSSequentialFile>* result,
                             IODebugContext* debug) override;
  IOStatus NewRandomAccessFile(const std::string& path, const FileOptions& options,
                               std::unique_ptr<rocksdb::FSRandomAccessFile>* result,
                               IODebugContext* debug) override;
  IOStatus NewDirectory(const std::string& path, const IOOptions& options,
                        std::unique_ptr<rocksdb::FSDirectory>* result,
                        IODebugContext* debug) override;
  IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions& options,
                      IODebugContext* debug) override;
  IOStatus DeleteFile(const std::string& path, const IOOptions& options,
                      IODebugContext* debug) override;

  // Does `act` unless the power is out, goes out now, or the rule breaks it.
  template <class Act>
  IOStatus change(FileOperation operation, const std::string& name, const Act& act);
  // How many of the bytes there is room for, which is taken. With the mutex held.
  std::uint64_t takeRoom(std::uint64_t bytes);
  // What was read, into that room; it may come to be changed.
  void noteRead(const std::string& name, const rocksdb::Slice& result, char* scratch);
  void syncDirectory();
  void leaveAsAfterPowerCut(std::mt19937& random);

  std::mutex mutex;
  std::uint64_t operations = 0;
  std::uint64_t cut_at = 0;
  LastOperation last = LastOperation::kLost;
  bool cut = false;
  FaultFileSystem::Rule rule;
  std::uint64_t room = kNoLimit;
  std::uint64_t reads = 0;
  std::uint64_t flip_at = 0;  // the read in which a bit comes wrong; none for 0
  std::uint32_t flip_seed = 0;
  std::string flipped;

 private:
  IOStatus faultIn(FileOperation operation, const std::string& name) const;
  IOStatus checkOpening(const std::string& path);
  bool isTracked(const std::string& path) const;
  static std::string nameOf(const std::string& path) { return fs::path(path).filename().string(); }
  fs::path asidePath() { return aside_ / std::to_string(++next_aside_); }
  void putAside(const std::string& name);
  void note(DirectoryChange change);
  static void loseTail(const Content& content, std::mt19937& random);

  fs::path directory_;
  fs::path aside_;  // where the bytes of names that are gone wait until that is durable
  std::uint64_t next_aside_ = 0;
  std::map<std::string, ContentPtr> live_;
  std::map<std::string, ContentPtr> durable_;
  std::vector<DirectoryChange> unsynced_;
};

namespace {

IOStatus powerIsCut() { return IOStatus::IOError("the power is cut"); }

}  // namespace

FaultFileSystem::Files::Files(const std::string& directory)
    : FileSystemWrapper(rocksdb::FileSystem::Default()),
      directory_(directory),
      aside_(directory + ".aside") {
  fs::remove_all(aside_);
  fs::create_directories(aside_);
  if (!fs::exists(directory_)) return;
  for (const auto& entry : fs::directory_iterator(directory_)) {
    if (!isTracked(entry.path().string())) continue;
    const std::uint64_t size = entry.file_size();
    live_[entry.path().filename().string()] =
        std::make_shared<Content>(Content{entry.path(), size, size});
  }
  durable_ = live_;
}

// RocksDB's text log and its lock are written past us, and nothing depends on them.
bool FaultFileSystem::Files::isTracked(const std::string& path) const {
  const std::string name = nameOf(path);
  return fs::path(path).parent_path() == directory_ && name != "LOCK" && !name.starts_with("LOG");
}

// What the rule says; with the mutex held.
IOStatus FaultFileSystem::Files::faultIn(FileOperation operation, const std::string& name) const {
  const FileFault fault = rule ? rule(operation, name) : FileFault::kNone;
  if (fault == FileFault::kNoSpace) return noRoom();
  if (fault == FileFault::kIoError) return IOStatus::IOError("broken, as the test wants it");
  return IOStatus::OK();
}

template <class Act>
IOStatus FaultFileSystem::Files::change(FileOperation operation, const std::string& name,
                                        const Act& act) {
  const std::lock_guard lock(mutex);
  if (cut) return powerIsCut();
  const bool is_last = ++operations == cut_at;
  cut = is_last;
  if (is_last && last == LastOperation::kLost) return powerIsCut();
  if (IOStatus fault = faultIn(operation, name); !fault.ok()) return fault;
  if (operation == FileOperation::kCreate && room == 0) return noRoom();
  IOStatus status = act();
  return is_last ? powerIsCut() : status;
}

std::uint64_t FaultFileSystem::Files::takeRoom(std::uint64_t bytes) {
  const std::uint64_t taken = std::min(bytes, room);
  if (room != kNoLimit) room -= taken;
  return taken;
}

void FaultFileSystem::Files::noteRead(const std::string& name, const rocksdb::Slice& result,
                                      char* scratch) {
  const std::lock_guard lock(mutex);
  if (result.empty() || ++reads != flip_at) return;
  const std::size_t at = flip_seed / kBitsPerByte % result.size();
  const unsigned bit = flip_seed % kBitsPerByte;
  char& byte = scratch[static_cast<std::size_t>(result.data() - scratch) + at];
  byte = static_cast<char>(byte ^ (1 << bit));
  flipped = name + ", bit " + std::to_string(bit) + " of byte " + std::to_string(at) + " of " +
            std::to_string(result.size());
}

void FaultFileSystem::Files::note(DirectoryChange change) {
  for (const auto& [name, content] : change) {
    if (content != nullptr) {
      live_[name] = content;
    } else {
      live_.erase(name);
    }
  }
  unsynced_.push_back(std::move(change));
}

void FaultFileSystem::Files::putAside(const std::string& name) {
  const auto found = live_.find(name);
  if (found == live_.end()) return;
  const fs::path aside = asidePath();
  fs::rename(found->second->path, aside);
  found->second->path = aside;
}

void FaultFileSystem::Files::syncDirectory() {
  std::set<ContentPtr> gone;
  for (const DirectoryChange& change : unsynced_) {
    for (const auto& [name, content] : change) {
      gone.insert(durable_[name]);
      durable_[name] = content;
      if (content == nullptr) durable_.erase(name);
    }
  }
  unsynced_.clear();
  for (const auto& [name, content] : durable_) gone.erase(content);
  for (const ContentPtr& content : gone) {
    if (content != nullptr && content->path.parent_path() == aside_) fs::remove(content->path);
  }
}

IOStatus FaultFileSystem::Files::NewWritableFile(const std::string& path,
                                                 const FileOptions& options,
                                                 std::unique_ptr<rocksdb::FSWritableFile>* result,
                                                 IODebugContext* debug) {
  if (!isTracked(path)) return target()->NewWritableFile(path, options, result, debug);
  return change(FileOperation::kCreate, nameOf(path), [&] {
    putAside(nameOf(path));
    std::unique_ptr<rocksdb::FSWritableFile> file;
    IOStatus status = target()->NewWritableFile(path, options, &file, debug);
    if (!status.ok()) return status;
    auto content = std::make_shared<Content>(Content{.path = path});
    note({{nameOf(path), content}});
    *result = std::make_unique<FaultWritableFile<Files>>(std::move(file), *this, nameOf(path),
                                                         std::move(content));
    return status;
  });
}

IOStatus FaultFileSystem::Files::ReopenWritableFile(
    const std::string& path, const FileOptions& options,
    std::unique_ptr<rocksdb::FSWritableFile>* result, IODebugContext* debug) {
  {
    const std::lock_guard lock(mutex);
    if (cut) return powerIsCut();
    const auto found = live_.find(nameOf(path));
    if (isTracked(path) && found != live_.end()) {
      std::unique_ptr<rocksdb::FSWritableFile> file;
      IOStatus status = target()->ReopenWritableFile(path, options, &file, debug);
      if (!status.ok()) return status;
      *result = std::make_unique<FaultWritableFile<Files>>(std::move(file), *this, nameOf(path),
                                                           found->second);
      return status;
    }
  }
  return NewWritableFile(path, options, result, debug);
}

IOStatus FaultFileSystem::Files::checkOpening(const std::string& path) {
  const std::lock_guard lock(mutex);
  return faultIn(FileOperation::kOpen, nameOf(path));
}

IOStatus FaultFileSystem::Files::NewSequentialFile(
    const std::string& path, const FileOptions& options,
    std::unique_ptr<rocksdb::FSSequentialFile>* result, IODebugContext* debug) {
  if (!isTracked(path)) return target()->NewSequentialFile(path, options, result, debug);
  if (IOStatus fault = checkOpening(path); !fault.ok()) return fault;
  std::unique_ptr<rocksdb::FSSequentialFile> file;
  IOStatus status = target()->NewSequentialFile(path, options, &file, debug);
  if (!status.ok()) return status;
  *result = std::make_unique<FaultSequentialFile<Files>>(std::move(file), *this, nameOf(path));
  return status;
}

IOStatus FaultFileSystem::Files::NewRandomAccessFile(
    const std::string& path, const FileOptions& options,
    std::unique_ptr<rocksdb::FSRandomAccessFile>* result, IODebugContext* debug) {
  if (!isTracked(path)) return target()->NewRandomAccessFile(path, options, result, debug);
  if (IOStatus fault = checkOpening(path); !fault.ok()) return fault;
  std::unique_ptr<rocksdb::FSRandomAccessFile> file;
  IOStatus status = target()->NewRandomAccessFile(path, options, &file, debug);
  if (!status.ok()) return status;
  *result = std::make_unique<FaultRandomAccessFile<Files>>(std::move(file), *this, nameOf(path));
  return status;
}

IOStatus FaultFileSystem::Files::NewDirectory(const std::string& path, const IOOptions& options,
                                              std::unique_ptr<rocksdb::FSDirectory>* result,
                                              IODebugContext* debug) {
  std::unique_ptr<rocksdb::FSDirectory> opened;
  IOStatus status = target()->NewDirectory(path, options, &opened, debug);
  if (!status.ok()) return status;
  if ((fs::path(path) / "").parent_path() == directory_) {
    *result = std::make_unique<FaultDirectory<Files>>(std::move(opened), *this);
  } else {
    *result = std::move(opened);
  }
  return status;
}

IOStatus FaultFileSystem::Files::RenameFile(const std::string& from, const std::string& to,
                                            const IOOptions& options, IODebugContext* debug) {
  if (!isTracked(from)) return target()->RenameFile(from, to, options, debug);
  return change(FileOperation::kRename, nameOf(to), [&] {
    const auto found = live_.find(nameOf(from));
    if (found == live_.end()) return IOStatus::PathNotFound(from);
    const ContentPtr content = found->second;
    putAside(nameOf(to));
    fs::rename(content->path, to);
    content->path = to;
    note({{nameOf(to), content}, {nameOf(from), nullptr}});
    return IOStatus::OK();
  });
}

IOStatus FaultFileSystem::Files::DeleteFile(const std::string& path, const IOOptions& options,
                                            IODebugContext* debug) {
  if (!isTracked(path)) return target()->DeleteFile(path, options, debug);
  return change(FileOperation::kDelete, nameOf(path), [&] {
    const auto found = live_.find(nameOf(path));
    if (found == live_.end()) return IOStatus::PathNotFound(path);
    if (room != kNoLimit) room += found->second->written;
    putAside(nameOf(path));
    note({{nameOf(path), nullptr}});
    return IOStatus::OK();
  });
}

void FaultFileSystem::Files::loseTail(const Content& content, std::mt19937& random) {
  const std::uint64_t unsure = content.written - content.synced;
  const std::uint64_t kept = content.synced + (unsure == 0 ? 0 : random() % (unsure + 1));
  fs::resize_file(content.path, kept);
  // RocksDB bears zeros at the end of its write-ahead log, but calls a MANIFEST that ends in them
  // damaged. The usual file systems leave none: they lengthen a file after its bytes are written.
  const bool may_end_in_zeros = content.path.extension() == ".log";
  if (may_end_in_zeros && random() % kZeroTails == 0) {
    fs::resize_file(content.path, content.written);
  }
}

void FaultFileSystem::Files::leaveAsAfterPowerCut(std::mt19937& random) {
  const std::lock_guard lock(mutex);
  unsynced_.resize(random() % (unsynced_.size() + 1));
  // Out of the way, so that a name can stand for another content than it did.
  for (const auto& [name, content] : live_) putAside(name);
  for (const DirectoryChange& change : unsynced_) {
    for (const auto& [name, content] : change) {
      durable_[name] = content;
      if (content == nullptr) durable_.erase(name);
    }
  }
  for (const auto& [name, content] : durable_) {
    fs::rename(content->path, directory_ / name);
    content->path = directory_ / name;
    loseTail(*content, random);
  }
  fs::remove_all(aside_);
}

FaultFileSystem::FaultFileSystem(const std::string& directory)
    : files_(std::make_shared<Files>(directory)), env_(std::make_shared<FaultEnv>(files_)) {}
FaultFileSystem::~FaultFileSystem() = default;

std::shared_ptr<rocksdb::Env> FaultFileSystem::env() const { return env_; }

void FaultFileSystem::cutPowerAt(std::uint64_t operation, LastOperation last) {
  const std::lock_guard lock(files_->mutex);
  files_->cut_at = operation;
  files_->last = last;
}

void FaultFileSystem::cutPower() {
  const std::lock_guard lock(files_->mutex);
  files_->cut = true;
}

std::uint64_t FaultFileSystem::operations() const {
  const std::lock_guard lock(files_->mutex);
  return files_->operations;
}

void FaultFileSystem::breakBy(Rule rule) {
  const std::lock_guard lock(files_->mutex);
  files_->rule = std::move(rule);
}

void FaultFileSystem::leaveRoomFor(std::uint64_t bytes) {
  const std::lock_guard lock(files_->mutex);
  files_->room = bytes;
}

void FaultFileSystem::leaveAllRoom() { leaveRoomFor(kNoLimit); }

void FaultFileSystem::flipBitInRead(std::uint64_t read, std::uint32_t seed) {
  const std::lock_guard lock(files_->mutex);
  files_->flip_at = read;
  files_->flip_seed = seed;
  files_->reads = 0;
  files_->flipped.clear();
}

std::string FaultFileSystem::flipped() const {
  const std::lock_guard lock(files_->mutex);
  return files_->flipped;
}

void FaultFileSystem::leaveAsAfterPowerCut(std::mt19937& random) {
  files_->leaveAsAfterPowerCut(random);
}

}  // namespace robotledger
