// The events that match: the question, and each of them as a line, as JSON, and in a table.
//
//   auto filter = logFilter(asking, {.actor = "alice"}, as_of);      to walk over them
//   auto answer = logAnswer(asking, {.actor = "alice"}, as_of, 1000);      to have them all
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "api/answers/answer.h"
#include "api/answers/asking.h"
#include "core/domain/command.h"
#include "projections/log_query.h"

namespace robotledger {

// What is named together has to hold together.
struct LogQuestion {
  std::optional<AccountRef> account;  // of a name, all that ever bore it
  std::string project;                // empty for any
  std::string actor;                  // empty for any
  std::optional<std::size_t> kind;    // its index in EventBody
  std::optional<Instant> from;
  std::optional<Instant> to;  // not included
  std::optional<Sequence> after;
  std::optional<std::uint64_t> limit;
};

struct LogAnswer {
  LogQuestion question;
  AsOf as_of;
  std::vector<Sequence> events;  // in order
};

// kInvalidArgument where `to` is not after `from`. Any thread.
Result<void> checkTimes(const LogQuestion& question);

// What to walk over the log by, or why he who asks is refused. kViewsDamaged where rows are not
// what was written.
Result<std::variant<Refusal, LogFilter>> logFilter(const Asking& asking,
                                                   const LogQuestion& question, const AsOf& as_of);

// Every event that matches; kInvalidArgument as checkTimes(), and where there are more than `most`.
Result<std::variant<Refusal, LogAnswer>> logAnswer(Asking& asking, const LogQuestion& question,
                                                   const AsOf& as_of, std::size_t most);

// One event on a line, with its newline; `what` is its eventText(). Any thread.
std::string logLine(const Event& event, const std::string& what);

// "by alice, from 2025-03-01T00:00:00Z"; "all of it". Any thread.
std::string logWords(const LogQuestion& question);

// All of it together; it rests on the events in it. kDamaged where one cannot be read.
Result<WholeAnswer> wholeAnswer(Asking& asking, const LogAnswer& answer);

}  // namespace robotledger
