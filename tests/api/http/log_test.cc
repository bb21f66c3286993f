#include "api/http/log.h"

#include <array>
#include <chrono>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <unistd.h>

namespace robotledger::http {
namespace {

using testing::HasSubstr;

struct Pipe {
  Pipe() { EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0); }
  ~Pipe() {
    ::close(ends[0]);
    ::close(ends[1]);
  }
  std::string read() const {
    std::string text(1 << 20, '\0');
    const ssize_t count = ::read(ends[0], text.data(), text.size());
    text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return text;
  }
  std::array<int, 2> ends{};
};

TEST(Log, WritesALineOfJsonWithControlCharactersEscaped) {
  const Pipe pipe;
  {
    Log log({.level = LogLevel::kInfo, .fd = pipe.ends[1]});
    log.write(LogLevel::kDebug, "quiet");
    log.write(LogLevel::kError, "loud", {{"why", "a\n\x1b[31m\x7f\xc2\x85\xff"}});
  }
  const std::string line = pipe.read();
  EXPECT_THAT(line, testing::StartsWith("{\"time\":\""));
  EXPECT_THAT(line, HasSubstr("\"level\":\"error\",\"event\":\"loud\",\"why\":\"a\\n\\u001b[31m"
                              "\\u007f\\u0085\\ufffd\"}\n"));
  EXPECT_EQ(std::ranges::count(line, '\n'), 1);
}

TEST(Log, DropsTheOldestWhereNobodyReadsAndNeverWaits) {
  const Pipe pipe;
  const auto begun = std::chrono::steady_clock::now();
  {
    Log log({.level = LogLevel::kInfo, .fd = pipe.ends[1], .queue = 64});
    for (int i = 0; i < 20000; ++i) log.write(LogLevel::kInfo, "line", {{"i", i}});
    EXPECT_GT(log.dropped(), 10000U);
    log.flush(std::chrono::milliseconds(10));
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(10));
}

TEST(Log, LevelsHaveNames) {
  EXPECT_EQ(parseLogLevel("warning"), LogLevel::kWarning);
  EXPECT_EQ(parseLogLevel("Warning"), std::nullopt);
  EXPECT_EQ(parseLogLevel(""), std::nullopt);
}

}  // namespace
}  // namespace robotledger::http
