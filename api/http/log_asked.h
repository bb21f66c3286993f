// Which events are asked for, in a query: account, project, actor, kind, from, to.
#pragma once

#include "api/answers/log_answer.h"
#include "api/http/query_reader.h"

namespace robotledger::http {

struct LogAsked {
  LogQuestion question;  // its times are not in it
  std::optional<TimeAsked> from;
  std::optional<TimeAsked> to;

  // The question, with `now` in the place of what was asked as now.
  LogQuestion at(Instant now) const;
};
// What is wrong is told to the reader.
LogAsked readLogAsked(QueryReader& query);

}  // namespace robotledger::http
