// What lies on the disk is not what was written: a changed record is named and nothing is mended;
// damaged views are built anew, and that is told; a full disk loses nothing.
#include <atomic>
#include <fstream>

#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include "api/embed/open_ledger.h"
#include "core/log/log_layout.h"
#include "core/log/rocks_log_store.h"
#include "tests/core/log/log_testing.h"
#include "tests/crash/crash_testing.h"
#include "tests/crash/fault_file_system.h"

namespace robotledger {
namespace {

namespace fs = std::filesystem;

// More than are left to the log's tail when a ledger is closed.
constexpr int kEnoughForACopy = 5000;

// A ledger in a directory, closed, with so many projects.
struct Closed {
  TestDirectory room{roomForDirectories()};
  fs::path path = room.path() / "data";

  explicit Closed(int projects) {
    EXPECT_TRUE(createLedger(path.string(), {.origin = "damage.example/robots"}));
    const auto opened = OpenLedger::open(path.string(), {});
    EXPECT_TRUE(opened);
    Job job;
    for (int i = 0; i < projects; ++i) {
      job.submissions.push_back(byAdmin(CreateProject{"p" + std::to_string(i)}));
      if (i < 20) {
        job.submissions.push_back(byAdmin(CreateAccount{
            "p" + std::to_string(i), "ci", "", {{std::nullopt, "push-image"}}, {}, {}}));
      }
    }
    EXPECT_TRUE((*opened)->ledger().run(std::move(job)));
    EXPECT_TRUE((*opened)->view());
  }

  // As another program could, which knows nothing of hashes.
  void withDatabase(const std::function<void(rocksdb::DB&)>& change) const {
    rocksdb::DB* opened = nullptr;
    const auto status = rocksdb::DB::Open({}, (path / "log").string(), &opened);
    const std::unique_ptr<rocksdb::DB> db(opened);
    ASSERT_TRUE(status.ok()) << status.ToString();
    change(*db);
  }
  void changeRecord(std::uint64_t sequence) const {
    const auto array = recordKey(Sequence{sequence});
    const rocksdb::Slice key(array.data(), array.size());
    withDatabase([&](rocksdb::DB& db) {
      std::string value;
      ASSERT_TRUE(db.Get({}, key, &value).ok());
      value.back() = static_cast<char>(value.back() ^ 1);
      ASSERT_TRUE(db.Put({}, key, value).ok());
    });
  }
  void removeRecord(std::uint64_t sequence) const {
    const auto array = recordKey(Sequence{sequence});
    withDatabase([&](rocksdb::DB& db) {
      ASSERT_TRUE(db.Delete({}, rocksdb::Slice(array.data(), array.size())).ok());
    });
  }
};

void expectDamaged(const Error& error, const std::string& where) {
  EXPECT_EQ(error.code, ErrorCode::kDamaged) << error.message;
  EXPECT_NE(error.message.find(where), std::string::npos) << error.message;
}

TEST(DamagedLog, AChangedRecordIsNamedWhenTheLedgerIsOpened) {
  const Closed closed(30);
  closed.changeRecord(7);
  for (int i = 0; i < 2; ++i) {
    const auto opened = OpenLedger::open(closed.path.string(), {});
    ASSERT_FALSE(opened);
    expectDamaged(opened.error(), "record 7");
  }
}

TEST(DamagedLog, AMissingRecordIsNamedWhenTheLedgerIsOpened) {
  const Closed closed(30);
  closed.removeRecord(9);
  const auto opened = OpenLedger::open(closed.path.string(), {});
  ASSERT_FALSE(opened);
  expectDamaged(opened.error(), "record 9");
}

// A saved state lets a ledger open without its first records; reading them tells.
TEST(DamagedLog, AChangedRecordThatTheSavedStateCoversIsNamedWhenItIsRead) {
  const Closed closed(kEnoughForACopy);
  ASSERT_TRUE(fs::exists(closed.path / "state"));
  closed.changeRecord(7);
  const auto opened = OpenLedger::open(closed.path.string(), {});
  ASSERT_TRUE(opened) << opened.error().message;
  expectDamaged(readEvent((*opened)->log(), Sequence{7}).error(), "record 7");
  // The views cannot be built from such a log, and are not tried for ever.
  expectDamaged((*opened)->rebuildViews().error(), "record 7");
  expectDamaged((*opened)->view().error(), "record 7");
}

// The bytes of the write-ahead log that holds the newest records.
fs::path newestWriteAheadLog(const fs::path& log) {
  fs::path newest;
  for (const auto& entry : fs::directory_iterator(log)) {
    const bool fits = entry.path().extension() == ".log" && fs::file_size(entry.path()) > 0;
    if (fits && entry.path() > newest) newest = entry.path();
  }
  return newest;
}

std::string bytesIn(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void putBytes(const fs::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

// RocksDB takes a changed byte there for a torn end and drops what comes after it.
TEST(DamagedLog, AChangedByteInTheWriteAheadLogIsFoundAndNothingIsCutOff) {
  const Closed closed(30);
  const fs::path file = newestWriteAheadLog(closed.path / "log");
  ASSERT_FALSE(file.empty());
  const std::string good = bytesIn(file);
  for (const std::size_t from_end : {std::size_t{1}, good.size() / 2, good.size() - 20}) {
    std::string bad = good;
    bad[bad.size() - from_end] = static_cast<char>(bad[bad.size() - from_end] ^ 1);
    putBytes(file, bad);
    for (int i = 0; i < 2; ++i) {
      const auto opened = OpenLedger::open(closed.path.string(), {});
      ASSERT_FALSE(opened) << from_end;
      EXPECT_EQ(opened.error().code, ErrorCode::kDamaged) << opened.error().message;
    }
    EXPECT_EQ(bytesIn(file), bad);
  }
  putBytes(file, good);
  EXPECT_TRUE(OpenLedger::open(closed.path.string(), {}));
}

Error refusedAt(const fs::path& path, const std::string& guard = {}) {
  const auto opened = OpenLedger::open(path.string(), {.guard = guard});
  EXPECT_FALSE(opened);
  return opened ? Error{} : opened.error();
}

// Appends one event, so that what was copied before is older.
void goOn(const fs::path& path) {
  const auto opened = OpenLedger::open(path.string(), {});
  ASSERT_TRUE(opened) << opened.error().message;
  ASSERT_TRUE((*opened)->ledger().submit(byAdmin(CreateProject{"later"})));
}

// Views and saved state know of the later events as well, and are not to be believed then.
TEST(Guarded, AnOlderLogOpensWithANewGuardWhereItIsMeantToBeAsItIs) {
  const Closed closed(30);
  fs::copy(closed.path / "log", closed.room.path() / "older", fs::copy_options::recursive);
  goOn(closed.path);
  fs::remove_all(closed.path / "log");
  fs::rename(closed.room.path() / "older", closed.path / "log");
  expectDamaged(refusedAt(closed.path), "its guard saw 52 events");
  ASSERT_TRUE(renewGuard(closed.path.string(), {}, TreeSize{51}));
  const auto opened = OpenLedger::open(closed.path.string(), {});
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ((*(*opened)->view())->size.value, 51U);
}

// What stands on the log goes with it, as when a backup of all but the guard is put back.
TEST(Guarded, AnOlderLogThatWasPutBackDoesNotOpen) {
  const Closed closed(30);
  const fs::path older = closed.room.path() / "older";
  fs::copy(closed.path, older, fs::copy_options::recursive);
  goOn(closed.path);
  fs::copy_file(closed.path / "guard", older / "guard", fs::copy_options::overwrite_existing);
  expectDamaged(refusedAt(older), "its guard saw");
  const auto before = bytesIn(newestWriteAheadLog(older / "log"));
  expectDamaged(refusedAt(older), "its guard saw");
  EXPECT_EQ(bytesIn(newestWriteAheadLog(older / "log")), before) << "nothing was changed";
}

TEST(Guarded, AWholeDirectoryThatWasPutBackIsFoundByAGuardElsewhere) {
  const TestDirectory room(roomForDirectories());
  const fs::path path = room.path() / "data";
  const std::string guard = (room.path() / "elsewhere").string();
  ASSERT_TRUE(createLedger(path.string(), {.origin = "damage.example/robots"}, {.guard = guard}));
  EXPECT_FALSE(fs::exists(path / "guard"));
  fs::copy(path, room.path() / "older", fs::copy_options::recursive);
  goOn(path);
  fs::remove_all(path);
  fs::rename(room.path() / "older", path);
  expectDamaged(refusedAt(path), "its guard saw 2 events");
}

TEST(Guarded, ALedgerWithoutItsGuardDoesNotOpenUntilItHasANewOne) {
  const Closed closed(30);
  ASSERT_TRUE(fs::remove(closed.path / "guard"));
  expectDamaged(refusedAt(closed.path), "is missing");
  const auto wrong = renewGuard(closed.path.string(), {}, TreeSize{30});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, ErrorCode::kInvalidArgument);
  expectDamaged(refusedAt(closed.path), "is missing");
  const auto renewed = renewGuard(closed.path.string(), {}, TreeSize{51});
  ASSERT_TRUE(renewed) << renewed.error().message;
  EXPECT_EQ(renewed->size.value, 51U);
  EXPECT_TRUE(OpenLedger::open(closed.path.string(), {}));
}

TEST(Guarded, TheLogOfAnotherLedgerDoesNotOpen) {
  const Closed closed(30);
  const Closed other(40);
  for (const char* part : {"log", "views", "state"}) fs::remove_all(closed.path / part);
  fs::copy(other.path / "log", closed.path / "log", fs::copy_options::recursive);
  expectDamaged(refusedAt(closed.path), "of another log");
}

// Whoever rewrites history, and every hash with it.
TEST(Guarded, AnotherHistoryOfTheSameLengthDoesNotOpen) {
  const Closed closed(30);
  const auto opened = OpenLedger::open(closed.path.string(), {});
  ASSERT_TRUE(opened);
  std::vector<Bytes> entries;
  for (std::uint64_t i = 0; i < (*opened)->log().head().size.value; ++i) {
    entries.push_back(*(*opened)->log().read(Sequence{i}));
  }
  std::swap(entries[5], entries[6]);
  const fs::path forged = closed.room.path() / "forged";
  {
    const auto log = openedLog(forged.string(), LogOpening::kCreateIfMissing);
    ASSERT_EQ(log->append(TreeSize{0}, {.id = *newBatchId(), .entries = entries}).ending,
              AppendEnding::kCommitted);
  }
  fs::copy(closed.path, closed.room.path() / "copy", fs::copy_options::recursive);
  const fs::path copy = closed.room.path() / "copy";
  for (const char* part : {"log", "views", "state", "lock"}) fs::remove_all(copy / part);
  fs::rename(forged, copy / "log");
  expectDamaged(refusedAt(copy), "not those that were written");
}

// Opens, reads all rows as a question does, and compares; the answer is what was told meanwhile.
std::string toldWhenOpened(const Closed& closed) {
  std::string told;
  const auto opened = OpenLedger::open(
      closed.path.string(), {.tell = [&](const std::string& what) { told += what + "\n"; }});
  if (!opened) {
    ADD_FAILURE() << opened.error().message;
    return told;
  }
  const auto rows = (*opened)->ask([](const View& view) -> Result<Rows> {
    Rows all;
    const auto cursor = view.rows->cursor();
    for (cursor->seek(""); cursor->valid(); cursor->next()) {
      all.emplace_back(cursor->key(), cursor->value());
    }
    if (auto walked = cursor->status(); !walked) return walked.error();
    return all;
  });
  EXPECT_TRUE(rows) << rows.error().message;
  EXPECT_EQ(*rows, builtFrom((*opened)->log()));
  return told;
}

TEST(DamagedViews, WholeOnesAreNotSpokenOf) { EXPECT_EQ(toldWhenOpened(Closed(30)), ""); }

TEST(DamagedViews, AreNotMissedInALedgerThatWasJustMade) {
  const TestDirectory room(roomForDirectories());
  const std::string path = (room.path() / "data").string();
  ASSERT_TRUE(createLedger(path, {.origin = "damage.example/robots"}));
  std::string told;
  const auto opened =
      OpenLedger::open(path, {.tell = [&](const std::string& what) { told += what; }});
  ASSERT_TRUE(opened);
  ASSERT_TRUE((*opened)->view());
  EXPECT_EQ(told, "");
}

TEST(DamagedViews, ThatWereDeletedAreBuiltAnewAndTold) {
  const Closed closed(30);
  fs::remove_all(closed.path / "views");
  EXPECT_EQ(toldWhenOpened(closed), "the views are missing and are built anew\n");
  EXPECT_EQ(toldWhenOpened(closed), "");
}

std::vector<fs::path> filesOf(const Closed& closed) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(closed.path / "views")) {
    const std::string name = entry.path().filename().string();
    if (name == "CURRENT" || name.starts_with("MANIFEST") || name.ends_with(".sst")) {
      files.emplace_back(name);
    }
  }
  return files;
}

TEST(DamagedViews, WithoutOneOfTheirFilesAreBuiltAnewAndTold) {
  for (const fs::path& file : filesOf(Closed(30))) {
    SCOPED_TRACE(file);
    const Closed closed(30);
    ASSERT_TRUE(fs::remove(closed.path / "views" / file));
    const std::string told = toldWhenOpened(closed);
    EXPECT_NE(told.find("built anew"), std::string::npos) << told;
  }
}

TEST(DamagedViews, WithAFileOfNoSenseAreBuiltAnewAndTold) {
  for (const fs::path& file : filesOf(Closed(30))) {
    SCOPED_TRACE(file);
    const Closed closed(30);
    std::ofstream(closed.path / "views" / file) << "nonsense";
    const std::string told = toldWhenOpened(closed);
    EXPECT_NE(told.find("built anew"), std::string::npos) << told;
  }
}

// A bit may be one that nobody reads; then nothing has to be told, and the rows are right.
TEST(DamagedViews, WithAnyBitFlippedGiveTheRightRows) {
  const Closed closed(30);
  std::mt19937 random(1);
  int noticed = 0;
  for (int i = 0; i < 60; ++i) {
    const auto files = filesOf(closed);
    const fs::path file = closed.path / "views" / files[random() % files.size()];
    const std::uint64_t at = random() % fs::file_size(file);
    SCOPED_TRACE(file.filename().string() + " at " + std::to_string(at));
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekg(static_cast<std::streamoff>(at));
    const int byte = stream.get();
    stream.seekp(static_cast<std::streamoff>(at));
    stream.put(static_cast<char>(byte ^ (1 << random() % 8)));
    stream.close();
    if (!toldWhenOpened(closed).empty()) noticed += 1;
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_GT(noticed, 0);
}

TEST(FullDisk, LosesNothingWhereverItGetsFull) {
  constexpr unsigned kSeeds = 40;
  constexpr std::size_t kSmallBuffer = std::size_t{64} << 10;
  for (unsigned seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const TestDirectory room(roomForDirectories());
    SystemClock clock;
    Acknowledged known;
    FaultFileSystem files(room.log());
    std::atomic<int> room_left = static_cast<int>(random() % 300) + 60;
    files.breakBy([&](FileOperation operation, const std::string&) {
      const bool takes_room =
          operation == FileOperation::kAppend || operation == FileOperation::kCreate;
      return takes_room && --room_left < 0 ? FileFault::kNoSpace : FileFault::kNone;
    });
    {
      auto log = openRocksLogStore(room.log(), {.opening = LogOpening::kCreateIfMissing,
                                                .write_buffer_bytes = kSmallBuffer,
                                                .env = files.env()});
      ASSERT_TRUE(log) << log.error().message;
      ASSERT_TRUE(initializeLedger(**log, {.origin = "full.example"}, clock));
      const auto ledger = Ledger::open(**log, {});
      ASSERT_TRUE(ledger);
      for (auto done = (*ledger)->run(randomJob(random)); room_left >= 0;
           done = (*ledger)->run(randomJob(random))) {
        if (done) known = Acknowledged::of(**log);
      }
      // Until it is opened again it takes nothing, or says that nothing was written.
      const auto refused = (*ledger)->submit(byAdmin(CreateProject{"one-more"}));
      if (refused) {
        known = Acknowledged::of(**log);
      } else {
        const ErrorCode code = refused.error().code;
        ASSERT_TRUE(code == ErrorCode::kOutcomeUnknown || code == ErrorCode::kIo)
            << refused.error().message;
      }
    }
    const auto log = openRocksLogStore(room.log(), {});
    ASSERT_TRUE(log) << log.error().message;
    expectWhole(**log, known);
    const auto ledger = Ledger::open(**log, {});
    ASSERT_TRUE(ledger);
    ASSERT_TRUE((*ledger)->submit(byAdmin(CreateProject{"there-is-room-again"})));
    if (HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace robotledger
