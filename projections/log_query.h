// Which events match: those about some accounts, about some projects, by an actor, of a kind, of a
// stretch of time; lazily, in order of sequence.
//
//   LogFilter filter{.actor = "alice", .from = monday, .as_of = view.last()};
//   auto query = LogQuery::start(view, filter);
//   while (true) {
//     auto next = (*query)->next();
//     if (!next) return next.error();
//     if (!next->has_value()) break;
//     print(readEvent(*view.log, **next));
//   }
//
// What is asked together has to hold together: the posting lists of each are walked side by side,
// each leaping to where the others stand. Memory does not grow with the log; an account's own
// events are in memory, a few bytes each.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "projections/account_row.h"
#include "projections/view.h"

namespace robotledger {

struct LogFilter {
  // About any of these; nothing for all events. An empty list matches none.
  std::optional<std::vector<AccountId>> accounts;
  std::optional<std::vector<ProjectId>> projects;
  std::optional<std::string> actor;
  std::optional<std::size_t> kind;  // its index in EventBody
  std::optional<Instant> from;      // of the event's time, included
  std::optional<Instant> to;        // not included
  std::optional<Sequence> after;    // this one is not among them
  Sequence as_of;                   // the last that may be; in the view
};

class LogQuery {
 public:
  // The view outlives it. kDamaged where an event's time cannot be read, kViewsDamaged where rows
  // are not what was written. An account that there is not has no events.
  static Result<std::unique_ptr<LogQuery>> start(const View& view, const LogFilter& filter);

  LogQuery(const LogQuery&) = delete;
  LogQuery& operator=(const LogQuery&) = delete;
  ~LogQuery();

  // The next event that matches; nothing after the last. Errors as of start(). One thread.
  Result<std::optional<Sequence>> next();

 private:
  class Source;  // one thing that is asked; what matches it, in order
  class Postings;
  class Listed;
  LogQuery() = default;

  std::vector<std::unique_ptr<Source>> sources_;
  Sequence at_;
  TreeSize until_;
};

// The first event, of the first `size` of the log, whose time is at or after `time`; `size` where
// there is none. Reads about log2(size) events. kDamaged where one cannot be read.
Result<Sequence> firstAtOrAfter(const LogStore& log, TreeSize size, Instant time);

}  // namespace robotledger
