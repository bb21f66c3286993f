// The writer behind Ledger: its queue, its thread, and a batch's way to the disk. Internal.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <variant>

#include "core/ledger/idempotency.h"
#include "core/ledger/ledger.h"
#include "core/ledger/living_clock.h"

namespace robotledger {

class Ledger::Writer {
 public:
  using Done = std::function<void(Result<JobResult>)>;
  using Look = std::function<void(const State&)>;

  Writer(LogStore& log, LedgerOptions options, Clock& clock, LoadedState loaded);
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  void enqueue(Job job, Done done);
  // Waits for the answer.
  Result<JobResult> run(Job job);
  Result<void> inspect(const Look& look);
  const LogStore& log() const { return log_; }
  std::size_t queuedCommands() const;
  Instant lastTime() const { return Instant{last_time_us_}; }

 private:
  struct WaitingJob {
    Job job;
    Done done;
  };
  struct WaitingLook {
    const Look* look;
    std::function<void(Result<void>)> done;
  };
  using Waiting = std::variant<WaitingJob, WaitingLook>;

  // What the waiting jobs would make of the log. Its events are in the state already.
  struct Batch {
    std::vector<Event> events;
    std::vector<Bytes> entries;
    std::vector<JobResult> results;  // one for each job
  };

  // Puts the job into the queue, and takes both; or says why not, and takes neither.
  std::optional<Error> takeIn(Job& job, Done& done);
  // Why nothing is done any more. With the mutex held.
  std::optional<Error> whyClosed() const;
  void work();
  // Wakes those who wait in run(), to look whether they were answered.
  void wakeWaiting();
  void lookForWork() const;
  // The jobs to do next, or a look alone; empty when it is time to end.
  std::vector<Waiting> takeWaiting();
  void process(std::vector<Waiting> waiting);
  Result<void> commit(std::vector<WaitingJob*>& jobs, Batch& batch);
  Result<void> decideAll(std::vector<WaitingJob*>& jobs, Batch& batch);
  JobResult decideJob(Job& job, Instant now, Batch& batch);
  // Announces, and says as what; or gives the outcome of the command where it is refused or becomes
  // no events, or where the announcement is refused.
  std::optional<Outcome> announce(Submission& announcement, Submission& followed_by, Instant now,
                                  Batch& batch, std::optional<Sequence>& announced);
  Outcome decideOne(const Submission& submission, Instant now, Batch& batch);
  Receipt emit(Accepted accepted, const Context& context, Instant now, Batch& batch);
  Result<void> recallKeys(const std::vector<WaitingJob*>& jobs, Instant now);
  // Drops what is not on disk: the state is read from the log again.
  Result<void> dropSpeculation();
  // Tells the observers what another writer appended from there on.
  Result<void> tellOfOthers(TreeSize from);
  void tellObservers(std::vector<Event> events);
  void poison(const Error& error);
  void saveCopyWhereDue(std::size_t events_at_least);

  LogStore& log_;
  LedgerOptions options_;
  LivingClock clock_;
  State state_;
  std::optional<IdempotencyTable> keys_;    // read from the log when the first key comes
  std::atomic<std::int64_t> last_time_us_;  // of what is acknowledged
  TreeSize copied_at_;
  std::thread copier_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Waiting> queue_;        // guarded by mutex_
  std::atomic<bool> waits_ = false;  // something is in queue_
  // How often something was answered. All who wait in run() wait for it to change: one call of the
  // system wakes a batch's callers, which costs half of waking each for himself. It is theirs, too:
  // the last may look at it when the writer is gone.
  const std::shared_ptr<std::atomic<std::uint32_t>> answered_ =
      std::make_shared<std::atomic<std::uint32_t>>(0);
  std::size_t queued_commands_ = 0;  // guarded by mutex_
  std::optional<Error> poisoned_;    // guarded by mutex_
  bool stopping_ = false;            // guarded by mutex_
  std::thread thread_;               // the last: it uses all of the above
};

}  // namespace robotledger
