// Breaks a log's file system, once and at every place there is: an operation fails, the disk gets
// full, a bit is read wrong. What was acknowledged has to be there when the log is opened again,
// what was not written must not be, and what is read is right or said to be damaged.
//
// A failure says what to set to see it again alone; RocksDB's threads of its own make a run alike,
// not the same.
#include <gtest/gtest.h>

#include "core/merkle/tiles.h"
#include "core/merkle/tree.h"
#include "tests/crash/crash_testing.h"
#include "tests/crash/fault_file_system.h"
#include "tests/crash/known_log.h"

namespace robotledger {
namespace {

namespace fs = std::filesystem;

constexpr int kOpenings = 3;
constexpr int kBatches = 6;
constexpr std::uint64_t kRoomStep = 8192;
constexpr std::uint64_t kPrime = 1000003;  // so that each place has random numbers of its own

Result<std::unique_ptr<LogStore>> openOn(const FaultFileSystem& files,
                                         const std::string& directory) {
  return openRocksLogStore(directory, {.opening = LogOpening::kCreateIfMissing,
                                       .write_buffer_bytes = kSmallBuffer,
                                       .env = files.env()});
}

// Opens, appends and closes, some times; goes on after what failed. `failed` is told of every
// error.
void workThrough(const std::string& directory, const FaultFileSystem& files, std::mt19937& random,
                 KnownLog& known, const std::function<void(const Error*)>& failed) {
  for (int i = 0; i < kOpenings; ++i) {
    const auto store = openOn(files, directory);
    if (!store) {
      failed(&store.error());
      continue;
    }
    ASSERT_NO_FATAL_FAILURE(settleUnknown(**store, known));
    for (int batch = 0; batch < kBatches; ++batch) {
      const AppendEnding ending = appendRandomBatch(**store, random, known);
      if (ending == AppendEnding::kCommitted) continue;
      failed(nullptr);
      if (ending == AppendEnding::kUnknown) break;  // it takes nothing until it is opened again
    }
  }
}

TEST(LogFaults, AnyOperationThatFailsOnceLosesNothing) {
  const auto places = atEveryPlace({1, 30, 2}, [](std::uint64_t seed, std::uint64_t at) {
    std::mt19937 random(static_cast<unsigned>(seed));
    const FileFault fault = seed % 2 == 0 ? FileFault::kNoSpace : FileFault::kIoError;
    const TestDirectory directory(roomForDirectories());
    FaultFileSystem files(directory.log());
    std::uint64_t operations = 0;
    files.breakBy([&](FileOperation, const std::string&) {
      return ++operations == at ? fault : FileFault::kNone;
    });
    KnownLog known;
    workThrough(directory.log(), files, random, known, [](const Error* error) {
      if (error == nullptr) return;
      EXPECT_EQ(error->code, ErrorCode::kIo) << error->message;
    });
    files.breakBy(nullptr);
    expectAllThatWasAcknowledged(directory.log(), random, known);
    return operations < at ? Place::kNone : Place::kMet;
  });
  EXPECT_TRUE(onePlaceAlone() || places > 50U);
}

TEST(LogFaults, ADiskThatGetsFullLosesNothingAndTakesMoreOnceThereIsRoom) {
  const auto places = atEveryPlace({1, 40}, [](std::uint64_t seed, std::uint64_t at) {
    std::mt19937 random(static_cast<unsigned>(seed));
    const TestDirectory directory(roomForDirectories());
    FaultFileSystem files(directory.log());
    files.leaveRoomFor(at * kRoomStep - random() % kRoomStep);
    Place met = Place::kNone;
    KnownLog known;
    workThrough(directory.log(), files, random, known, [&](const Error* error) {
      met = Place::kMet;
      if (error == nullptr) return;
      EXPECT_EQ(error->code, ErrorCode::kIo) << error->message;
      EXPECT_NE(error->message.find("no space left"), std::string::npos) << error->message;
    });
    files.leaveAllRoom();
    if (const auto store = openOn(files, directory.log()); store) {
      settleUnknown(**store, known);
      EXPECT_EQ(appendRandomBatch(**store, random, known), AppendEnding::kCommitted);
    } else {
      ADD_FAILURE() << store.error().message;
    }
    expectAllThatWasAcknowledged(directory.log(), random, known);
    return met;
  });
  EXPECT_TRUE(onePlaceAlone() || places > 10U);
}

// A log in tables and in a write-ahead log, closed.
struct ClosedLog {
  std::uint64_t seed;
  TestDirectory directory{roomForDirectories()};
  KnownLog known;
  std::vector<Digest> leaves;

  explicit ClosedLog(std::uint64_t its_seed) : seed(its_seed) {
    std::mt19937 random(static_cast<unsigned>(seed));
    const FaultFileSystem whole(directory.log());
    for (int i = 0; i < kOpenings; ++i) {
      const auto store = openOn(whole, directory.log());
      EXPECT_TRUE(store);
      for (int batch = 0; batch < kBatches; ++batch) appendRandomBatch(**store, random, known);
    }
    leaves = naiveLeaves(known.acknowledged);
  }
};

// What can be read is what was written, and what cannot says that it is damaged.
void expectRightOrDamaged(const LogStore& store, const ClosedLog& closed) {
  const auto check = [](const auto& read, const Bytes& right) {
    if (read) {
      ASSERT_EQ(Bytes(*read), right);
    } else {
      ASSERT_EQ(read.error().code, ErrorCode::kDamaged) << read.error().message;
    }
  };
  const std::size_t size = closed.leaves.size();
  ASSERT_EQ(store.head().size.value, size);
  for (std::size_t i = 0; i < size; i += 16) {
    check(store.read(Sequence{i}), closed.known.acknowledged[i]);
  }
  for (std::size_t from = 0; from < size; from += kTileWidth) {
    const std::size_t width = std::min<std::size_t>(kTileWidth, size - from);
    Bytes tile;
    for (std::size_t i = from; i < from + width; ++i) tile += digestBytes(closed.leaves[i]);
    check(store.hashTile(0, from / kTileWidth, static_cast<unsigned>(width)), tile);
  }
  const auto cursor = store.scan(Sequence{0}, TreeSize{size});
  ASSERT_TRUE(cursor);
  for (const Bytes& right : closed.known.acknowledged) {
    const auto record = (*cursor)->next();
    if (record) {
      ASSERT_EQ(Bytes(**record), right);
    } else {
      ASSERT_EQ(record.error().code, ErrorCode::kDamaged) << record.error().message;
      break;
    }
  }
}

TEST(LogFaults, ABitThatIsReadWrongIsFoundOrOfNoEffectAndLosesNothing) {
  std::unique_ptr<const ClosedLog> closed;
  std::uint64_t refused = 0;
  const auto places = atEveryPlace({2, 60}, [&](std::uint64_t seed, std::uint64_t at) {
    if (closed == nullptr || closed->seed != seed) closed = std::make_unique<ClosedLog>(seed);
    std::mt19937 random(static_cast<unsigned>(seed * kPrime + at));
    const TestDirectory room(roomForDirectories());
    fs::copy(closed->directory.log(), room.log(), fs::copy_options::recursive);
    KnownLog known = closed->known;
    FaultFileSystem files(room.log());
    files.flipBitInRead(at, static_cast<std::uint32_t>(random()));
    if (const auto store = openOn(files, room.log()); store) {
      expectRightOrDamaged(**store, *closed);
      appendRandomBatch(**store, random, known);
    } else {
      EXPECT_EQ(store.error().code, ErrorCode::kDamaged) << store.error().message;
      refused += 1;
    }
    SCOPED_TRACE(files.flipped());
    expectAllThatWasAcknowledged(room.log(), random, known);
    return files.flipped().empty() ? Place::kNone : Place::kMet;
  });
  EXPECT_TRUE(onePlaceAlone() || places > 50U);
  EXPECT_TRUE(onePlaceAlone() || refused > 0U);
}

}  // namespace
}  // namespace robotledger
