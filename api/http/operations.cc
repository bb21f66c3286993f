#include "api/http/operations.h"

#include <algorithm>
#include <chrono>

#include "api/json/json_text.h"

namespace robotledger::http {
namespace {

constexpr std::string_view kPrometheusText = "text/plain; version=0.0.4; charset=utf-8";

Response healthAnswer(int status, const Json& body) {
  return {.status = status,
          .headers = {{"Content-Type", std::string(kJson)}},
          .body = jsonText(body) + "\n",
          .why = {},
          .who = {}};
}

Response readiness(const WhyNotReady& why_not_ready) {
  const auto why = why_not_ready();
  if (!why) return healthAnswer(200, {{"status", "ready"}});
  Response answer = healthAnswer(503, {{"status", "not_ready"}, {"why", *why}});
  answer.headers.push_back({"Retry-After", "1"});
  answer.why = *why;
  return answer;
}

double seconds(std::int64_t us) {
  return static_cast<double>(us) / static_cast<double>(kUsPerSecond);
}

// Events that the projections have not gone through.
std::uint64_t lagOf(const OpenLedger& ledger) {
  const std::uint64_t has = ledger.viewsSize().value;
  const std::uint64_t size = ledger.log().head().size.value;
  return size > has ? size - has : 0;
}

// When what the newest checkpoint covers was last all that there was.
class CheckpointAge {
 public:
  explicit CheckpointAge(OpenLedger& ledger) : ledger_(ledger) {}
  // Seconds since an event came that no checkpoint covers; 0 where there is none.
  std::optional<double> operator()() {
    const auto signer = ledger_.signer();
    if (!signer) return std::nullopt;
    const auto newest = (*signer)->newest();
    const auto now = std::chrono::steady_clock::now();
    const TreeSize size = ledger_.log().head().size;
    const std::lock_guard lock(*mutex_);
    if (newest && newest->checkpoint.size == size) {
      uncovered_since_.reset();
      return 0;
    }
    if (!uncovered_since_) uncovered_since_ = now;
    return std::chrono::duration<double>(now - *uncovered_since_).count();
  }

 private:
  OpenLedger& ledger_;
  std::shared_ptr<std::mutex> mutex_ = std::make_shared<std::mutex>();
  std::optional<std::chrono::steady_clock::time_point> uncovered_since_;
};

}  // namespace

std::optional<std::string> whyNotReady(const OpenLedger& ledger) {
  const std::uint64_t lag = lagOf(ledger);
  if (lag <= kReadyLagEvents) return std::nullopt;
  return "the projections are " + std::to_string(lag) + " events behind";
}

std::vector<Route> operationsRoutes(const Metrics& metrics, WhyNotReady why_not_ready) {
  const Handler ready = [why_not_ready = std::move(why_not_ready)](const Request&) {
    return readiness(why_not_ready);
  };
  const Handler live = [](const Request&) { return healthAnswer(200, {{"status", "live"}}); };
  // Some of the figures are read from the system, which may take its time.
  const Handler text = [&metrics](const Request&) -> Handled {
    return [&metrics] {
      return Response{.status = 200,
                      .headers = {{"Content-Type", std::string(kPrometheusText)}},
                      .body = metrics.text(),
                      .why = {},
                      .who = {}};
    };
  };
  const auto get = [](const char* path, const Handler& handler, Access access) {
    return Route{.method = "GET",
                 .path = path,
                 .handler = handler,
                 .access = access,
                 .statuses = {200},
                 .body_limit = 0};
  };
  return {get("/health", ready, Access::kAnyone), get("/health/ready", ready, Access::kAnyone),
          get("/health/live", live, Access::kAnyone), get("/metrics", text, Access::kWatchers)};
}

void addLedgerMetrics(Metrics& metrics, OpenLedger& ledger) {
  metrics.gauge("robotledger_ledger_events", "Events in the log.",
                [&ledger] { return static_cast<double>(ledger.log().head().size.value); });
  metrics.gauge("robotledger_writer_queue_commands", "Commands that wait to be decided.",
                [&ledger] { return static_cast<double>(ledger.ledger().queuedCommands()); });
  metrics.gauge("robotledger_projection_lag_events",
                "Events that the projections have not gone through.",
                [&ledger] { return static_cast<double>(lagOf(ledger)); });
  metrics.gauge("robotledger_checkpoint_age_seconds",
                "For how long there have been events that no signed checkpoint covers, as far as "
                "it was asked for.",
                CheckpointAge(ledger));
  metrics.gauge("robotledger_clock_skew_seconds",
                "By how much the last event's time is ahead of the system's clock.", [&ledger] {
                  SystemClock clock;
                  const std::int64_t ahead = ledger.ledger().lastTime().us - clock.now().us;
                  return seconds(std::max<std::int64_t>(0, ahead));
                });
}

}  // namespace robotledger::http
