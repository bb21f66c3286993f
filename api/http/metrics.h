// Metrics, in the text format of Prometheus (exposition format 0.0.4): counters and histograms that
// are counted without locks, and figures that are read when they are asked for.
//
//   Metrics metrics;
//   Counter& issued = metrics.counter("robotledger_tokens_issued_total", "Tokens that were
//   issued."); metrics.gauge("robotledger_ledger_events", "Events in the log.", [&] { return
//   size(); }); issued.add(); answer(metrics.text());
//
// Names and units are as Prometheus' manual on naming has them: base units, `_total` on counters.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace robotledger::http {

// Names of labels and their values; a value may be any text.
using Labels = std::vector<std::pair<std::string, std::string>>;

// Any thread.
class Counter {
 public:
  void add(std::uint64_t more = 1) { count_.fetch_add(more, std::memory_order_relaxed); }
  std::uint64_t count() const { return count_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> count_ = 0;
};

// Any thread.
class Histogram {
 public:
  // The upper bounds, ascending; one without bound is added.
  explicit Histogram(std::vector<double> bounds);
  void observe(double value);

 private:
  friend class Metrics;
  std::vector<double> bounds_;
  std::vector<std::atomic<std::uint64_t>> counts_;
  std::atomic<std::uint64_t> sum_billionths_ = 0;
};

// Seconds in which a request is answered.
std::vector<double> answerSeconds();

// One figure of a family, where its labels are known only when it is asked for.
using Emit = std::function<void(const Labels& labels, double value)>;

class Metrics {
 public:
  Metrics() = default;
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // All of these: any thread. What is given lives as long as this. Of one name there is one kind,
  // and each set of labels once. Callbacks are called on the thread that asks for the text.
  Counter& counter(const std::string& name, const std::string& help, Labels labels = {});
  Histogram& histogram(const std::string& name, const std::string& help, std::vector<double> bounds,
                       Labels labels = {});
  // A figure that may go either way; nothing where it is not known, and then it is left out.
  void gauge(const std::string& name, const std::string& help,
             std::function<std::optional<double>()> value, Labels labels = {});
  // Counts that are kept elsewhere.
  void counters(const std::string& name, const std::string& help,
                std::function<void(const Emit&)> collect);

  std::string text() const;

 private:
  using Lines = std::function<void(std::string& out, const std::string& name)>;
  struct Family {
    std::string name;
    std::string help;
    const char* type;
    std::vector<Lines> members;
  };
  void add(const std::string& name, const std::string& help, const char* type, Lines lines);

  mutable std::mutex mutex_;
  std::vector<Family> families_;      // guarded by mutex_
  std::deque<Counter> counters_;      // guarded by mutex_; the counters themselves are not
  std::deque<Histogram> histograms_;  // the same
};

// What every process tells of itself: process_start_time_seconds and the like.
void addProcessMetrics(Metrics& metrics);

}  // namespace robotledger::http
