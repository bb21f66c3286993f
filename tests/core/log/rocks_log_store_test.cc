// What the log in RocksDB finds when it is opened, and how its writes end when the disk fails.
#include "core/log/rocks_log_store.h"

#include <chrono>
#include <fstream>
#include <functional>
#include <map>
#include <thread>

#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include "core/log/log_layout.h"
#include "tests/core/log/log_testing.h"
#include "tests/crash/fault_file_system.h"

namespace robotledger {
namespace {

Bytes keyOf(Sequence sequence) { return Bytes(bytesOf(recordKey(sequence))); }
Bytes keyOf(TileId tile) { return Bytes(bytesOf(tileKey(tile))); }

// The closed log as plain RocksDB sees it.
class PlainDatabase {
 public:
  explicit PlainDatabase(const std::string& directory) {
    rocksdb::DB* db = nullptr;
    rocksdb::Options options;
    options.create_if_missing = true;
    const rocksdb::Status status = rocksdb::DB::Open(options, directory, &db);
    EXPECT_TRUE(status.ok()) << status.ToString();
    db_.reset(db);
  }
  Bytes get(const Bytes& key) {
    Bytes value;
    EXPECT_TRUE(db_->Get({}, key, &value).ok());
    return value;
  }
  void put(const Bytes& key, const Bytes& value) { EXPECT_TRUE(db_->Put({}, key, value).ok()); }
  void flush() { EXPECT_TRUE(db_->Flush({}).ok()); }
  void remove(const Bytes& key) { EXPECT_TRUE(db_->Delete({}, key).ok()); }
  void flip(const Bytes& key, std::size_t at) {
    Bytes value = get(key);
    ASSERT_LT(at, value.size());
    value[at] = static_cast<char>(value[at] ^ 1);
    put(key, value);
  }

 private:
  std::unique_ptr<rocksdb::DB> db_;
};

class RocksLog : public testing::Test {
 protected:
  void create(std::size_t size) {
    fillTo(*openedLog(directory_.log(), LogOpening::kCreateIfMissing), size);
  }

  // Opening says that it is damaged, and the message names `word`.
  void expectDamaged(const std::string& word) { expectRefused(ErrorCode::kDamaged, word); }
  void expectRefused(ErrorCode code, const std::string& word) {
    for (const LogOpening opening : {LogOpening::kMustExist, LogOpening::kCreateIfMissing}) {
      auto store = openRocksLogStore(directory_.log(), {.opening = opening});
      ASSERT_FALSE(store) << word;
      EXPECT_EQ(store.error().code, code) << store.error().message;
      EXPECT_NE(store.error().message.find(word), std::string::npos) << store.error().message;
      EXPECT_EQ(store.error().message.find('\n'), std::string::npos);
    }
  }

  // Does that to a log of so many records, and looks that opening finds it.
  void expectFound(std::size_t size, const std::string& word,
                   const std::function<void(PlainDatabase&)>& damage) {
    std::filesystem::remove_all(directory_.log());
    create(size);
    {
      PlainDatabase database(directory_.log());
      damage(database);
    }
    SCOPED_TRACE(word);
    expectDamaged(word);
  }

  TestDirectory directory_;
};

TEST_F(RocksLog, OpeningFindsAChangedOrMissingRecordAtTheEdge) {
  expectFound(300, "record 270 ", [](auto& db) { db.flip(keyOf(Sequence{270}), 40); });
  expectFound(300, "record 256 ", [](auto& db) { db.flip(keyOf(Sequence{256}), 0); });
  expectFound(300, "record 280 ", [](auto& db) { db.remove(keyOf(Sequence{280})); });
  expectFound(300, "record 299 ", [](auto& db) { db.remove(keyOf(Sequence{299})); });
  expectFound(256, "record 255 ", [](auto& db) { db.remove(keyOf(Sequence{255})); });
  expectFound(300, "record 0 ", [](auto& db) { db.remove(keyOf(Sequence{0})); });
  expectFound(300, "record 299 ", [](auto& db) { db.put(keyOf(Sequence{299}), "short"); });
  // An entry with a leaf hash that is its own, but not the one in the tree.
  expectFound(300, "names the root",
              [](auto& db) { db.put(keyOf(Sequence{299}), db.get(keyOf(Sequence{298}))); });
}

TEST_F(RocksLog, OpeningFindsRecordsAndTilesBeyondTheHead) {
  expectFound(300, "record 300",
              [](auto& db) { db.put(keyOf(Sequence{300}), db.get(keyOf(Sequence{299}))); });
  expectFound(300, "record 900", [](auto& db) { db.put(keyOf(Sequence{900}), "x"); });
  expectFound(300, "level 0", [](auto& db) { db.put(keyOf(TileId{0, 1}), Bytes(8192, 'x')); });
  expectFound(300, "level 1", [](auto& db) { db.put(keyOf(TileId{1, 0}), Bytes(8192, 'x')); });
  expectFound(300, "another key", [](auto& db) { db.put("f", "x"); });
  expectFound(300, "no known kind", [](auto& db) { db.put("a", "x"); });
  expectFound(0, "names no record", [](auto& db) { db.put(keyOf(Sequence{0}), "x"); });
}

TEST_F(RocksLog, OpeningFindsAChangedOrMissingTileAtTheEdge) {
  expectFound(1000, "names the root", [](auto& db) { db.flip(keyOf(TileId{0, 1}), 77); });
  expectFound(1000, "tile 0/1 ", [](auto& db) { db.remove(keyOf(TileId{0, 1})); });
  expectFound(1000, "level 0", [](auto& db) { db.remove(keyOf(TileId{0, 2})); });
  expectFound(1000, "tile 0/1 ", [](auto& db) { db.put(keyOf(TileId{0, 1}), "short"); });
}

TEST_F(RocksLog, OpeningFindsAChangedOrMissingHead) {
  expectFound(300, "head is missing", [](auto& db) { db.remove("h"); });
  expectFound(300, "format", [](auto& db) { db.flip("h", 0); });
  expectFound(300, "300", [](auto& db) { db.flip("h", 8); });  // names 301 records
  expectFound(300, "names the root", [](auto& db) { db.flip("h", 9); });
  expectFound(300, "head has 3 bytes", [](auto& db) { db.put("h", "abc"); });
  expectFound(300, "record", [](auto& db) {
    Bytes head = db.get("h");
    head[1] = '\xff';  // a size that no memory holds
    db.put("h", head);
  });
}

TEST_F(RocksLog, ReadingFindsWhatIsChangedOrMissingInside) {
  create(66000);
  {
    PlainDatabase database(directory_.log());
    database.flip(keyOf(Sequence{7}), 35);
    database.remove(keyOf(Sequence{20}));
    database.remove(keyOf(TileId{0, 7}));
    database.put(keyOf(TileId{0, 8}), "short");
  }
  const auto store = openedLog(directory_.log());
  for (const std::uint64_t index : {7U, 8U}) {
    auto hashes = store->hashTile(0, index, 256);
    ASSERT_FALSE(hashes);
    EXPECT_EQ(hashes.error().code, ErrorCode::kDamaged);
    EXPECT_NE(hashes.error().message.find("tile 0/" + std::to_string(index)), std::string::npos);
  }
  for (const std::uint64_t sequence : {7U, 20U}) {
    auto record = store->read(Sequence{sequence});
    ASSERT_FALSE(record);
    EXPECT_EQ(record.error().code, ErrorCode::kDamaged);
    const std::string named = "record " + std::to_string(sequence) + " ";
    EXPECT_NE(record.error().message.find(named), std::string::npos);
    auto cursor = store->scan(Sequence{sequence - 1}, TreeSize{100});
    ASSERT_TRUE((*cursor)->next());
    for (int again = 0; again < 2; ++again) {
      auto entry = (*cursor)->next();
      ASSERT_FALSE(entry);
      EXPECT_EQ(entry.error().code, ErrorCode::kDamaged);
      EXPECT_NE(entry.error().message.find(named), std::string::npos);
    }
  }
  EXPECT_TRUE(store->read(Sequence{8}));
}

TEST_F(RocksLog, AChangedByteInAnyFileIsFoundOrHarmless) {
  create(3000);
  PlainDatabase(directory_.log()).flush();
  std::mt19937 random(12);
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(directory_.log())) {
    const std::string name = entry.path().filename();
    if (entry.file_size() > 0 &&
        (name == "CURRENT" || name.starts_with("MANIFEST") || name.ends_with(".sst"))) {
      files.push_back(name);
    }
  }
  ASSERT_GE(files.size(), 3U);
  const auto whole = directory_.path() / "whole";
  std::filesystem::copy(directory_.log(), whole);
  for (int round = 0; round < 40; ++round) {
    std::filesystem::remove_all(directory_.log());
    std::filesystem::copy(whole, directory_.log());
    const auto path = std::filesystem::path(directory_.log()) / files[random() % files.size()];
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    const auto at = static_cast<std::streamoff>(random() % std::filesystem::file_size(path));
    file.seekg(at);
    const char byte = static_cast<char>(file.get() ^ (1 << random() % 8));
    file.seekp(at);
    file.put(byte);
    file.close();
    auto store = openRocksLogStore(directory_.log(), {});
    if (!store) {
      EXPECT_EQ(store.error().code, ErrorCode::kDamaged) << path << " " << store.error().message;
      continue;
    }
    auto cursor = (*store)->scan(Sequence{0}, (*store)->head().size);
    auto entry = (*cursor)->next();
    std::size_t count = 0;
    for (; entry && entry->has_value(); entry = (*cursor)->next()) {
      ASSERT_EQ(**entry, numberedEntry(count++));
    }
    EXPECT_TRUE(count == 3000 || (!entry && entry.error().code == ErrorCode::kDamaged)) << path;
  }
}

TEST_F(RocksLog, FilesThatAreMissingOrCutShortAreDamage) {
  create(3000);
  PlainDatabase(directory_.log()).flush();
  const auto whole = directory_.path() / "whole";
  std::filesystem::copy(directory_.log(), whole);
  for (const auto& entry : std::filesystem::directory_iterator(whole)) {
    const std::string name = entry.path().filename();
    if (name != "CURRENT" && !name.starts_with("MANIFEST") && !name.ends_with(".sst")) continue;
    for (const auto left : {std::uintmax_t{0}, entry.file_size() / 2}) {
      std::filesystem::remove_all(directory_.log());
      std::filesystem::copy(whole, directory_.log());
      const auto path = std::filesystem::path(directory_.log()) / name;
      if (left > 0) {
        std::filesystem::resize_file(path, left);
      } else {
        std::filesystem::remove(path);
      }
      SCOPED_TRACE(name + " of " + std::to_string(left));
      expectDamaged("");
    }
  }
}

TEST_F(RocksLog, WhatIsNoLogIsRefusedWithAHelpfulLine) {
  auto missing = openRocksLogStore(directory_.log(), {});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kInvalidArgument);
  EXPECT_NE(missing.error().message.find("there is no log in"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(directory_.log()));

  { PlainDatabase(directory_.log()).put("name", "value"); }
  expectRefused(ErrorCode::kInvalidArgument, "another program");

  std::filesystem::remove_all(directory_.log());
  std::filesystem::create_directory(directory_.log());
  std::ofstream(directory_.log() + "/letter.txt") << "dear";
  for (const LogOpening opening : {LogOpening::kMustExist, LogOpening::kCreateIfMissing}) {
    auto store = openRocksLogStore(directory_.log(), {.opening = opening});
    ASSERT_FALSE(store);
    EXPECT_EQ(store.error().code, ErrorCode::kInvalidArgument);
    EXPECT_NE(store.error().message.find("letter.txt"), std::string::npos);
  }
}

TEST_F(RocksLog, ACreationThatDidNotGetToItsEndIsCreatedAnew) {
  { PlainDatabase empty(directory_.log()); }
  auto refused = openRocksLogStore(directory_.log(), {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidArgument);
  create(10);
  expectNumbered(*openedLog(directory_.log()), 10);
}

TEST_F(RocksLog, ADamagedLogIsLeftAsItIs) {
  create(3000);
  PlainDatabase(directory_.log()).flush();
  const auto sizes = [&] {
    std::map<std::string, std::uintmax_t> found;
    for (const auto& entry : std::filesystem::directory_iterator(directory_.log())) {
      const std::string name = entry.path().filename();
      if (!name.starts_with("LOG")) found[name] = entry.file_size();
    }
    return found;
  };
  for (const auto& [name, size] : sizes()) {
    if (!name.starts_with("MANIFEST")) continue;
    std::filesystem::resize_file(std::filesystem::path(directory_.log()) / name, size / 2);
  }
  const auto before = sizes();
  expectDamaged("");
  EXPECT_EQ(sizes(), before);
}

TEST_F(RocksLog, WhoKnowsBetterMayRefuseALogBeforeItIsChanged) {
  create(10);
  RocksLogOptions options;
  LogHead asked;
  Digest earlier{};
  options.accept = [&](const LogHead& head, const RootAt& root_at) -> Result<void> {
    asked = head;
    earlier = *root_at(TreeSize{7});
    return Error{ErrorCode::kDamaged, "there were 11"};
  };
  auto refused = openRocksLogStore(directory_.log(), options);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("there were 11"), std::string::npos);
  EXPECT_EQ(earlier, naiveRoot(numberedLeaves(7)));
  EXPECT_EQ(asked, openedLog(directory_.log())->head());
}

TEST_F(RocksLog, ASecondOpenerIsToldThatItIsInUse) {
  const auto store = openedLog(directory_.log(), LogOpening::kCreateIfMissing);
  expectRefused(ErrorCode::kInUse, "another opener");
}

struct BrokenWrite {
  FileOperation operation;
  FileFault fault;
  bool kept;  // whether reopening finds the batch
};

TEST_F(RocksLog, AFailedWriteIsUnknownAndReopeningFindsOut) {
  for (const BrokenWrite& broken : {BrokenWrite{FileOperation::kAppend, FileFault::kIoError, false},
                                    BrokenWrite{FileOperation::kAppend, FileFault::kNoSpace, false},
                                    BrokenWrite{FileOperation::kSync, FileFault::kIoError, true}}) {
    std::filesystem::remove_all(directory_.log());
    FaultFileSystem files(directory_.log());
    auto store = openRocksLogStore(directory_.log(),
                                   {.opening = LogOpening::kCreateIfMissing, .env = files.env()});
    ASSERT_TRUE(store) << store.error().message;
    fillTo(**store, 260);
    const LogHead before = (*store)->head();
    files.breakBy([&](FileOperation operation, const std::string& name) {
      return operation == broken.operation && name.ends_with(".log") ? broken.fault
                                                                     : FileFault::kNone;
    });
    const LogBatch batch = numberedBatch(260, 5);
    const AppendOutcome unknown = (*store)->append(TreeSize{260}, batch);
    files.breakBy(nullptr);
    EXPECT_EQ(unknown.ending, AppendEnding::kUnknown);
    EXPECT_EQ(unknown.error.code, ErrorCode::kOutcomeUnknown);
    EXPECT_EQ(unknown.error.message.find("no space left") != std::string::npos,
              broken.fault == FileFault::kNoSpace);
    EXPECT_EQ(unknown.head, before);
    const AppendOutcome refused = (*store)->append(TreeSize{260}, batch);
    EXPECT_EQ(refused.ending, AppendEnding::kNotWritten);
    EXPECT_EQ(refused.error.code, ErrorCode::kClosed);
    expectNumbered(**store, 260);

    store->reset();
    const auto found = openedLog(directory_.log());
    EXPECT_EQ(found->head().batch == batch.id, broken.kept);
    expectNumbered(*found, broken.kept ? 265 : 260);
  }
}

TEST_F(RocksLog, WhereTheDiskTakesNoTablesAppendsAreNotWrittenUntilItDoesAgain) {
  FaultFileSystem files(directory_.log());
  auto store = openRocksLogStore(directory_.log(), {.opening = LogOpening::kCreateIfMissing,
                                                    .write_buffer_bytes = 64 << 10,
                                                    .env = files.env()});
  ASSERT_TRUE(store) << store.error().message;
  files.breakBy([](FileOperation, const std::string& name) {
    return name.ends_with(".sst") ? FileFault::kNoSpace : FileFault::kNone;
  });
  std::size_t size = 0;
  AppendOutcome outcome;
  for (int i = 0; i < 1000; ++i) {
    outcome = (*store)->append(TreeSize{size}, numberedBatch(size, 50));
    if (outcome.ending != AppendEnding::kCommitted) break;
    size += 50;
    // Time for the table to fail. An append that waits for room while it does ends as unknown.
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  ASSERT_EQ(outcome.ending, AppendEnding::kNotWritten) << size;
  EXPECT_EQ(outcome.error.code, ErrorCode::kIo);
  EXPECT_NE(outcome.error.message.find("no space left"), std::string::npos)
      << outcome.error.message;
  EXPECT_EQ((*store)->append(TreeSize{size}, numberedBatch(size, 50)).ending,
            AppendEnding::kNotWritten);
  files.breakBy(nullptr);
  // The next append makes RocksDB look for room.
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  do {
    outcome = (*store)->append(TreeSize{size}, numberedBatch(size, 50));
    ASSERT_NE(outcome.ending, AppendEnding::kUnknown);
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  } while (outcome.ending != AppendEnding::kCommitted &&
           std::chrono::steady_clock::now() < deadline);
  fillTo(**store, size + 500, 50);
  store->reset();
  expectNumbered(*openedLog(directory_.log()), size + 500);
}

}  // namespace
}  // namespace robotledger
