#include "api/http/metrics.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/base/check.h"

namespace robotledger::http {
namespace {

constexpr double kBillion = 1e9;

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || c == '"') out.push_back('\\');
    if (c == '\n') {
      out += "\\n";
    } else {
      out.push_back(c);
    }
  }
  return out;
}

// {method="GET",code="200"}, or nothing where there are none.
std::string labelText(const Labels& labels) {
  std::string out;
  for (const auto& [name, value] : labels) {
    out += fmt::format("{}{}=\"{}\"", out.empty() ? "{" : ",", name, escaped(value));
  }
  return out.empty() ? out : out + "}";
}

void putLine(std::string& out, std::string_view name, const Labels& labels, double value) {
  // Whole numbers are written as such, however large.
  const bool is_whole = std::nearbyint(value) == value && std::abs(value) < 9e15;
  out += fmt::format("{}{} {}\n", name, labelText(labels),
                     is_whole ? fmt::format("{:.0f}", value) : fmt::format("{}", value));
}

}  // namespace

Histogram::Histogram(std::vector<double> bounds)
    : bounds_(std::move(bounds)), counts_(bounds_.size() + 1) {}

void Histogram::observe(double value) {
  const auto bucket = std::ranges::lower_bound(bounds_, value) - bounds_.begin();
  counts_[static_cast<std::size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
  const double billionths = std::max(0.0, value) * kBillion;
  sum_billionths_.fetch_add(static_cast<std::uint64_t>(billionths), std::memory_order_relaxed);
}

std::vector<double> answerSeconds() {
  return {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
          0.05,   0.1,     0.25,   0.5,   1,      2.5,   5,    10};
}

Counter& Metrics::counter(const std::string& name, const std::string& help, Labels labels) {
  const std::lock_guard lock(mutex_);
  Counter& made = counters_.emplace_back();
  add(name, help, "counter",
      [&made, labels = std::move(labels)](std::string& out, const std::string& family) {
        putLine(out, family, labels, static_cast<double>(made.count()));
      });
  return made;
}

Histogram& Metrics::histogram(const std::string& name, const std::string& help,
                              std::vector<double> bounds, Labels labels) {
  const std::lock_guard lock(mutex_);
  Histogram& made = histograms_.emplace_back(std::move(bounds));
  add(name, help, "histogram",
      [&made, labels = std::move(labels)](std::string& out, const std::string& family) {
        std::uint64_t below = 0;
        for (std::size_t i = 0; i < made.counts_.size(); ++i) {
          below += made.counts_[i].load(std::memory_order_relaxed);
          Labels with_bound = labels;
          with_bound.emplace_back(
              "le", i < made.bounds_.size() ? fmt::format("{}", made.bounds_[i]) : "+Inf");
          putLine(out, family + "_bucket", with_bound, static_cast<double>(below));
        }
        const auto sum = static_cast<double>(made.sum_billionths_.load(std::memory_order_relaxed));
        putLine(out, family + "_sum", labels, sum / kBillion);
        putLine(out, family + "_count", labels, static_cast<double>(below));
      });
  return made;
}

void Metrics::gauge(const std::string& name, const std::string& help,
                    std::function<std::optional<double>()> value, Labels labels) {
  const std::lock_guard lock(mutex_);
  add(name, help, "gauge",
      [value = std::move(value), labels = std::move(labels)](std::string& out,
                                                             const std::string& family) {
        if (const auto known = value()) putLine(out, family, labels, *known);
      });
}

void Metrics::counters(const std::string& name, const std::string& help,
                       std::function<void(const Emit&)> collect) {
  const std::lock_guard lock(mutex_);
  add(name, help, "counter",
      [collect = std::move(collect)](std::string& out, const std::string& family) {
        collect([&](const Labels& labels, double value) { putLine(out, family, labels, value); });
      });
}

void Metrics::add(const std::string& name, const std::string& help, const char* type, Lines lines) {
  const auto known =
      std::ranges::find_if(families_, [&](const Family& one) { return one.name == name; });
  if (known == families_.end()) {
    families_.push_back({.name = name, .help = help, .type = type, .members = {std::move(lines)}});
    return;
  }
  RL_CHECK(std::string_view(known->type) == type, "a metric is of one kind");
  known->members.push_back(std::move(lines));
}

std::string Metrics::text() const {
  const std::lock_guard lock(mutex_);
  std::string out;
  for (const Family& family : families_) {
    out += fmt::format("# HELP {} {}\n# TYPE {} {}\n", family.name, family.help, family.name,
                       family.type);
    for (const Lines& lines : family.members) lines(out, family.name);
  }
  return out;
}

}  // namespace robotledger::http
