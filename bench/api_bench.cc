// How quick are Harbor's interface and the audit interface over HTTP? Robots created, durably; a
// page of a long list; who could. Beside each the same server's answer to a question that asks
// nothing
// (/health/live): what HTTP alone costs here.
//
//   api_bench [--seconds N] [--connections N] [--accounts N] [--data DIR]
//
// The server is the program `robotledger` with an event loop for each core; the load comes from one
// thread here, on the same cores.
#include <fstream>

#include "bench/harness.h"
#include "bench/http_load.h"
#include "bench/served.h"
#include "core/base/base64.h"

namespace robotledger::bench {
namespace {

constexpr const char* kPassword = "correct horse battery staple";

std::string ask(const std::string& method, const std::string& path, const std::string& body = "") {
  std::string text = method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic " +
                     toBase64(std::string("admin:") + kPassword) + "\r\n";
  if (!body.empty()) {
    text +=
        "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  }
  return text + "\r\n" + body;
}

std::string creation(std::uint64_t number) {
  return ask("POST", "/api/v2.0/robots",
             R"({"name":"job-)" + std::to_string(number) +
                 R"(","level":"project","duration":7,"permissions":[{"kind":"project",)"
                 R"("namespace":"jobs","access":[{"resource":"repository","action":"push"}]}]})");
}

// A ledger with many accounts in one project and few in another.
void makeLedger(const std::string& folder, std::size_t accounts) {
  const std::string command = "'" + ledgerProgram() + "' --ledger '" + folder + "/ledger' ";
  outputOf(command + "init --origin bench.example/robots");
  std::ofstream history(folder + "/history.jsonl");
  const auto line = [&](const std::string& fields) {
    history << R"({"at":"2026-01-01T00:00:00Z","actor":"admin",)" << fields << "}\n";
  };
  for (const char* project : {"many", "few", "jobs"}) {
    line(R"("do":"create_project","project":")" + std::string(project) + "\"");
  }
  for (std::size_t i = 0; i < accounts + 20; ++i) {
    const std::string project = i < accounts ? "many" : "few";
    line(R"("do":"create_account","project":")" + project + R"(","name":"ci-)" + std::to_string(i) +
         R"(","permissions":["push-image"],"expires":"never")");
  }
  history.close();
  outputOf(command + "import '" + folder + "/history.jsonl'");
  outputOf("printf '%s\\n' '" + std::string(kPassword) + "' | " + command +
           "operator set-password admin --password-stdin");
}

// The load, after a short one that has the login remembered.
HttpLoadResult measure(const HttpTarget& target, double seconds) {
  HttpLoad load(target);
  load.run({.seconds = seconds / 8});
  return load.run({.seconds = seconds});
}

std::string rateText(double rate) { return withUnit(rate, "/s"); }
std::string timeText(double seconds) { return withUnit(seconds * 1000, " ms"); }

int run(const Arguments& arguments) {
  const double seconds = static_cast<double>(arguments.number("seconds", quick() ? 1 : 6));
  const std::size_t connections = arguments.number("connections", 64);
  const std::size_t accounts = arguments.number("accounts", quick() ? 300 : 100000);
  const WorkDirectory work(arguments);
  makeLedger(work.path(), accounts);
  const std::uint16_t port = freePort();
  const Served server({ledgerProgram(), "--ledger", work.path() + "/ledger", "serve", "--listen",
                       "127.0.0.1:" + std::to_string(port), "--log-level", "warning"},
                      work.path() + "/serve.log", port);
  const auto target = [&](const std::string& request, std::size_t wide) {
    return HttpTarget{.port = port, .request = request, .connections = wide};
  };
  // One answer first: a slow hash at a time is enough.
  measure(target(ask("GET", "/api/v2.0/users/current"), 1), 0.1);

  HttpTarget creating = target("", connections);
  creating.request_of = creation;
  creating.status = 201;
  const auto created = measure(creating, seconds);
  const auto nothing = measure(target(ask("GET", "/health/live"), connections), seconds / 2);
  report({"robots created over HTTP, durable, " + std::to_string(connections) + " connections",
          rateText(created.rate()), rateText(nothing.rate()) + " /health/live",
          created.rate() / nothing.rate(), ">= 5000/s", durability(work.path(), Sync::kOn)});

  const auto list = measure(
      target(ask("GET", "/api/v2.0/robots?q=Level%3Dproject,ProjectID%3D1&page=40&page_size=100"),
             1),
      seconds / 2);
  const auto one = measure(target(ask("GET", "/health/live"), 1), seconds / 4);
  report({"a page of 100 robots of " + std::to_string(accounts) + ", p50",
          timeText(list.latency(0.5)), timeText(one.latency(0.5)) + " /health/live",
          one.latency(0.5) / list.latency(0.5), "<= 5 ms", ""});
  report({"the same, p99", timeText(list.latency(0.99)),
          timeText(one.latency(0.99)) + " /health/live", one.latency(0.99) / list.latency(0.99),
          "<= 5 ms", ""});

  const auto who = measure(
      target(ask("GET", "/audit/who-could?capability=push-image&project=few&at=now"), 16), seconds);
  report({"who could, of 20, over HTTP, 16 connections", rateText(who.rate()),
          rateText(nothing.rate()) + " /health/live", who.rate() / nothing.rate(), ">= 5000/s",
          ""});
  return 0;
}

}  // namespace
}  // namespace robotledger::bench

int main(int argc, char** argv) {
  return robotledger::bench::run(robotledger::bench::Arguments(argc, argv));
}
