#include "core/base/files.h"

#include <filesystem>
#include <fstream>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace robotledger {
namespace {

namespace fs = std::filesystem;

class ReadFileBelow : public testing::Test {
 protected:
  ReadFileBelow() {
    std::string path = (fs::temp_directory_path() / "robotledger-XXXXXX").string();
    EXPECT_NE(mkdtemp(path.data()), nullptr);
    room_ = path;
    fs::create_directories(room_ / "a/b");
    std::ofstream(room_ / "a/b/file") << "12345";
  }
  ~ReadFileBelow() override { fs::remove_all(room_); }
  Error error(const std::string& path, std::size_t most = 5) const {
    const auto read = readFileBelow(room_.string(), path, most);
    EXPECT_FALSE(read) << path;
    return read ? Error{} : read.error();
  }
  fs::path room_;
};

TEST_F(ReadFileBelow, ReadsAFileUpToItsBound) {
  const auto read = readFileBelow(room_.string(), "a/b/file", 5);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, "12345");
  EXPECT_EQ(error("a/b/file", 4),
            (Error{ErrorCode::kDamaged,
                   (room_ / "a/b/file").string() + " has 5 bytes, and cannot have more than 4"}));
}

TEST_F(ReadFileBelow, SaysWhatIsNotThere) {
  EXPECT_EQ(error("a/c/file").code, ErrorCode::kNotFound);
  EXPECT_EQ(error("a/b/none"),
            (Error{ErrorCode::kNotFound, "there is no " + (room_ / "a/b/none").string()}));
  EXPECT_EQ(readFileBelow((room_ / "none").string(), "x", 5).error().code, ErrorCode::kNotFound);
}

TEST_F(ReadFileBelow, FollowsNoLinksBelowTheDirectoryAndTakesFilesOnly) {
  fs::create_symlink(room_ / "a/b/file", room_ / "link");
  fs::create_directory_symlink(room_ / "a", room_ / "linked");
  ASSERT_EQ(::mkfifo((room_ / "pipe").c_str(), 0600), 0);
  for (const char* path : {"link", "linked/b/file", "pipe", "a", "a/b/file/more"}) {
    EXPECT_EQ(error(path).code, ErrorCode::kDamaged) << path;
  }
  // The directory itself may be one.
  EXPECT_TRUE(readFileBelow((room_ / "linked").string(), "b/file", 5));
}

TEST(WriteAll, WritesAllOrSaysWhatFailed) {
  const Descriptor full(::open("/dev/full", O_WRONLY));
  ASSERT_TRUE(full.isOpen());
  const auto written = writeAll(full.get(), "x", "the file");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error(),
            (Error{ErrorCode::kIo, "cannot write the file: No space left on device"}));
  EXPECT_TRUE(writeAll(full.get(), "", "the file"));
}

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
