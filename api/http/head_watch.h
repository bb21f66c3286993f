// HeadWatch: who waits for the log to grow, without a thread of his own.
//
//   HeadWatch watch;                                      // given to the ledger as an observer
//   watch.grownTo(ledger->log().head().size);
//   watch.await(TreeSize{7}, 10s, [](HeadWatch::Woken why) { ... });   // when there are more than
//   7
//
// Whoever waits is told on the watch's own thread, so the writer is not held up by them.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

#include "core/base/ids.h"
#include "core/ledger/observer.h"

namespace robotledger::http {

class HeadWatch final : public Observer {
 public:
  enum class Woken : std::uint8_t { kGrown, kTimeIsUp, kClosed };
  using Wake = std::function<void(Woken why)>;

  HeadWatch();
  // Wakes all who wait with kClosed.
  ~HeadWatch() override;

  // Any thread. Calls `wake` once, which is quick: on the watch's thread, or at once on this one
  // where there are more events than that already.
  void await(TreeSize more_than, std::chrono::milliseconds at_most, Wake wake);
  // How many events have been told of. Any thread.
  TreeSize size() const;

  // So many events are there. Any thread.
  void grownTo(TreeSize size);
  void onCommitted(const CommittedEvents& events) override;

 private:
  struct Waiter {
    std::chrono::steady_clock::time_point until;
    Wake wake;
  };
  using Waiters = std::multimap<TreeSize, Waiter>;  // by the size to be passed

  void work();
  // Takes out those who are to be woken, and when the next is.
  std::chrono::steady_clock::time_point takeDue(std::vector<std::pair<Wake, Woken>>& due);

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_.
  TreeSize size_;
  Waiters waiters_;
  bool closing_ = false;
  std::thread thread_;  // the last: it uses all of it
};

}  // namespace robotledger::http
