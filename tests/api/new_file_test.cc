#include "api/evidence/new_file.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace robotledger {
namespace {

class NewFiles : public testing::Test {
 protected:
  NewFiles() { std::filesystem::create_directory(folder_); }
  ~NewFiles() override { std::filesystem::remove_all(folder_); }

  std::size_t filesThere() const {
    std::size_t count = 0;
    for (const auto& one : std::filesystem::directory_iterator(folder_)) count += one.exists();
    return count;
  }
  std::string content() const {
    std::ifstream in(path_);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  const std::string folder_ =
      (std::filesystem::temp_directory_path() / ("new_file_test." + std::to_string(::getpid())))
          .string();
  const std::string path_ = folder_ + "/it";
};

TEST_F(NewFiles, IsThereOnceItIsPublished) {
  auto file = NewFile::create(path_);
  ASSERT_TRUE(file);
  ASSERT_TRUE((*file)->write("one, "));
  ASSERT_TRUE((*file)->write("two"));
  EXPECT_FALSE(std::filesystem::exists(path_));
  ASSERT_TRUE((*file)->publish());
  EXPECT_EQ(content(), "one, two");
  file->reset();
  EXPECT_EQ(filesThere(), 1U);
  struct stat status {};
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(NewFiles, LeavesNothingWhereItIsNotPublished) {
  auto file = NewFile::create(path_);
  ASSERT_TRUE(file);
  ASSERT_TRUE((*file)->write("half"));
  file->reset();
  EXPECT_EQ(filesThere(), 0U);
}

TEST_F(NewFiles, ReplacesNothing) {
  auto file = NewFile::create(path_);
  ASSERT_TRUE(file);
  std::ofstream(path_) << "another's";
  EXPECT_EQ((*file)->publish().error().code, ErrorCode::kInvalidArgument);
  file->reset();
  EXPECT_EQ(content(), "another's");
  EXPECT_EQ(filesThere(), 1U);
  EXPECT_EQ(NewFile::create(path_).error().code, ErrorCode::kInvalidArgument);
  std::filesystem::remove(path_);
  std::filesystem::create_symlink("nowhere", path_);
  EXPECT_EQ(NewFile::create(path_).error().code, ErrorCode::kInvalidArgument);
}

TEST_F(NewFiles, NeedsItsDirectory) {
  EXPECT_EQ(NewFile::create(folder_ + "/no/it").error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace robotledger
