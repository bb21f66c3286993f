// What those who run a server ask of it: /health, /health/live, /health/ready and /metrics; and
// what the metrics tell of a ledger.
//
//   addLedgerMetrics(metrics, ledger);
//   auto routes = operationsRoutes(metrics, [&] { return whyNotReady(ledger); });
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "api/embed/open_ledger.h"
#include "api/http/exchange.h"
#include "api/http/metrics.h"

namespace robotledger::http {

// Why a server had better not be asked yet, in a few words; nothing where it is ready. Any thread;
// quick.
using WhyNotReady = std::function<std::optional<std::string>()>;

// How far the projections may be behind in a ledger that is ready: under load they always are, a
// little.
inline constexpr std::uint64_t kReadyLagEvents = 8192;
// Of a ledger whose projections have not caught up.
std::optional<std::string> whyNotReady(const OpenLedger& ledger);

// /health/live answers 200 while the loops run; /health/ready and /health 200 where the server is
// ready, else 503 and why. `metrics` outlives them.
std::vector<Route> operationsRoutes(const Metrics& metrics, WhyNotReady why_not_ready);

// Both outlive each other's use: the ledger the metrics' last text.
void addLedgerMetrics(Metrics& metrics, OpenLedger& ledger);

}  // namespace robotledger::http
