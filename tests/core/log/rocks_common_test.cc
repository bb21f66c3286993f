#include "core/log/rocks_common.h"

#include <fstream>

#include <gtest/gtest.h>
#include <rocksdb/env.h>

#include "core/log/rocks_log_store.h"
#include "tests/core/log/log_testing.h"

namespace robotledger {
namespace {

namespace fs = std::filesystem;

std::size_t writeAheadLogs(const fs::path& directory) {
  std::size_t count = 0;
  for (const auto& entry : fs::directory_iterator(directory)) {
    if (entry.path().extension() == ".log") ++count;
  }
  return count;
}

void put(const fs::path& file, const std::string& bytes) { std::ofstream(file) << bytes; }

TEST(RocksCommon, EmptyWriteAheadLogsDoNotPileUpWithEveryOpening) {
  const TestDirectory room;
  const std::string path = (room.path() / "log").string();
  for (int i = 0; i < 20; ++i) {
    const auto opened = openRocksLogStore(path, {.opening = LogOpening::kCreateIfMissing});
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_LE(writeAheadLogs(path), 2u);
  }
}

TEST(RocksCommon, OnlyEmptyOnesThatAreNotTheNewestAreTakenAway) {
  const TestDirectory room;
  const fs::path path = room.path();
  put(path / "000009.log", "");
  put(path / "000011.log", "a record");
  put(path / "999999.log", "");
  put(path / "1000000.log", "");  // the newest, though "9" sorts behind "1"
  put(path / "000012.sst", "");
  removeEmptyWriteAheadLogs(*rocksdb::Env::Default(), path.string());
  EXPECT_FALSE(fs::exists(path / "000009.log"));
  EXPECT_FALSE(fs::exists(path / "999999.log"));
  for (const char* kept : {"000011.log", "1000000.log", "000012.sst"}) {
    EXPECT_TRUE(fs::exists(path / kept)) << kept;
  }
}

}  // namespace
}  // namespace robotledger
