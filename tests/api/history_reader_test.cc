#include "api/history/history_reader.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/limits.h"

namespace robotledger {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::size_t kMost = kMaxHistoryLineBytes;

// A directory of its own for each test.
class HistoryReading : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "history-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string path() const { return (folder_ / "past.jsonl").string(); }
  void write(std::string_view bytes) const {
    std::ofstream(path(), std::ios::binary)
        .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }

  // Every line as "NUMBER:TEXT", or "NUMBER too long"; and the error at the end, if any.
  std::vector<std::string> linesOf(std::string_view bytes) const {
    write(bytes);
    const auto file = inspectHistory(path());
    EXPECT_TRUE(file);
    auto reader = HistoryReader::open(*file);
    EXPECT_TRUE(reader);
    return readAll(**reader);
  }
  static std::vector<std::string> readAll(HistoryReader& reader) {
    std::vector<std::string> lines;
    while (true) {
      const auto next = reader.next();
      if (!next) {
        lines.push_back(next.error().message);
        return lines;
      }
      if (!next->has_value()) return lines;
      const HistoryText& line = **next;
      lines.push_back(std::to_string(line.number) + (line.kind == HistoryText::Kind::kTooLong
                                                         ? " too long"
                                                         : ":" + std::string(line.text)));
    }
  }

  std::filesystem::path folder_;
};

TEST_F(HistoryReading, GivesLinesWithTheirNumbers) {
  EXPECT_THAT(linesOf("a\nb\nc\n"), ElementsAre("1:a", "2:b", "3:c"));
  EXPECT_THAT(linesOf("a\nb"), ElementsAre("1:a", "2:b")) << "the last one without its newline";
  EXPECT_THAT(linesOf(""), ElementsAre());
}

TEST_F(HistoryReading, SkipsAndCountsBlankLines) {
  EXPECT_THAT(linesOf("\n \t\na\n\r\n  \r\nb\n \n"), ElementsAre("3:a", "6:b"));
  EXPECT_THAT(linesOf("\n\n\n"), ElementsAre());
  EXPECT_THAT(linesOf("\v\n"), ElementsAre("1:\v")) << "no white space of JSON";
}

TEST_F(HistoryReading, TakesEitherEndOfLine) {
  EXPECT_THAT(linesOf("a\r\nb\nc\r"), ElementsAre("1:a", "2:b", "3:c"));
  EXPECT_THAT(linesOf("a\rb\r\r\n"), ElementsAre("1:a\rb\r"));
}

TEST_F(HistoryReading, KeepsWhateverBytesALineHas) {
  const std::string bytes("\0\xff\n\xef\xbb\xbf{\n", 8);
  EXPECT_THAT(linesOf(bytes), ElementsAre(std::string("1:\0\xff", 4), "2:\xef\xbb\xbf{"));
}

TEST_F(HistoryReading, TellsOfALineTooLongAndGoesOn) {
  const std::string most(kMost, 'x');
  EXPECT_THAT(linesOf("a\n" + most + "\nb\n"), ElementsAre("1:a", "2:" + most, "3:b"));
  EXPECT_THAT(linesOf("a\n" + most + "\r\nb\n"), ElementsAre("1:a", "2:" + most, "3:b"));
  EXPECT_THAT(linesOf("a\n" + most + "x\nb\n"), ElementsAre("1:a", "2 too long", "3:b"));
  EXPECT_THAT(linesOf("a\n" + most + "x\r\nb\n"), ElementsAre("1:a", "2 too long", "3:b"));
  EXPECT_THAT(linesOf(most + "xx"), ElementsAre("1 too long")) << "at the end of the file";
  EXPECT_THAT(linesOf(most + "\r"), ElementsAre("1:" + most));
  EXPECT_THAT(linesOf(std::string(3 * kMost, 'x') + "\n\n" + std::string(5 * kMost, 'y') + "\nb"),
              ElementsAre("1 too long", "3 too long", "4:b"));
}

TEST_F(HistoryReading, FindsLinesWhereverTheReadsEnd) {
  // Reads are of a power of two; lines of a prime length end everywhere within them.
  std::string bytes;
  std::vector<std::string> expected;
  for (int i = 1; i <= 4000; ++i) {
    const std::string text(static_cast<std::size_t>(i % 97 + 1), static_cast<char>('a' + i % 26));
    bytes += text + (i % 3 == 0 ? "\r\n" : "\n");
    expected.push_back(std::to_string(i) + ":" + text);
  }
  EXPECT_EQ(linesOf(bytes), expected);
}

TEST_F(HistoryReading, HashesAndCountsInTheFirstPass) {
  for (const auto& [bytes, lines] :
       std::vector<std::pair<std::string, std::uint64_t>>{{"", 0},
                                                          {"a", 1},
                                                          {"a\n", 1},
                                                          {"a\nb", 2},
                                                          {"\n\n", 2},
                                                          {std::string(200000, '\n'), 200000}}) {
    write(bytes);
    const auto file = inspectHistory(path());
    ASSERT_TRUE(file);
    EXPECT_EQ(file->sha256, sha256(bytes));
    EXPECT_EQ(file->lines, lines);
    EXPECT_EQ(file->path, path());
    EXPECT_EQ(file->identity.bytes, bytes.size());
  }
}

TEST_F(HistoryReading, SaysWhatCannotBeReadAndWhy) {
  const auto missing = inspectHistory(path());
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(missing.error().message, AllOf(HasSubstr(path()), HasSubstr("No such file")));
  const auto folder = inspectHistory(folder_.string());
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(folder.error().message, AllOf(HasSubstr(folder_.string()), HasSubstr("directory")));
  const auto device = inspectHistory("/dev/null");
  ASSERT_FALSE(device);
  EXPECT_THAT(device.error().message, HasSubstr("device"));
  if (::geteuid() == 0) return;  // who may read everything
  write("a\n");
  ::chmod(path().c_str(), 0);
  const auto forbidden = inspectHistory(path());
  ASSERT_FALSE(forbidden);
  EXPECT_EQ(forbidden.error().code, ErrorCode::kIo);
  EXPECT_THAT(forbidden.error().message, HasSubstr("Permission denied"));
}

TEST_F(HistoryReading, DoesNotWaitForAPipe) {
  ASSERT_EQ(::mkfifo(path().c_str(), 0600), 0);
  const auto pipe = inspectHistory(path());
  ASSERT_FALSE(pipe);
  EXPECT_EQ(pipe.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(pipe.error().message, AllOf(HasSubstr("a pipe"), HasSubstr("save it to a file")));
}

TEST_F(HistoryReading, EndsWhereTheFileWasChangedInBetween) {
  write("a\nb\n");
  const auto file = inspectHistory(path());
  ASSERT_TRUE(file);
  auto reader = HistoryReader::open(*file);
  ASSERT_TRUE(reader);
  std::ofstream(path(), std::ios::app) << "c\n";
  EXPECT_THAT(readAll(**reader).back(), AllOf(HasSubstr(path()), HasSubstr("changed")));
  EXPECT_FALSE(HistoryReader::open(*file)) << "another size";
  write("a\nc\n");
  std::filesystem::last_write_time(
      path(), std::filesystem::file_time_type::clock::now() + std::chrono::hours(1));
  EXPECT_FALSE(HistoryReader::open(*file)) << "another time of change";
  std::filesystem::remove(path());
  const auto gone = HistoryReader::open(*file);
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace robotledger
