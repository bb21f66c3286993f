// Workers: a bounded number of threads for what is too slow for an event loop, and a bounded queue
// in front of them.
//
//   Workers workers({.threads = 4, .queue = 256});
//   if (!workers.submit([=] { answer(slowHash(secret)); })) answer(503);
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace robotledger::http {

class Workers {
 public:
  struct Options {
    std::size_t threads = 4;
    std::size_t queue = 256;  // that wait, beside those that run
  };
  explicit Workers(const Options& options);
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;
  // Lets go of what waits, and waits for what runs.
  ~Workers();

  // Any thread. False, and the work is never done, where the queue is full. The work does not
  // throw.
  bool submit(std::function<void()> work);
  // How many wait.
  std::size_t waiting() const { return waiting_; }

 private:
  void run();

  const std::size_t queue_limit_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> queue_;  // guarded by mutex_
  bool stopping_ = false;                    // guarded by mutex_
  std::atomic<std::size_t> waiting_ = 0;
  std::vector<std::thread> threads_;  // the last: they use all of the above
};

}  // namespace robotledger::http
