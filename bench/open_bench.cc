// How long does a ledger take to open after a kill, and what does it cost to have it?
//
//   open_bench [--size full|medium|small|tiny] [--rounds N] [--data DIR]
//
// A process that appends without a pause is killed with SIGKILL; then a process opens what it left,
// gives a command and asks a question. The rival opens a copy of the same log with RocksDB alone.
// The kernel has the files in its memory: this is a kill, not a power cut.
//
// Memory is what malloc has given out in a process that opened a ledger, followed some thousand
// events and asked a question; of 100,000 living accounts less that of 1,000, for as many events.
// Its rival is a std::unordered_map of the same accounts by name. Disk is all that is in the
// directory; its rival has the entries alone in RocksDB, with the log's settings.

#include <filesystem>
#include <thread>

#include <malloc.h>

#include "bench/dataset.h"
#include "bench/process.h"
#include "bench/rocks_rival.h"
#include "core/ledger/saved_state.h"
#include "projections/access.h"

namespace robotledger::bench {
namespace {

constexpr std::size_t kAppendedBeforeKill = 30000;
constexpr std::size_t kFollowedBeforeMeasuring = 5000;
constexpr std::size_t kCommandsAJob = 100;
constexpr double kMilliseconds = 1000;

// A fleet in projects of its own, whatever the ledger has.
Fleet newcomers(const std::string& name) {
  return Fleet({.name = name, .projects = 5, .accounts = 20, .pushers = 5});
}

void runJob(Ledger& ledger, std::vector<Submission> submissions) {
  Job job;
  job.submissions = std::move(submissions);
  const JobResult result = must(ledger.run(std::move(job)));
  for (const Outcome& outcome : result.outcomes) {
    if (const auto* no = std::get_if<Refusal>(&outcome)) fail("refused: " + no->message);
  }
}

std::vector<Submission> someOf(Fleet& fleet) {
  std::vector<Submission> some;
  while (some.size() < kCommandsAJob) some.push_back(fleet.next());
  return some;
}

// In a process of its own: appends until it is killed, and tells when it has done much.
int appendForEver(const std::string& path, const std::string& name) {
  auto ledger = must(OpenLedger::open(path, {}));
  Fleet fleet = newcomers(name);
  runJob(ledger->ledger(), fleet.opening());
  for (std::size_t done = 0;; done += kCommandsAJob) {
    runJob(ledger->ledger(), someOf(fleet));
    if (done == kAppendedBeforeKill) {
      std::printf("going\n");
      std::fflush(stdout);
    }
  }
}

std::size_t askWhoCould(OpenLedger& ledger) {
  return must(ledger.ask([](const View& view) -> Result<std::size_t> {
    const auto place = findPlace(*view.catalog, typicalProject(1), view.last());
    const auto members = membersAt(view, kPushImage, *place, view.last_time, view.newest());
    if (!members) return members.error();
    return members->size();
  }));
}

// In a process of its own: opens, and prints how long that took until each of three things.
int openAndTell(const std::string& path, const std::string& name) {
  Fleet fleet = newcomers(name);
  const Stopwatch watch;
  auto ledger = must(OpenLedger::open(path, {}));
  const double opened = watch.seconds();
  runJob(ledger->ledger(), fleet.opening());
  const double commanded = watch.seconds();
  askWhoCould(*ledger);
  const double answered = watch.seconds();
  std::printf("%.6f\n%.6f\n%.6f\n%llu\n", opened, commanded, answered,
              static_cast<unsigned long long>(ledger->log().head().size.value));
  std::fflush(stdout);
  return 0;
}

int openRivalAndTell(const std::string& path) {
  const Stopwatch watch;
  const RocksRival rival(path);
  std::printf("%.6f\n", watch.seconds());
  std::fflush(stdout);
  return 0;
}

double allocated() {
  ::malloc_trim(0);
  const struct mallinfo2 info = ::mallinfo2();
  return static_cast<double>(info.uordblks + info.hblkhd);
}

// In a process of its own: prints the bytes in use, and those of the rival beside them.
int memoryAndTell(const std::string& path) {
  auto ledger = must(OpenLedger::open(path, {}));
  Fleet fleet = newcomers("memory");
  runJob(ledger->ledger(), fleet.opening());
  for (std::size_t i = 0; i < kFollowedBeforeMeasuring; i += kCommandsAJob) {
    runJob(ledger->ledger(), someOf(fleet));
  }
  askWhoCould(*ledger);
  std::this_thread::sleep_for(std::chrono::milliseconds(200));  // a saved copy may be on its way
  const double ours = allocated();
  std::size_t living = 0;
  double rival = 0;
  must(ledger->ledger().inspect([&](const State& state) {
    std::unordered_map<std::string, Account> by_name;
    for (const auto& account : state.image().accounts) {
      by_name.emplace(state.qualifiedNameOf(account), account);
    }
    living = by_name.size();
    rival = allocated() - ours;
  }));
  std::printf("%.0f\n%.0f\n%zu\n", ours, rival, living);
  std::fflush(stdout);
  return 0;
}

double number(Process& process) { return std::strtod(process.line().c_str(), nullptr); }

void benchOpening(const Arguments& arguments, const WorkDirectory& work) {
  const Dataset dataset = datasetOf(arguments, shapeOf(arguments));
  const std::string path = work.path() + "/killed";
  copyLedger(dataset.path, path);
  std::vector<double> opened;
  std::vector<double> commanded;
  std::vector<double> answered;
  std::vector<double> rivals;
  for (std::size_t round = 0; round < arguments.number("rounds", quick() ? 1 : 5); ++round) {
    const std::string name = "round-" + std::to_string(round);
    Process appender({"--mode", "append", "--path", path, "--name", name});
    if (appender.line() != "going") fail("the appending process ended");
    // Not always at the same place between two flushes.
    std::this_thread::sleep_for(std::chrono::milliseconds(37 * round));
    appender.kill();
    const std::string copy = work.path() + "/rival";
    copyLedger(path + "/log", copy);
    Process opener({"--mode", "open", "--path", path, "--name", name + "-after"});
    opened.push_back(number(opener));
    commanded.push_back(number(opener));
    answered.push_back(number(opener));
    const double events = number(opener);
    opener.finish();
    Process rival({"--mode", "open-rival", "--path", copy});
    rivals.push_back(number(rival));
    rival.finish();
    std::filesystem::remove_all(copy);
    std::printf(
        "  %.0f events: opened in %.3f s, a command done in %.3f, a question in %.3f; "
        "rival %.3f s\n",
        events, opened.back(), commanded.back(), answered.back(), rivals.back());
  }
  const std::string kept = durability(path, Sync::kOn);
  const auto line = [&](const std::string& what, const std::vector<double>& times,
                        const std::string& goal) {
    report({what, withUnit(median(times) * kMilliseconds, " ms"),
            withUnit(median(rivals) * kMilliseconds, " ms"), median(rivals) / median(times), goal,
            kept});
  };
  line("open after a kill, ready for commands", opened, "<= 1000 ms");
  line("open after a kill, first command acknowledged", commanded, "");
  line("open after a kill, first question answered", answered, "");
}

void benchMemory(const Arguments& arguments, const WorkDirectory& work) {
  const std::size_t events = arguments.number("memory-events", quick() ? 30000 : 500000);
  const std::size_t many = quick() ? 200 : 1000;
  struct Memory {
    double ours = 0;
    double rival = 0;
    double living = 0;
  };
  const auto measure = [&](std::size_t accounts) {
    const Dataset dataset = datasetOf(arguments, {events, 100, accounts});
    const std::string path = work.path() + "/memory-" + std::to_string(accounts);
    copyLedger(dataset.path, path);
    Process process({"--mode", "memory", "--path", path});
    Memory memory{number(process), number(process), number(process)};
    process.finish();
    std::printf("  %.0f living accounts: %.1f MB in use\n", memory.living, memory.ours / 1e6);
    return memory;
  };
  const Memory large = measure(many);
  const Memory small = measure(10);
  const double accounts = large.living - small.living;
  const double ours = (large.ours - small.ours) / accounts;
  const double rival = (large.rival - small.rival) / accounts;
  report({"memory for a living account", withUnit(ours, " bytes"), withUnit(rival, " bytes"),
          rival / ours, "<= 400 bytes", "-"});
}

void benchDisk(const Arguments& arguments, const WorkDirectory& work) {
  const Dataset dataset = datasetOf(arguments, shapeOf(arguments));
  const auto ours = static_cast<double>(settledDiskUsage(dataset.path));
  const auto log = static_cast<double>(diskUsage(dataset.path + "/log"));
  const auto views = static_cast<double>(diskUsage(dataset.path + "/views"));
  const std::string path = work.path() + "/entries";
  auto rival = std::make_unique<RocksRival>(path);
  double events = 0;
  {
    auto ledger = must(OpenLedger::open(dataset.path, {}));
    events = static_cast<double>(ledger->log().head().size.value);
    auto cursor = must(ledger->log().scan(Sequence{0}, ledger->log().head().size));
    std::vector<std::pair<Bytes, Bytes>> rows;
    for (std::uint64_t i = 0;; ++i) {
      const auto entry = must(cursor->next());
      if (!entry || rows.size() == kCommandsAJob) {
        rival->put(rows);
        rows.clear();
      }
      if (!entry) break;
      Bytes key;
      putBigEndian64(key, i);
      rows.emplace_back(std::move(key), Bytes(*entry));
    }
    rival->flush();
  }
  const auto rivals = static_cast<double>(settledDiskUsage(path));
  std::printf("  log %.1f, views %.1f, the state's copy %.1f bytes an event\n", log / events,
              views / events, (ours - log - views) / events);
  report({"disk for an event, everything in", withUnit(ours / events, " bytes"),
          withUnit(rivals / events, " bytes"), rivals / ours, "<= 350 bytes",
          durability(dataset.path, Sync::kOn)});
}

int run(const Arguments& arguments) {
  const std::string mode = arguments.text("mode", "");
  const std::string path = arguments.text("path", "");
  const std::string name = arguments.text("name", "");
  if (mode == "append") return appendForEver(path, name);
  if (mode == "open") return openAndTell(path, name);
  if (mode == "open-rival") return openRivalAndTell(path);
  if (mode == "memory") return memoryAndTell(path);
  const std::string only = arguments.text("only", "");
  const WorkDirectory work(arguments);
  if (only.empty() || only == "opening") benchOpening(arguments, work);
  if (only.empty() || only == "memory") benchMemory(arguments, work);
  if (only.empty() || only == "disk") benchDisk(arguments, work);
  return 0;
}

}  // namespace
}  // namespace robotledger::bench

int main(int argc, char** argv) {
  return robotledger::bench::run(robotledger::bench::Arguments(argc, argv));
}
