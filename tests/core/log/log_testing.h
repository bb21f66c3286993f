// What the tests of the log share: batches, directories, and stores by their kind.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <random>
#include <string>

#include <gtest/gtest.h>

#include "core/log/log_store.h"
#include "core/log/rocks_log_store.h"
#include "tests/core/merkle/naive_tree.h"

namespace robotledger {

// A directory that is gone after the test.
class TestDirectory {
 public:
  explicit TestDirectory(
      const std::filesystem::path& room = std::filesystem::temp_directory_path()) {
    std::string path = (room / "robotledger-XXXXXX").string();
    if (mkdtemp(path.data()) == nullptr) ADD_FAILURE() << "no directory for the test";
    path_ = path;
  }
  TestDirectory(const TestDirectory&) = delete;
  TestDirectory& operator=(const TestDirectory&) = delete;
  ~TestDirectory() { std::filesystem::remove_all(path_); }
  std::string log() const { return (path_ / "log").string(); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline Bytes numberedEntry(std::size_t i) { return "entry-" + std::to_string(i); }

// Entries "entry-<from>" and on.
inline LogBatch numberedBatch(std::size_t from, std::size_t count) {
  LogBatch batch{.id = *newBatchId(), .entries = {}};
  for (std::size_t i = 0; i < count; ++i) batch.entries.push_back(numberedEntry(from + i));
  return batch;
}

// Appends numbered entries in batches until the log has `size` of them.
inline void fillTo(LogStore& store, std::size_t size, std::size_t batch_size = 1000) {
  for (std::size_t at = store.head().size.value; at < size;) {
    const std::size_t count = std::min(batch_size, size - at);
    const AppendOutcome outcome = store.append(TreeSize{at}, numberedBatch(at, count));
    ASSERT_EQ(outcome.ending, AppendEnding::kCommitted) << outcome.error.message;
    at += count;
  }
}

// Every record is the numbered one, and the root is the naive tree's.
inline void expectNumbered(const LogStore& store, std::size_t size) {
  const LogHead head = store.head();
  ASSERT_EQ(head.size.value, size);
  EXPECT_EQ(head.root, naiveRoot(numberedLeaves(size)));
  auto cursor = store.scan(Sequence{0}, head.size);
  ASSERT_TRUE(cursor) << cursor.error().message;
  for (std::size_t i = 0; i < size; ++i) {
    auto entry = (*cursor)->next();
    ASSERT_TRUE(entry) << entry.error().message;
    ASSERT_TRUE(entry->has_value()) << i;
    ASSERT_EQ(**entry, numberedEntry(i));
  }
  auto end = (*cursor)->next();
  ASSERT_TRUE(end);
  EXPECT_FALSE(end->has_value());
}

inline std::unique_ptr<LogStore> openedLog(const std::string& directory,
                                           LogOpening opening = LogOpening::kMustExist) {
  auto store = openRocksLogStore(directory, {.opening = opening});
  if (!store) {
    ADD_FAILURE() << store.error().message;
    return nullptr;
  }
  return *std::move(store);
}

}  // namespace robotledger
