// How many tokens does the service give, over connections that are kept, with a signature each? And
// how long does one take at half of that load? Beside it the rate of bare ES256 signatures, and the
// login of docker-registry by its own htpasswd file.
//
//   service_bench [--seconds N] [--connections N] [--data DIR]
//
// The server is the program `robotledger` with one event loop; the load comes from one thread here.
// Tokens a core are those for each second of the processor's time that the server used, since this
// machine's cores are shared with the load.

#include <filesystem>
#include <fstream>

#include "api/json/json_text.h"
#include "api/token/token_key.h"
#include "bench/harness.h"
#include "bench/http_load.h"
#include "bench/served.h"
#include "core/base/base64.h"

namespace robotledger::bench {
namespace {

// "correct-horse-1" with bcrypt at cost 5, which is what `htpasswd -B` takes.
constexpr const char* kHtpasswd =
    "ci:$2y$05$abcdefghijklmnopqrstuuxerKkqjcYvolJcIPZ1jfN5rHI0UshA6\n";

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
  const std::string program = ledgerProgram();
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
