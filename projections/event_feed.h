// EventFeed: reads and decodes a stretch of the log on a thread of its own, some events ahead of
// whoever takes them.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "core/base/result.h"
#include "core/domain/event.h"
#include "core/log/log_store.h"

namespace robotledger {

class EventFeed {
 public:
  // The log outlives this.
  EventFeed(const LogStore& log, Sequence from, TreeSize until);
  ~EventFeed();
  EventFeed(const EventFeed&) = delete;
  EventFeed& operator=(const EventFeed&) = delete;

  // The next few events; none at the end. One thread.
  Result<std::vector<Event>> next();

 private:
  void read();
  bool push(std::vector<Event> events);

  const LogStore& log_;
  Sequence from_;
  TreeSize until_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::vector<Event>> ready_;
  Result<void> ended_;
  bool done_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace robotledger
