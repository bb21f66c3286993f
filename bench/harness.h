// What all benchmarks share: their arguments, their figures, and the line they end with.
//
//   Arguments arguments(argc, argv);
//   const std::size_t rounds = arguments.number("rounds", quick() ? 1 : 5);
//   report({.question = "append, one caller", .ours = "2400/s", ..., .goal = "ratio >= 0.7"});
//
// One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "core/base/result.h"

namespace robotledger::bench {

// ROBOTLEDGER_BENCH_QUICK=1: few rounds on little data, to see that it runs.
bool quick();

// `--name VALUE` pairs. An argument of another form ends the process with 2.
class Arguments {
 public:
  Arguments(int argc, char** argv);
  std::string text(const std::string& name, const std::string& otherwise) const;
  std::size_t number(const std::string& name, std::size_t otherwise) const;

 private:
  std::vector<std::pair<std::string, std::string>> pairs_;
};

// The path of the running program.
std::string ownPath();
// Where generated ledgers are kept: `--data DIR`, else "data" beside the program.
std::string dataDirectory(const Arguments& arguments);

enum class Sync { kOn, kOff };
// "sync on, ext4", of the file system that has the path.
std::string durability(const std::string& path, Sync sync);

// A directory that is removed in the end.
class WorkDirectory {
 public:
  // Below `--dir DIR`, else below the data directory.
  explicit WorkDirectory(const Arguments& arguments);
  WorkDirectory(const WorkDirectory&) = delete;
  WorkDirectory& operator=(const WorkDirectory&) = delete;
  ~WorkDirectory();
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// The bytes of all files below the path, as the disk counts them.
std::uint64_t diskUsage(const std::string& path);
// Waits until that stands still: until compaction has settled.
std::uint64_t settledDiskUsage(const std::string& path);

class Stopwatch {
 public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }
  double microseconds() const { return seconds() * 1e6; }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

// The processor's time that this process has used, of all its threads: on a machine with other work
// it says more than the time that went by.
double processorSeconds();

// Of values that are at least one. `share` is 0 to 1.
double percentile(std::vector<double> values, double share);
double median(std::vector<double> values);

// "2400/s", "12.3 us" and the like: three digits and the unit.
std::string withUnit(double value, const std::string& unit);

// A line of the table that tools/bench prints. The ratio is our speed as a part of the rival's:
// more than 1 is quicker, or smaller.
struct Report {
  std::string question;
  std::string ours;
  std::string rival;
  double ratio = 0;  // 0: none
  std::string goal;
  std::string durability;
};
void report(const Report& line);

// The value, or the end of the process with what went wrong.
[[noreturn]] void fail(const std::string& message);
template <class T>
T must(Result<T> result) {
  if (!result) fail(result.error().message);
  return *std::move(result);
}
inline void must(const Result<void>& result) {
  if (!result) fail(result.error().message);
}

}  // namespace robotledger::bench
