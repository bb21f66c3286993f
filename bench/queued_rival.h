// RocksDB alone behind a queue, as a ledger without a ledger: callers wait, one thread writes what
// waits in one synced batch, and wakes them.
//
//   QueuedRival queue(rival);
//   inThreads(64, [&](std::size_t) { queue.append(entry); });
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "bench/rocks_rival.h"

namespace robotledger::bench {

// append(): any thread; returns when the entry is on the disk.
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

}  // namespace robotledger::bench
