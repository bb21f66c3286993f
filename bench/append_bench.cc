// How fast are commands taken? Beside RocksDB alone, which writes the same entries in the same
// batches with sync: what the ledger adds is to decide, to encode, to hash, and the views.
//
//   append_bench [--rounds N] [--commands N] [--batches N] [--callers N] [--dir DIR]
//
// In rounds: the ledger takes its commands, then the rival writes the entries that came of them, in
// the batches in which the ledger's writer wrote them.

#include <functional>
#include <latch>
#include <thread>

#include "bench/fleet.h"
#include "bench/harness.h"
#include "bench/rocks_rival.h"
#include "core/log/rocks_log_store.h"
#include "projections/rocks_row_store.h"
#include "projections/runner.h"

namespace robotledger::bench {
namespace {

constexpr std::size_t kBatchCommands = 1000;

// Remembers how many events each synced write had.
class BatchSizes final : public Observer {
 public:
  void onCommitted(const CommittedEvents& events) override { sizes.push_back(events->size()); }
  std::vector<std::size_t> sizes;
};

// The seconds that all of them need, from when all are there.
double inThreads(std::size_t threads, const std::function<void(std::size_t thread)>& work) {
  std::latch ready(static_cast<std::ptrdiff_t>(threads) + 1);
  std::vector<std::thread> running;
  for (std::size_t i = 0; i < threads; ++i) {
    running.emplace_back([&, i] {
      ready.arrive_and_wait();
      work(i);
    });
  }
  ready.arrive_and_wait();
  const Stopwatch watch;
  for (std::thread& one : running) one.join();
  return watch.seconds();
}

// A ledger with its views, put together by hand to watch its batches, and the rival beside it.
class Contest {
 public:
  explicit Contest(const std::string& directory) : rival_(directory + "/rival") {
    auto log =
        must(openRocksLogStore(directory + "/log", {.opening = LogOpening::kCreateIfMissing}));
    must(initializeLedger(*log, {.origin = "bench.example/robots"}, clock_));
    const LogHead head = log->head();
    const std::string guard = directory + "/guard";
    must(Guard::create(guard, {.first = head.root, .size = head.size, .root = head.root}));
    log_ = guardLog(std::move(log), must(Guard::open(guard)));
    rows_ = must(openRocksRowStore(directory + "/views", {}));
    runner_ = Runner::start(*log_, *rows_, {});
    copies_ = savedStatesIn(directory + "/state");
    LedgerOptions options;
    options.copies = copies_.get();
    options.observers = {&sizes_, runner_.get()};
    ledger_ = must(Ledger::open(*log_, std::move(options)));
    catchUp();
  }

  Ledger& ledger() { return *ledger_; }
  void catchUp() { must(runner_->view(ledger_->head().size)); }

  // Events of the last round.
  double events() const { return static_cast<double>(log_->head().size.value - replayed_.value); }

  // The seconds that the rival needs for what the ledger wrote since the last call.
  double replay() {
    readNew();
    std::vector<std::vector<BytesView>> batches;
    std::size_t at = 0;
    for (const std::size_t size : sizes_.sizes) {
      batches.emplace_back(entries_.begin() + static_cast<std::ptrdiff_t>(at),
                           entries_.begin() + static_cast<std::ptrdiff_t>(at + size));
      at += size;
    }
    if (at != entries_.size()) fail("the batches are not all of the log");
    sizes_.sizes.clear();
    const Stopwatch watch;
    for (const auto& batch : batches) rival_.append(batch);
    return watch.seconds();
  }

  // The seconds that as many threads need for the entries of the last replay(), each in a synced
  // write of its own, which RocksDB groups.
  double replayInThreads(std::size_t threads) {
    return inThreads(threads, [&](std::size_t thread) {
      for (std::size_t i = thread; i < entries_.size(); i += threads) {
        rival_.appendOne(entries_[i]);
      }
    });
  }
  double batches() const { return static_cast<double>(sizes_.sizes.size()); }

 private:
  void readNew() {
    entries_.clear();
    auto cursor = must(log_->scan(Sequence{replayed_.value}, log_->head().size));
    while (auto entry = must(cursor->next())) entries_.emplace_back(*entry);
    replayed_ = log_->head().size;
  }

  SystemClock clock_;
  BatchSizes sizes_;
  TreeSize replayed_{1};
  std::vector<Bytes> entries_;
  std::unique_ptr<LogStore> log_;
  std::unique_ptr<RowStore> rows_;
  std::unique_ptr<Runner> runner_;
  std::unique_ptr<SavedStates> copies_;
  std::unique_ptr<Ledger> ledger_;
  RocksRival rival_;
};

void expectReceipt(const Outcome& outcome) {
  if (const auto* no = std::get_if<Refusal>(&outcome)) fail("refused: " + no->message);
}

void submitAll(Ledger& ledger, std::vector<Submission> commands) {
  for (Submission& command : commands) expectReceipt(must(ledger.submit(std::move(command))));
}

std::vector<Submission> take(Fleet& fleet, std::size_t count) {
  std::vector<Submission> commands;
  commands.reserve(count);
  while (commands.size() < count) commands.push_back(fleet.next());
  return commands;
}

struct Rates {
  std::vector<double> ours;
  std::vector<double> rivals;
  std::vector<double> ratios;

  // `seconds` of ours and of the rival for so many events.
  void add(double events, double ours_s, double rival_s) {
    ours.push_back(events / ours_s);
    rivals.push_back(events / rival_s);
    ratios.push_back(rival_s / ours_s);
    std::printf("  %.0f events: ours %.0f/s, rival %.0f/s, ratio %.3f\n", events, events / ours_s,
                events / rival_s, rival_s / ours_s);
  }
  void print(const std::string& question, const std::string& goal, const std::string& kept) const {
    report({question, withUnit(median(ours), " events/s"), withUnit(median(rivals), " events/s"),
            median(ratios), goal, kept});
  }
};

Rates oneCaller(Contest& contest, std::size_t rounds, std::size_t commands) {
  std::printf("one caller\n");
  Fleet fleet({.name = "one", .projects = 10, .accounts = 30, .pushers = 10});
  submitAll(contest.ledger(), fleet.opening());
  submitAll(contest.ledger(), take(fleet, commands));
  contest.catchUp();
  contest.replay();
  Rates rates;
  for (std::size_t round = 0; round < rounds; ++round) {
    std::vector<Submission> work = take(fleet, commands);
    const Stopwatch watch;
    submitAll(contest.ledger(), std::move(work));
    const double ours = watch.seconds();
    contest.catchUp();
    const double events = contest.events();
    rates.add(events, ours, contest.replay());
  }
  return rates;
}

struct ManyRates {
  Rates same_batches;
  Rates own_writes;  // the rival's threads write for themselves
};

ManyRates manyCallers(Contest& contest, std::size_t callers, std::size_t rounds,
                      std::size_t commands) {
  std::printf("%zu callers\n", callers);
  std::vector<Fleet> fleets;
  for (std::size_t i = 0; i < callers; ++i) {
    fleets.emplace_back(FleetOptions{.name = "c" + std::to_string(i),
                                     .projects = 2,
                                     .accounts = 20,
                                     .pushers = 10,
                                     .seed = i + 1});
    submitAll(contest.ledger(), fleets.back().opening());
  }
  contest.catchUp();
  contest.replay();
  ManyRates rates;
  for (std::size_t round = 0; round <= rounds; ++round) {
    std::vector<std::vector<Submission>> work;
    for (Fleet& fleet : fleets) work.push_back(take(fleet, commands / callers));
    const double ours = inThreads(
        callers, [&](std::size_t caller) { submitAll(contest.ledger(), std::move(work[caller])); });
    contest.catchUp();
    const double events = contest.events();
    std::printf("  %.1f events a batch\n", events / contest.batches());
    const double batched = contest.replay();
    const double own = contest.replayInThreads(callers);
    if (round == 0) continue;  // it warms up
    rates.same_batches.add(events, ours, batched);
    rates.own_writes.add(events, ours, own);
  }
  return rates;
}

struct BatchRates {
  Rates acknowledged;
  Rates caught_up;
};

BatchRates inBatches(Contest& contest, std::size_t rounds, std::size_t batches) {
  std::printf("batches of %zu\n", kBatchCommands);
  Fleet fleet({.name = "batch", .projects = 200, .accounts = 50, .pushers = 15});
  submitAll(contest.ledger(), fleet.opening());
  contest.catchUp();
  contest.replay();
  BatchRates rates;
  for (std::size_t round = 0; round <= rounds; ++round) {
    std::vector<Job> jobs(batches);
    for (Job& job : jobs) job.submissions = take(fleet, kBatchCommands);
    const Stopwatch watch;
    for (Job& job : jobs) {
      const JobResult result = must(contest.ledger().run(std::move(job)));
      for (const Outcome& outcome : result.outcomes) expectReceipt(outcome);
    }
    const double acknowledged = watch.seconds();
    contest.catchUp();
    const double caught_up = watch.seconds();
    const double events = contest.events();
    const double rivals = contest.replay();
    if (round == 0) continue;  // it warms up
    rates.acknowledged.add(events, acknowledged, rivals);
    rates.caught_up.add(events, caught_up, rivals);
  }
  return rates;
}

int run(const Arguments& arguments) {
  const std::size_t rounds = arguments.number("rounds", quick() ? 2 : 7);
  const std::size_t commands = arguments.number("commands", quick() ? 200 : 2000);
  const std::size_t shared = arguments.number("shared-commands", quick() ? 2000 : 30000);
  const std::size_t batches = arguments.number("batches", quick() ? 4 : 60);
  const std::size_t callers = arguments.number("callers", 64);
  const std::string only = arguments.text("only", "");
  const WorkDirectory directory(arguments);
  const std::string kept = durability(directory.path(), Sync::kOn);
  std::printf("rival: RocksDB alone, the same entries in the same synced batches (%s)\n",
              kept.c_str());
  Contest contest(directory.path());
  const auto wanted = [&](const char* part) { return only.empty() || only == part; };
  if (wanted("one")) {
    oneCaller(contest, rounds, commands).print("append, one caller", "ratio >= 0.7", kept);
  }
  if (wanted("many")) {
    const ManyRates rates = manyCallers(contest, callers, rounds, shared);
    const std::string question = "append, " + std::to_string(callers) + " callers";
    rates.same_batches.print(question, "ratio >= 0.7", kept);
    rates.own_writes.print(question + ", beside as many threads of RocksDB's", "", kept);
  }
  if (wanted("batches")) {
    const BatchRates rates = inBatches(contest, rounds, batches);
    rates.acknowledged.print("append, batches of 1000, acknowledged", "ratio >= 0.2", kept);
    rates.caught_up.print("append, batches of 1000, views caught up", "ratio >= 0.12", kept);
  }
  return 0;
}

}  // namespace
}  // namespace robotledger::bench

int main(int argc, char** argv) {
  return robotledger::bench::run(robotledger::bench::Arguments(argc, argv));
}
