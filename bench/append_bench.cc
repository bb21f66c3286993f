// How fast are commands taken? Beside RocksDB alone, which writes the same entries in the same
// batches with sync: what the ledger adds is to decide, to encode, to hash, and the views.
//
//   append_bench [--rounds N] [--commands N] [--batches N] [--callers N] [--dir DIR]
//                [--only one|many|batches|checkpoints]
//
// In rounds: the ledger takes its commands, then the rival writes the entries that came of them, in
// the batches in which the ledger's writer wrote them. What checkpoints cost is measured beside a
// second ledger, that signs them, in rounds that take turns.

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <latch>
#include <mutex>
#include <thread>

#include "bench/fleet.h"
#include "bench/harness.h"
#include "bench/rocks_rival.h"
#include "core/ledger/checkpointer.h"
#include "core/log/guard.h"
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

// RocksDB alone behind a queue, as a ledger without a ledger: callers wait, one thread writes what
// waits in one synced batch, and wakes them.
class QueuedRival {
 public:
  explicit QueuedRival(RocksRival& rival) : rival_(rival), thread_([this] { work(); }) {}
  QueuedRival(const QueuedRival&) = delete;
  QueuedRival& operator=(const QueuedRival&) = delete;
  ~QueuedRival() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }

  void append(BytesView entry) {
    std::atomic<bool> is_written = false;
    {
      const std::lock_guard lock(mutex_);
      waiting_.push_back({entry, &is_written});
    }
    wake_.notify_one();
    while (true) {
      const std::uint32_t before = batches_;
      if (is_written) return;
      batches_.wait(before);
    }
  }

 private:
  struct Waiting {
    BytesView entry;
    std::atomic<bool>* is_written;
  };

  void work() {
    while (true) {
      std::vector<Waiting> taken;
      {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [&] { return stopping_ || !waiting_.empty(); });
        if (waiting_.empty()) return;
        taken.swap(waiting_);
      }
      std::vector<BytesView> batch;
      for (const Waiting& one : taken) batch.push_back(one.entry);
      rival_.append(batch);
      for (const Waiting& one : taken) *one.is_written = true;
      batches_ += 1;
      batches_.notify_all();
    }
  }

  RocksRival& rival_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Waiting> waiting_;  // guarded by mutex_
  bool stopping_ = false;         // guarded by mutex_
  std::atomic<std::uint32_t> batches_ = 0;
  std::thread thread_;  // the last: it uses all of the above
};

enum class Signing : std::uint8_t { kOff, kOn };

// When the log was signed, and how many events it had.
class SignedWhen {
 public:
  KeepCheckpoint keep() {
    return [this](const SignedCheckpoint& made) -> Result<void> {
      const std::lock_guard lock(mutex_);
      signed_.emplace_back(made.checkpoint.size.value, now_.seconds());
      return {};
    };
  }
  double now() const { return now_.seconds(); }
  // The seconds from each moment, at which the log had so many events, to the checkpoint.
  std::vector<double> delays(const std::vector<std::pair<std::uint64_t, double>>& moments) {
    const std::lock_guard lock(mutex_);
    std::vector<double> delays;
    auto covers = signed_.begin();
    for (const auto& [size, at] : moments) {
      while (covers != signed_.end() && covers->first < size) ++covers;
      if (covers == signed_.end()) fail("the last events were not signed");
      delays.push_back(covers->second > at ? covers->second - at : 0);
    }
    return delays;
  }

 private:
  Stopwatch now_;
  std::mutex mutex_;
  std::vector<std::pair<std::uint64_t, double>> signed_;
};

// A ledger with its views, put together by hand to watch its batches, and the rival beside it.
class Contest {
 public:
  explicit Contest(const std::string& directory, Signing signing = Signing::kOff)
      : rival_(directory + "/rival") {
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
    if (signing == Signing::kOn) {
      auto key = must(SigningKey::generate("bench.example/robots"));
      checkpointer_ = std::make_unique<Checkpointer>(*log_, std::move(key), signed_when_.keep());
      options.observers.push_back(checkpointer_.get());
    }
    ledger_ = must(Ledger::open(*log_, std::move(options)));
    catchUp();
  }

  Ledger& ledger() { return *ledger_; }
  Checkpointer& checkpointer() { return *checkpointer_; }
  SignedWhen& signedWhen() { return signed_when_; }
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
  // The same behind a queue: one thread of RocksDB's writes all that waits, and wakes the callers.
  double replayBehindQueue(std::size_t threads) {
    QueuedRival queue(rival_);
    return inThreads(threads, [&](std::size_t thread) {
      for (std::size_t i = thread; i < entries_.size(); i += threads) queue.append(entries_[i]);
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
  SignedWhen signed_when_;
  std::unique_ptr<Checkpointer> checkpointer_;
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
  Rates own_writes;    // the rival's threads write for themselves
  Rates behind_queue;  // or have one thread write for them, and wait
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
    const double queued = contest.replayBehindQueue(callers);
    if (round == 0) continue;  // it warms up
    rates.same_batches.add(events, ours, batched);
    rates.own_writes.add(events, ours, own);
    rates.behind_queue.add(events, ours, queued);
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

// The same commands to a ledger that signs and to one that does not.
class Pair {
 public:
  explicit Pair(const std::string& directory)
      : without_(made(directory + "/without"), Signing::kOff),
        with_(made(directory + "/with"), Signing::kOn) {}

  Rates measure(const std::string& name, std::size_t callers, std::size_t rounds,
                std::size_t commands) {
    std::printf("with checkpoints, %zu callers\n", callers);
    Rates rates;
    const Callers signing(with_.ledger(), name, callers);
    const Callers plain(without_.ledger(), name, callers);
    for (std::size_t round = 0; round <= rounds; ++round) {
      const double with = signing.run(commands);
      const double without = plain.run(commands);
      if (round > 0) rates.add(static_cast<double>(commands), with, without);  // the first warms up
    }
    return rates;
  }

  // Seconds from an acknowledgement to the checkpoint that covers it, while one caller goes on.
  std::vector<double> delays(std::size_t commands) {
    Fleet fleet({.name = "signed", .projects = 5, .accounts = 20, .pushers = 5});
    submitAll(with_.ledger(), fleet.opening());
    std::vector<std::pair<std::uint64_t, double>> acknowledged;
    for (Submission& command : take(fleet, commands)) {
      const Outcome outcome = must(with_.ledger().submit(std::move(command)));
      expectReceipt(outcome);
      const auto& receipt = std::get<Receipt>(outcome);
      acknowledged.emplace_back(receipt.first.value + receipt.count, with_.signedWhen().now());
    }
    must(with_.checkpointer().fresh());
    return with_.signedWhen().delays(acknowledged);
  }

 private:
  // Callers with fleets of their own, at one ledger.
  class Callers {
   public:
    Callers(Ledger& ledger, const std::string& name, std::size_t count) : ledger_(ledger) {
      for (std::size_t i = 0; i < count; ++i) {
        fleets_.emplace_back(FleetOptions{.name = name + std::to_string(i),
                                          .projects = 2,
                                          .accounts = 20,
                                          .pushers = 10,
                                          .seed = i + 1});
        submitAll(ledger, fleets_.back().opening());
      }
    }
    double run(std::size_t commands) const {
      std::vector<std::vector<Submission>> work;
      for (Fleet& fleet : fleets_) work.push_back(take(fleet, commands / fleets_.size()));
      return inThreads(fleets_.size(),
                       [&](std::size_t caller) { submitAll(ledger_, std::move(work[caller])); });
    }

   private:
    Ledger& ledger_;
    mutable std::vector<Fleet> fleets_;
  };

  static std::string made(const std::string& directory) {
    std::filesystem::create_directory(directory);
    return directory;
  }

  Contest without_;
  Contest with_;
};

void withCheckpoints(const std::string& directory, std::size_t rounds, std::size_t commands,
                     std::size_t callers, std::size_t shared, const std::string& kept) {
  Pair pair(directory);
  pair.measure("one", 1, rounds, commands)
      .print("append with checkpoints, one caller", "ratio >= 0.9", kept);
  pair.measure("many", callers, rounds, shared)
      .print("append with checkpoints, " + std::to_string(callers) + " callers", "ratio >= 0.9",
             kept);
  const std::vector<double> delays = pair.delays(commands);
  report({"from an acknowledgement to its checkpoint, p50 and p99",
          withUnit(percentile(delays, 0.5) * 1e3, " ms") + ", " +
              withUnit(percentile(delays, 0.99) * 1e3, " ms"),
          "", 0, "p99 <= 100 ms", kept});
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
    rates.behind_queue.print(question + ", beside as many who wait for one of RocksDB's", "", kept);
  }
  if (wanted("batches")) {
    const BatchRates rates = inBatches(contest, rounds, batches);
    rates.acknowledged.print("append, batches of 1000, acknowledged", "ratio >= 0.2", kept);
    rates.caught_up.print("append, batches of 1000, views caught up", "ratio >= 0.12", kept);
  }
  if (wanted("checkpoints")) {
    withCheckpoints(directory.path(), rounds, commands, callers, shared, kept);
  }
  return 0;
}

}  // namespace
}  // namespace robotledger::bench

int main(int argc, char** argv) {
  return robotledger::bench::run(robotledger::bench::Arguments(argc, argv));
}
