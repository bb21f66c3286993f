// How many tokens does the service give, over connections that are kept, with a signature each? And
// how long does one take at half of that load? Beside it the rate of bare ES256 signatures, and the
// login of docker-registry by its own htpasswd file.
//
//   service_bench [--seconds N] [--connections N] [--data DIR]
//
// The server is the program `robotledger` with one event loop; the load comes from one thread here.
// Tokens a core are those for each second of the processor's time that the server used, since this
// machine's cores are shared with the load.

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <thread>

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "api/json/json_text.h"
#include "api/token/token_key.h"
#include "bench/harness.h"
#include "bench/http_load.h"
#include "core/base/base64.h"

namespace robotledger::bench {
namespace {

// "correct-horse-1" with bcrypt at cost 5, which is what `htpasswd -B` takes.
constexpr const char* kHtpasswd =
    "ci:$2y$05$abcdefghijklmnopqrstuuxerKkqjcYvolJcIPZ1jfN5rHI0UshA6\n";

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

// A program that serves until it is let go of; what it says goes to a file.
class Served {
 public:
  Served(std::vector<std::string> words, const std::string& output, std::uint16_t port) {
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
  Served(const Served&) = delete;
  Served& operator=(const Served&) = delete;
  ~Served() {
    ::kill(id_, SIGTERM);
    ::waitpid(id_, nullptr, 0);
  }
  // Of the processor, so far.
  double seconds() const {
    std::ifstream stat("/proc/" + std::to_string(id_) + "/stat");
    std::string word;
    double ticks = 0;
    // The 14th and the 15th word; the name in the second has no spaces here.
    for (int i = 1; i <= 15 && stat >> word; ++i) {
      if (i >= 14) ticks += std::stod(word);
    }
    return ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
  }

 private:
  pid_t id_ = -1;
};

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

std::string get(const std::string& path, const std::string& login) {
  return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic " + toBase64(login) +
         "\r\n\r\n";
}

// What a server gives, as fast as it can, and how long one answer takes at half of that.
struct Given {
  double rate = 0;
  double a_core = 0;  // for each second of its processor time
  double p50_s = 0;
  double p99_s = 0;
};

Given measure(const Served& server, const HttpTarget& target, double seconds) {
  HttpLoad load(target);
  load.run({.seconds = seconds / 4});
  const double before_s = server.seconds();
  const auto most = load.run({.seconds = seconds});
  const double used_s = server.seconds() - before_s;
  const auto half = load.run({.seconds = seconds, .rate = most.rate() / 2});
  return {.rate = most.rate(),
          .a_core = static_cast<double>(most.latencies_s.size()) / std::max(used_s, 0.01),
          .p50_s = half.latency(0.5),
          .p99_s = half.latency(0.99)};
}

double signaturesPerSecond(const std::string& folder) {
  const TokenKeyFiles files{.key = folder + "/key.pem", .certificate = folder + "/cert.pem"};
  SystemClock clock;
  must(makeTokenKey(files, "bench", clock.now()));
  const auto key = must(TokenKey::read(files));
  const std::string text(1500, 'x');  // as long as a token's
  const std::size_t count = quick() ? 100 : 20000;
  const double before_s = processorSeconds();
  for (std::size_t i = 0; i < count; ++i) must(key->sign(text));
  return static_cast<double>(count) / (processorSeconds() - before_s);
}

std::string milliseconds(double seconds) { return withUnit(seconds * 1000, " ms"); }

Given measureTokens(const std::string& folder, double seconds, std::size_t connections) {
  const std::string program =
      std::filesystem::path(ownPath()).parent_path().parent_path() / "robotledger";
  const std::string command = "'" + program + "' --ledger '" + folder + "/ledger' ";
  outputOf(command + "init --origin bench.example/robots");
  outputOf(command + "project create web");
  const Json created =
      Json::parse(outputOf(command + "account create ci --project web --push-image --json"));
  const std::string login = "robot$web+ci:" + created.at("secret").get<std::string>();
  const std::uint16_t port = freePort();
  const Served server(
      {program, "--ledger", folder + "/ledger", "serve", "--listen",
       "127.0.0.1:" + std::to_string(port), "--loops", "1", "--log-level", "warning"},
      folder + "/serve.log", port);
  HttpTarget target{.port = port, .request = {}, .connections = connections};
  target.request = get("/service/token?scope=repository:web/app:pull,push", login);
  return measure(server, target, seconds);
}

// Nothing where there is no docker-registry.
std::optional<Given> measureRegistry(const std::string& folder, double seconds,
                                     std::size_t connections) {
  const char* home = std::getenv("HOME");
  std::string program =
      std::string(home == nullptr ? "" : home) + "/.cache/robotledger/e2e/bin/docker-registry";
  if (!std::filesystem::exists(program)) program = "/usr/bin/docker-registry";
  if (!std::filesystem::exists(program)) return std::nullopt;
  const std::uint16_t port = freePort();
  std::ofstream(folder + "/htpasswd") << kHtpasswd;
  std::ofstream(folder + "/registry.yml")
      << "version: 0.1\nlog: {level: error, accesslog: {disabled: true}}\nstorage:\n  filesystem: "
      << "{rootdirectory: '" << folder << "/images'}\nhttp: {addr: '127.0.0.1:" << port
      << "', secret: x}\nauth:\n  htpasswd: {realm: bench, path: '" << folder << "/htpasswd'}\n";
  const Served server({program, "serve", folder + "/registry.yml"}, folder + "/registry.log", port);
  HttpTarget target{.port = port, .request = {}, .connections = connections};
  target.request = get("/v2/", "ci:correct-horse-1");
  return measure(server, target, seconds);
}

int run(const Arguments& arguments) {
  const double seconds = static_cast<double>(arguments.number("seconds", quick() ? 1 : 8));
  const std::size_t connections = arguments.number("connections", 16);
  const WorkDirectory work(arguments);
  const double bare = signaturesPerSecond(work.path());
  const Given tokens = measureTokens(work.path(), seconds, connections);
  std::printf("  tokens: %.0f/s, %.0f a core; at half of that p50 %s, p99 %s; %.0f signatures/s\n",
              tokens.rate, tokens.a_core, milliseconds(tokens.p50_s).c_str(),
              milliseconds(tokens.p99_s).c_str(), bare);
  report({"tokens of the service, a core", withUnit(tokens.a_core, " tokens/s"),
          withUnit(bare, " bare ES256 signatures/s"), tokens.a_core / bare, ">= 10000/s", ""});
  const auto rival = measureRegistry(work.path(), seconds, connections);
  if (!rival) std::printf("  there is no docker-registry to measure beside; see tools/e2e-setup\n");
  report({"tokens of the service, p99 at half of that load", milliseconds(tokens.p99_s),
          rival ? milliseconds(rival->p99_s) + " docker-registry with htpasswd, " +
                      withUnit(rival->a_core, " logins/s a core")
                : "none",
          rival ? rival->p99_s / tokens.p99_s : 0, "<= 5 ms", ""});
  return 0;
}

}  // namespace
}  // namespace robotledger::bench

int main(int argc, char** argv) {
  return robotledger::bench::run(robotledger::bench::Arguments(argc, argv));
}
