// Questions in a query, whose times may be "now": which events (account, project, actor, kind,
// from, to, after), and who could (capability, project, token_tail, and at, on with tz, or from
// with to).
#pragma once

#include "api/answers/log_answer.h"
#include "api/answers/who_could.h"
#include "api/http/query_reader.h"

namespace robotledger::http {

// What is answered where `to` is not after `from`, which with "now" is known when it is asked.
Response endsBeforeItBegins();

struct LogAsked {
  LogQuestion question;  // its times are not in it
  std::optional<TimeAsked> from;
  std::optional<TimeAsked> to;

  // The question, with `now` in the place of what was asked as now.
  LogQuestion at(Instant now) const;
};
// What is wrong is told to the reader.
LogAsked readLogAsked(QueryReader& query);

struct WhoCouldAsked {
  WhoCouldQuestion question;  // its `when` is what `on` was asked, if it was
  std::optional<TimeAsked> at_instant;
  std::optional<TimeAsked> from;
  std::optional<TimeAsked> to;

  // As above. kInvalidArgument where it ends before it begins.
  Result<WhoCouldQuestion> at(Instant now) const;
};
WhoCouldAsked readWhoCouldAsked(QueryReader& query);

}  // namespace robotledger::http
