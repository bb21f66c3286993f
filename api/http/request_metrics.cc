#include "api/http/request_metrics.h"

#include <algorithm>

namespace robotledger::http {
namespace {

constexpr std::array<std::string_view, 8> kMethodNames{"GET",    "HEAD",  "POST",    "PUT",
                                                       "DELETE", "PATCH", "OPTIONS", "other"};

std::size_t methodIndex(std::string_view method) {
  const auto found = std::find(kMethodNames.begin(), kMethodNames.end() - 1, method);
  return static_cast<std::size_t>(found - kMethodNames.begin());
}

}  // namespace

RequestMetrics::RequestMetrics(Metrics& metrics, const Router& router) {
  counts_.push_back(std::make_unique<RouteCounts>());
  counts_.back()->path = "none";
  for (const Route& route : router.routes()) {
    const auto known =
        std::ranges::find_if(counts_, [&](const auto& one) { return one->path == route.path; });
    of_route_.push_back(static_cast<std::size_t>(known - counts_.begin()));
    if (known != counts_.end()) continue;
    counts_.push_back(std::make_unique<RouteCounts>());
    counts_.back()->path = route.path;
  }
  for (const auto& counts : counts_) {
    counts->seconds = &metrics.histogram("robotledger_http_request_duration_seconds",
                                         "From a request's head to its answer.", answerSeconds(),
                                         {{"route", counts->path}});
  }
  metrics.counters("robotledger_http_requests_total", "Requests answered.",
                   [this](const Emit& emit) {
                     for (const auto& counts : counts_) {
                       for (std::size_t method = 0; method < kMethods; ++method) {
                         for (std::size_t status = 0; status < kStatuses; ++status) {
                           const std::uint64_t count = counts->by_method[method][status];
                           if (count == 0) continue;
                           emit({{"method", std::string(kMethodNames[method])},
                                 {"route", counts->path},
                                 {"code", std::to_string(status)}},
                                static_cast<double>(count));
                         }
                       }
                     }
                   });
}

void RequestMetrics::count(const Routed& routed, std::string_view method, int status,
                           double seconds) {
  const bool is_routed = routed.found == RouteFound::kFound;
  RouteCounts& counts = *counts_[is_routed ? of_route_[routed.index] : 0];
  const std::size_t bounded =
      status > 0 && status < static_cast<int>(kStatuses) ? static_cast<std::size_t>(status) : 0;
  counts.by_method[methodIndex(method)][bounded].fetch_add(1, std::memory_order_relaxed);
  counts.seconds->observe(seconds);
}

}  // namespace robotledger::http
