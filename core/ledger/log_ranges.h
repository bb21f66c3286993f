// LogRanges: a log read in ranges of whole tiles, hashed, compared with its tiles, and decoded by
// several threads, and handed out in order.
//
//   LogRanges ranges(log, log.head().size, 2);
//   while (auto range = ranges.next()) { ... if (range->fault) return *range->fault; }
//
// Threads work on a few ranges ahead of whoever takes them, so that memory is bounded.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "core/base/result.h"
#include "core/domain/event.h"
#include "core/log/log_store.h"

namespace robotledger {

struct CheckedRange {
  std::vector<Event> events;       // where there is a fault, those before it
  std::vector<Digest> tile_roots;  // of the full tiles of level 0
  std::uint64_t tiles = 0;         // of level 0, the partial one at the end included
  std::optional<Error> fault;      // the first record or tile of level 0 that is wrong
};

class LogRanges {
 public:
  // The log outlives this, and has at least `until` records. At least one worker.
  LogRanges(const LogStore& log, TreeSize until, unsigned workers);
  LogRanges(const LogRanges&) = delete;
  LogRanges& operator=(const LogRanges&) = delete;
  ~LogRanges();

  // The next range; nothing at the end. One thread.
  std::optional<CheckedRange> next();

 private:
  void work();

  const LogStore& log_;
  const TreeSize until_;
  const std::uint64_t ranges_;
  const std::uint64_t ahead_;
  std::mutex mutex_;
  std::condition_variable changed_;
  // All of these are guarded by mutex_.
  std::uint64_t begun_ = 0;
  std::uint64_t taken_ = 0;
  std::map<std::uint64_t, CheckedRange> ready_;
  bool stopping_ = false;

  std::vector<std::thread> threads_;  // the last: they use all of the above
};

}  // namespace robotledger
