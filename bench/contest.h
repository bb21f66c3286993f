// A ledger with its views, put together by hand so that its batches can be watched, and RocksDB
// alone beside it: for the benchmarks of appending.
//
//   Contest contest(directory.path());
//   submitAll(contest.ledger(), take(fleet, 2000));
//   contest.catchUp();
//   rates.add(contest.events(), ours_s, contest.replay());
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "bench/fleet.h"
#include "bench/harness.h"
#include "bench/queued_rival.h"
#include "bench/rocks_rival.h"
#include "core/ledger/checkpointer.h"
#include "core/log/guard.h"
#include "core/log/rocks_log_store.h"
#include "projections/rocks_row_store.h"
#include "projections/runner.h"

namespace robotledger::bench {

// The seconds that all of them need, from when all are there.
double inThreads(std::size_t threads, const std::function<void(std::size_t thread)>& work);

// Remembers how many events each synced write had.
class BatchSizes final : public Observer {
 public:
  void onCommitted(const CommittedEvents& events) override { sizes.push_back(events->size()); }
  std::vector<std::size_t> sizes;
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

// Whatever is refused or fails ends the process.
void expectReceipt(const Outcome& outcome);
void submitAll(Ledger& ledger, std::vector<Submission> commands);
std::vector<Submission> take(Fleet& fleet, std::size_t count);

// What each round took.
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

}  // namespace robotledger::bench
