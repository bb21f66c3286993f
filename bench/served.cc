#include "bench/served.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <thread>

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/harness.h"

namespace robotledger::bench {
namespace {

bool accepts(std::uint16_t port) {
  const int probe = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool done =
      ::connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(probe);
  return done;
}

}  // namespace

std::uint16_t freePort() {
  const int probe = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  if (::bind(probe, reinterpret_cast<sockaddr*>(&address), length) != 0 ||
      ::getsockname(probe, reinterpret_cast<sockaddr*>(&address), &length) != 0) {
    fail("there is no port to be had");
  }
  ::close(probe);
  return ntohs(address.sin_port);
}

std::string ledgerProgram() {
  return std::filesystem::path(ownPath()).parent_path().parent_path() / "robotledger";
}

std::string outputOf(const std::string& command) {
  std::string output;
  FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) fail("cannot run " + command);
  std::array<char, 4096> some{};
  while (const std::size_t got = std::fread(some.data(), 1, some.size(), pipe)) {
    output.append(some.data(), got);
  }
  if (::pclose(pipe) != 0) fail("failed: " + command);
  return output;
}

Served::Served(std::vector<std::string> words, const std::string& output, std::uint16_t port) {
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  id_ = ::fork();
  if (id_ == 0) {
    const int file = ::open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ::dup2(file, STDOUT_FILENO);
    ::dup2(file, STDERR_FILENO);
    ::execv(argv[0], argv.data());
    ::_exit(127);
  }
  for (int tries = 0; !accepts(port); ++tries) {
    if (tries == 500 || ::waitpid(id_, nullptr, WNOHANG) != 0) {
      fail(words.front() + " does not serve; see " + output);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

Served::~Served() {
  ::kill(id_, SIGTERM);
  ::waitpid(id_, nullptr, 0);
}

double Served::seconds() const {
  std::ifstream stat("/proc/" + std::to_string(id_) + "/stat");
  std::string word;
  double ticks = 0;
  // The 14th and the 15th word; the name in the second has no spaces here.
  for (int i = 1; i <= 15 && stat >> word; ++i) {
    if (i >= 14) ticks += std::stod(word);
  }
  return ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

}  // namespace robotledger::bench
