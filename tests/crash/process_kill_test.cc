// Kills a writing process at random moments, again and again on one directory: in the middle of
// opening, of writing, of closing. Every acknowledged event has to be there when the next opens.
//
// ROBOTLEDGER_CRASH_SEED chooses the moments, ROBOTLEDGER_CRASH_KILLS says how many there are. When
// a process is stopped is never quite the same twice: what was seen is in the message.
#include <chrono>
#include <csignal>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "api/embed/open_ledger.h"
#include "tests/core/log/log_testing.h"
#include "tests/crash/crash_testing.h"

namespace robotledger {
namespace {

constexpr std::uint64_t kKills = 220;
constexpr std::uint64_t kKillsInLongForm = 2000;
constexpr unsigned kKillsBetweenChecks = 4;
constexpr unsigned kKillsBetweenRebuilds = 12;
constexpr int kMostMsBeforeOpen = 40;
constexpr int kMostMsAfterOpen = 60;
constexpr int kMsUntilOpen = 60000;

// The process, and what it says.
class Writer {
 public:
  Writer(const std::string& directory, std::uint64_t seed, const Acknowledged& known) {
    int pipe[2] = {};
    EXPECT_EQ(::pipe2(pipe, O_CLOEXEC), 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, pipe[1], STDOUT_FILENO);
    std::vector<std::string> words = {ROBOTLEDGER_CRASH_WRITER, directory, std::to_string(seed),
                                      std::to_string(known.size.value),
                                      toHex(digestBytes(known.root))};
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    EXPECT_EQ(
        ::posix_spawn(&process_, words[0].c_str(), &actions, nullptr, arguments.data(), environ),
        0);
    posix_spawn_file_actions_destroy(&actions);
    ::close(pipe[1]);
    output_ = pipe[0];
  }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer() { ::close(output_); }

  // Until it has said something, or is at its end.
  void awaitFirstWord() {
    pollfd waiting{.fd = output_, .events = POLLIN, .revents = 0};
    EXPECT_EQ(::poll(&waiting, 1, kMsUntilOpen), 1);
  }

  // Whether it lived until then.
  bool kill() {
    ::kill(process_, SIGKILL);
    int status = 0;
    ::waitpid(process_, &status, 0);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
  }

  // The last that it said to be acknowledged; `otherwise` where it said nothing.
  Acknowledged lastWord(const Acknowledged& otherwise) {
    std::string said;
    char part[4096];
    for (ssize_t got = 0; (got = ::read(output_, part, sizeof part)) > 0;) {
      said.append(part, static_cast<std::size_t>(got));
    }
    const std::size_t end = said.rfind('\n');
    if (end == std::string::npos) return otherwise;
    const std::size_t before = said.rfind('\n', end - 1);
    const std::size_t start = before == std::string::npos ? 0 : before + 1;
    const std::string line = said.substr(start, end - start);
    const std::size_t space = line.find(' ');
    const auto root = fromHex(line.substr(space + 1));
    EXPECT_TRUE(root) << line;
    return {TreeSize{std::strtoull(line.c_str(), nullptr, 10)}, digestFrom(*root)};
  }

 private:
  pid_t process_ = 0;
  int output_ = -1;
};

enum class Views { kAsTheyAre, kBesideARebuild };

void expectOpensWhole(const std::string& directory, const Acknowledged& known, Views views) {
  std::string told;
  const auto opened = OpenLedger::open(
      directory, {.program = "the test", .tell = [&](const std::string& what) { told += what; }});
  ASSERT_TRUE(opened) << opened.error().message;
  expectWhole((*opened)->log(), known);
  if (views == Views::kBesideARebuild) {
    const auto view = (*opened)->view();
    ASSERT_TRUE(view) << view.error().message;
    ASSERT_EQ((*view)->size, (*opened)->log().head().size);
    ASSERT_EQ(rowsIn(*(*view)->rows), builtFrom((*opened)->log()));
  }
  ASSERT_EQ(told, "");
}

void sleepUpTo(int most_ms, std::mt19937& random) {
  const auto us = random() % static_cast<unsigned>(most_ms * 1000);
  std::this_thread::sleep_for(std::chrono::microseconds(us));
}

TEST(ProcessKill, AtAnyMomentLosesNothingThatWasAcknowledged) {
  const std::uint64_t seed = numberFromEnvironment("ROBOTLEDGER_CRASH_SEED", 1);
  const std::uint64_t kills =
      numberFromEnvironment("ROBOTLEDGER_CRASH_KILLS", longForms() ? kKillsInLongForm : kKills);
  std::mt19937 random(static_cast<unsigned>(seed));
  const TestDirectory room(roomForDirectories());
  const std::string directory = (room.path() / "data").string();
  ASSERT_TRUE(createLedger(directory, {.origin = "crash.example/robots"}));
  Acknowledged known;
  {
    const auto opened = OpenLedger::open(directory, {});
    ASSERT_TRUE(opened) << opened.error().message;
    known = Acknowledged::of((*opened)->log());
  }
  for (std::uint64_t i = 1; i <= kills; ++i) {
    SCOPED_TRACE("kill " + std::to_string(i) + ", " + std::to_string(known.size.value) +
                 " events acknowledged before it");
    {
      Writer writer(directory, seed * kKillsInLongForm + i, known);
      if (random() % 4 == 0) {
        sleepUpTo(kMostMsBeforeOpen, random);
      } else {
        writer.awaitFirstWord();
        sleepUpTo(kMostMsAfterOpen, random);
      }
      ASSERT_TRUE(writer.kill()) << "it ended by itself, and said why";
      known = writer.lastWord(known);
    }
    // The next process looks for all of it too, also where none looks here.
    if (i % kKillsBetweenChecks != 0 && i != kills) continue;
    const bool rebuild = i % kKillsBetweenRebuilds == 0 || i == kills;
    expectOpensWhole(directory, known, rebuild ? Views::kBesideARebuild : Views::kAsTheyAre);
    if (HasFatalFailure()) return;
  }
  // That it was not always killed before it wrote anything.
  EXPECT_GT(known.size.value, kills);
}

}  // namespace
}  // namespace robotledger
