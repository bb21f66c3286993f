#include "core/base/files.h"

#include <filesystem>

#include <gtest/gtest.h>

namespace robotledger {
namespace {

TEST(SyncDirectory, TellsOfADirectoryThatIsNone) {
  const std::string room = std::filesystem::temp_directory_path().string();
  EXPECT_TRUE(syncDirectory(room));
  for (const std::string& none :
       {room + "/robotledger-no-such-directory", std::string("/dev/null")}) {
    const auto synced = syncDirectory(none);
    ASSERT_FALSE(synced);
    EXPECT_EQ(synced.error().code, ErrorCode::kIo);
    EXPECT_NE(synced.error().message.find(none), std::string::npos) << synced.error().message;
  }
}

}  // namespace
}  // namespace robotledger
