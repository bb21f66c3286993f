// A log in memory that is published after each append and read as it was published, so that the
// suite of all stores runs over what reads the files.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/log/memory_log_store.h"
#include "core/log/tile_tree.h"

namespace robotledger {

// The files of a tree, by their paths. Any thread.
class PublishedFiles {
 public:
  TileFileReader reader() const {
    return [this](const std::string& path) -> Result<Bytes> {
      const std::lock_guard lock(mutex_);
      const auto file = files_.find(path);
      if (file != files_.end()) return file->second;
      return Error{ErrorCode::kNotFound, "there is no " + path};
    };
  }
  TileFileWriter writer() {
    return [this](const std::string& path, BytesView bytes) -> Result<void> {
      const std::lock_guard lock(mutex_);
      files_[path] = Bytes(bytes);
      return {};
    };
  }
  // For one thread, when nobody reads.
  std::map<std::string, Bytes>& files() { return files_; }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, Bytes> files_;
};

class PublishedStore final : public LogStore {
 public:
  PublishedStore() { publish({}); }

  LogHead head() const override {
    LogHead head = published().head();
    EXPECT_EQ(head.batch, BatchId{}) << "who publishes says nothing of batches";
    const std::lock_guard lock(mutex_);
    head.batch = batch_;
    return head;
  }
  AppendOutcome append(TreeSize expected, const LogBatch& batch) override {
    const TreeSize from = log_->head().size;
    AppendOutcome outcome = log_->append(expected, batch);
    if (outcome.ending == AppendEnding::kCommitted) publish(from);
    return outcome;
  }
  Result<Bytes> read(Sequence sequence) const override { return published().read(sequence); }
  Result<std::unique_ptr<LogCursor>> scan(Sequence from, TreeSize until) const override {
    return published().scan(from, until);
  }
  Result<Bytes> hashTile(unsigned level, std::uint64_t index, unsigned width) const override {
    return published().hashTile(level, index, width);
  }
  void reopen() { publish(log_->head().size); }

 private:
  const LogStore& published() const {
    const std::lock_guard lock(mutex_);
    return *versions_.back();
  }
  void publish(TreeSize from) {
    const LogHead head = log_->head();
    const auto written = writeTileTree(*log_, from, head.size, files_.writer());
    EXPECT_TRUE(written) << written.error().message;
    const std::lock_guard lock(mutex_);
    versions_.push_back(openTileLog(head.size, head.root, files_.reader()));
    batch_ = head.batch;
  }

  std::unique_ptr<MemoryLogStore> log_ = std::make_unique<MemoryLogStore>();
  PublishedFiles files_;
  mutable std::mutex mutex_;
  // Older ones stay, for who reads in them still.
  std::vector<std::unique_ptr<LogStore>> versions_;
  BatchId batch_{};
};

}  // namespace robotledger
