#include "bench/process.h"

#include <array>
#include <csignal>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/harness.h"

namespace robotledger::bench {

Process::Process(const std::vector<std::string>& arguments) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail("cannot make a pipe");
  std::string program = ownPath();
  std::vector<std::string> words = arguments;
  std::vector<char*> argv = {program.data()};
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  const int started =
      ::posix_spawn(&id_, program.c_str(), &actions, nullptr, argv.data(), ::environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  output_ = ends[0];
  if (started != 0) fail("cannot start " + program);
}

Process::~Process() {
  if (id_ > 0) finish();
  ::close(output_);
}

std::string Process::line() {
  for (;;) {
    if (const auto end = read_.find('\n'); end != std::string::npos) {
      std::string line = read_.substr(0, end);
      read_.erase(0, end + 1);
      return line;
    }
    std::array<char, 4096> some{};
    const ssize_t got = ::read(output_, some.data(), some.size());
    if (got <= 0) return std::exchange(read_, {});
    read_.append(some.data(), static_cast<std::size_t>(got));
  }
}

void Process::kill() {
  ::kill(id_, SIGKILL);
  int status = 0;
  ::waitpid(id_, &status, 0);
  id_ = -1;
}

void Process::finish() {
  int status = 0;
  ::waitpid(id_, &status, 0);
  id_ = -1;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) fail("a process of this benchmark failed");
}

}  // namespace robotledger::bench
