#include "core/ledger/log_key.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/core/log/log_testing.h"
#include "tests/core/merkle/test_keys.h"

namespace robotledger {
namespace {

namespace fs = std::filesystem;

struct KeyFile {
  TestDirectory room;
  std::string path = (room.path() / "key.pem").string();

  void put(const std::string& text, mode_t mode) const {
    std::ofstream(path) << text;
    EXPECT_EQ(::chmod(path.c_str(), mode), 0);
  }
  Error refused() const {
    const auto key = readLogKey(path, kLogName);
    EXPECT_FALSE(key);
    return key ? Error{} : key.error();
  }
};

TEST(LogKey, IsMadeForItsOwnerAloneAndReadAgain) {
  const KeyFile file;
  const auto made = makeLogKey(file.path, kLogName);
  ASSERT_TRUE(made) << made.error().message;
  struct stat info {};
  ASSERT_EQ(::stat(file.path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0600u);
  const auto read = readLogKey(file.path, kLogName);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ((*read)->verifierKey(), (*made)->verifierKey());
}

TEST(LogKey, IsNotMadeOverAnything) {
  const KeyFile file;
  file.put("mine", 0600);
  EXPECT_EQ(makeLogKey(file.path, kLogName).error().code, ErrorCode::kInvalidArgument);
  const std::string link = (file.room.path() / "link").string();
  fs::create_symlink("nowhere", link);
  EXPECT_FALSE(makeLogKey(link, kLogName));
  EXPECT_FALSE(fs::exists(file.room.path() / "nowhere"));
  EXPECT_EQ(makeLogKey((file.room.path() / "no" / "key").string(), kLogName).error().code,
            ErrorCode::kIo);
}

TEST(LogKey, OfOpensslIsReadAsItIs) {
  const KeyFile file;
  file.put(kLogPem, 0400);
  const auto read = readLogKey(file.path, kLogName);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(formatVerifierKey((*read)->verifierKey()), kLogVerifierKey);
}

TEST(LogKey, ThatOthersCanReadIsRefused) {
  const KeyFile file;
  for (const mode_t mode : {0640, 0604, 0620, 0660, 0666}) {
    file.put(kLogPem, mode);
    const Error error = file.refused();
    EXPECT_EQ(error.code, ErrorCode::kInvalidArgument);
    EXPECT_NE(error.message.find("chmod 600"), std::string::npos) << error.message;
  }
}

TEST(LogKey, ThatIsNoneIsRefusedAndNothingOfItIsSaid) {
  const KeyFile file;
  EXPECT_EQ(file.refused().code, ErrorCode::kNotFound);
  const std::string huge(100000, 'x');
  for (const std::string& text : {std::string(), std::string("secret words"), huge}) {
    file.put(text, 0600);
    const Error error = file.refused();
    EXPECT_EQ(error.code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(error.message.find("secret"), std::string::npos) << error.message;
    EXPECT_NE(error.message.find(file.path), std::string::npos) << error.message;
  }
  fs::remove(file.path);
  fs::create_directory(file.path);
  fs::permissions(file.path, fs::perms::owner_all);
  EXPECT_EQ(file.refused().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace robotledger
