// What is counted of requests: by the route's path, never by what a client sent, so that nobody can
// make the counters grow from outside.
//
//   RequestMetrics requests(metrics, router);
//   requests.count(routed, "GET", 200, 0.0003);
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "api/http/metrics.h"
#include "api/http/router.h"

namespace robotledger::http {

class RequestMetrics {
 public:
  // Both outlive it.
  RequestMetrics(Metrics& metrics, const Router& router);

  // Any thread, without a lock. Where there was no route, the route is "none".
  void count(const Routed& routed, std::string_view method, int status, double seconds);

 private:
  static constexpr std::size_t kMethods = 8;     // those that are named, and the others as one
  static constexpr std::size_t kStatuses = 600;  // from 0
  using Statuses = std::array<std::atomic<std::uint64_t>, kStatuses>;
  struct RouteCounts {
    std::string path;
    std::array<Statuses, kMethods> by_method{};
    Histogram* seconds = nullptr;
  };
  std::vector<std::unique_ptr<RouteCounts>> counts_;  // by path; the first is of none
  std::vector<std::size_t> of_route_;                 // a router's route's place in it
};

}  // namespace robotledger::http
