// Runner: keeps the projections up with the log, on a thread of its own.
//
//   auto runner = Runner::start(log, rows, {});
//   auto ledger = Ledger::open(log, {.observers = {runner->get()}});
//   auto view = (*runner)->view((*ledger)->head().size);    // waits until they are there
//
// On starting it goes on from the position that is stored with the rows; rows of another version,
// of another log, or damaged, are dropped and built anew. Then it follows the writer, at most
// kMaxProjectionLag events behind: the writer waits for it there. Rows are written when somebody
// waits for them, when it has nothing else to do, or when many have changed.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "core/ledger/observer.h"
#include "projections/projection_set.h"
#include "projections/view.h"

namespace robotledger {

struct RunnerOptions {
  ProjectionMemory memory;
  // Told now and then, on the runner's thread, how many of how many events are done, while it goes
  // through much of the log.
  std::function<void(TreeSize done, TreeSize all)> progress;
  // Told in one line, on the runner's thread, why rows are dropped and built anew, where nobody
  // asked for it.
  std::function<void(const std::string& why)> tell;
};

class Runner final : public Observer {
 public:
  // The stores outlive the runner, and nobody else writes the rows. `log` is not empty.
  static std::unique_ptr<Runner> start(const LogStore& log, RowStore& rows, RunnerOptions options);
  ~Runner() override;

  // Any thread. Waits until the projections have `at_least` events, and gives them as they are.
  // kDamaged where the log cannot be read, kClosed when it ends.
  Result<std::shared_ptr<const View>> view(TreeSize at_least);

  // Any thread. How many events the projections have gone through; 0 while that is not known.
  TreeSize applied() const { return TreeSize{applied_}; }

  // Any thread. Drops all rows and builds them anew; returns when they have what the log had.
  // Whoever holds a view has to let go of it for this to go on.
  Result<void> rebuild();

  void onCommitted(const CommittedEvents& events) override;

 private:
  Runner(const LogStore& log, RowStore& rows, RunnerOptions options);

  void work();
  Result<void> workUntilStopped();
  Result<void> openRows();
  Result<void> clearRows();
  Result<void> goOnWaiting();
  Result<void> catchUp();
  Result<void> readTo(TreeSize until);
  Result<void> follow();
  // Waits for work, with the lock, and takes what came.
  std::deque<CommittedEvents> takeQueued(std::unique_lock<std::mutex>& lock);
  Result<void> publish();
  Result<void> publishWhereDue(std::size_t unflushed_at_most);
  bool isWaitedFor();
  bool interrupted();

  const LogStore& log_;
  RowStore& rows_;
  RunnerOptions options_;
  std::unique_ptr<ProjectionSet> set_;
  std::size_t since_disk_flush_ = 0;
  std::atomic<std::uint64_t> applied_ = 0;  // set_'s position, as far as others know

  std::mutex mutex_;
  std::condition_variable changed_;
  // All of these are guarded by mutex_.
  std::deque<CommittedEvents> queue_;
  std::size_t queued_ = 0;  // events in it, or taken from it and not yet applied
  bool gathers_ = false;    // it waits for more, and is not to be woken for each batch
  bool following_ = false;  // the queue has everything that comes after the position
  bool stopping_ = false;
  TreeSize wanted_;  // somebody waits for as many events
  std::shared_ptr<const View> published_;
  std::vector<std::weak_ptr<const View>> given_;  // those that somebody may still hold
  std::optional<Error> broken_;
  bool rebuild_wanted_ = false;

  std::thread thread_;  // the last: it uses all of the above
};

}  // namespace robotledger
