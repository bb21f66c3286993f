#include "api/http/head_watch.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace robotledger::http {

HeadWatch::HeadWatch() : thread_([this] { work(); }) {}

HeadWatch::~HeadWatch() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  changed_.notify_all();
  thread_.join();
  for (const auto& [size, waiter] : waiters_) waiter.wake(Woken::kClosed);
}

void HeadWatch::await(TreeSize more_than, std::chrono::milliseconds at_most, Wake wake) {
  {
    const std::lock_guard lock(mutex_);
    if (size_ <= more_than) {
      waiters_.emplace(more_than,
                       Waiter{std::chrono::steady_clock::now() + at_most, std::move(wake)});
      wake = nullptr;
    }
  }
  if (wake) return wake(Woken::kGrown);
  changed_.notify_all();
}

TreeSize HeadWatch::size() const {
  const std::lock_guard lock(mutex_);
  return size_;
}

void HeadWatch::onCommitted(const CommittedEvents& events) {
  grownTo({events->back().sequence.value + 1});
}

void HeadWatch::grownTo(TreeSize size) {
  bool is_awaited = false;
  {
    const std::lock_guard lock(mutex_);
    size_ = std::max(size_, size);
    is_awaited = !waiters_.empty() && waiters_.begin()->first < size_;
  }
  if (is_awaited) changed_.notify_all();
}

std::chrono::steady_clock::time_point HeadWatch::takeDue(std::vector<std::pair<Wake, Woken>>& due) {
  const auto now = std::chrono::steady_clock::now();
  auto next = std::chrono::steady_clock::time_point::max();
  for (auto at = waiters_.begin(); at != waiters_.end();) {
    const bool is_grown = at->first < size_;
    if (is_grown || at->second.until <= now) {
      due.emplace_back(std::move(at->second.wake), is_grown ? Woken::kGrown : Woken::kTimeIsUp);
      at = waiters_.erase(at);
    } else {
      next = std::min(next, at->second.until);
      ++at;
    }
  }
  return next;
}

void HeadWatch::work() {
  std::unique_lock lock(mutex_);
  while (!closing_) {
    std::vector<std::pair<Wake, Woken>> due;
    const auto next = takeDue(due);
    if (!due.empty()) {
      lock.unlock();
      for (const auto& [wake, why] : due) wake(why);
      lock.lock();
      continue;
    }
    if (waiters_.empty()) {
      changed_.wait(lock);
    } else {
      changed_.wait_until(lock, next);
    }
  }
}

}  // namespace robotledger::http
