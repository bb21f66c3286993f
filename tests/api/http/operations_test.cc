#include "api/http/operations.h"

#include <filesystem>

#include <gmock/gmock.h>

namespace robotledger::http {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

struct OnDisk {
  OnDisk() {
    EXPECT_NE(::mkdtemp(room.data()), nullptr);
    EXPECT_TRUE(createLedger(room + "/data", {.origin = "operations.example/robots"}));
    auto opened = OpenLedger::open(room + "/data", {});
    EXPECT_TRUE(opened);
    ledger = std::move(*opened);
  }
  OnDisk(const OnDisk&) = delete;
  OnDisk& operator=(const OnDisk&) = delete;
  ~OnDisk() {
    ledger.reset();
    fs::remove_all(room);
  }
  void createProject(const char* name) const {
    Submission submission{.command = CreateProject{name}, .context = {}};
    submission.context.actor = "admin";
    submission.context.channel = Embedder{"test"};
    const auto outcome = ledger->ledger().submit(std::move(submission));
    ASSERT_TRUE(outcome && std::holds_alternative<Receipt>(*outcome));
  }

  std::string room = (fs::temp_directory_path() / "robotledger-XXXXXX").string();
  std::unique_ptr<OpenLedger> ledger;
};

Response answerOf(const std::vector<Route>& routes, std::string_view path) {
  for (const Route& route : routes) {
    if (route.path != path) continue;
    const Handled handled = route.handler(Request());
    if (const auto* work = std::get_if<SlowWork>(&handled)) return (*work)();
    return std::get<Response>(handled);
  }
  return {};
}

TEST(Operations, TellWhyAServerIsNotReadyWhileItIsAlive) {
  const Metrics metrics;
  std::optional<std::string> why = "it has just begun";
  const auto routes = operationsRoutes(metrics, [&] { return why; });
  for (const char* path : {"/health", "/health/ready"}) {
    const Response answer = answerOf(routes, path);
    EXPECT_EQ(answer.status, 503) << path;
    EXPECT_EQ(answer.body, "{\"status\":\"not_ready\",\"why\":\"it has just begun\"}\n") << path;
  }
  EXPECT_EQ(answerOf(routes, "/health/live").status, 200);
  why.reset();
  EXPECT_EQ(answerOf(routes, "/health").status, 200);
  EXPECT_EQ(answerOf(routes, "/health/ready").body, "{\"status\":\"ready\"}\n");
}

TEST(Operations, MetricsFollowTheLedger) {
  const OnDisk on_disk;
  Metrics metrics;
  addLedgerMetrics(metrics, *on_disk.ledger);
  const auto routes = operationsRoutes(metrics, [] { return std::nullopt; });
  EXPECT_THAT(answerOf(routes, "/metrics").body, HasSubstr("\nrobotledger_ledger_events 1\n"));
  on_disk.createProject("web");
  // Once a question was answered, the projections have all of it, and a fresh checkpoint too.
  ASSERT_TRUE(on_disk.ledger->view());
  ASSERT_TRUE((*on_disk.ledger->signer())->fresh());
  const std::string text = answerOf(routes, "/metrics").body;
  EXPECT_THAT(text, HasSubstr("\nrobotledger_ledger_events 2\n"));
  EXPECT_THAT(text, HasSubstr("\nrobotledger_writer_queue_commands 0\n"));
  EXPECT_THAT(text, HasSubstr("\nrobotledger_projection_lag_events 0\n"));
  EXPECT_THAT(text, HasSubstr("\nrobotledger_checkpoint_age_seconds 0\n"));
  EXPECT_THAT(text, HasSubstr("\nrobotledger_clock_skew_seconds 0\n"));
  EXPECT_EQ(whyNotReady(*on_disk.ledger), std::nullopt);
}

}  // namespace
}  // namespace robotledger::http
