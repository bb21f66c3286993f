#include "api/http/log_asked.h"

#include "core/domain/text.h"

namespace robotledger::http {

LogQuestion LogAsked::at(Instant now) const {
  LogQuestion asked = question;
  if (from) asked.from = from->at(now);
  if (to) asked.to = to->at(now);
  return asked;
}

LogAsked readLogAsked(QueryReader& query) {
  LogAsked asked;
  asked.question.account = query.account("account");
  asked.question.project = query.text("project").value_or("");
  asked.question.actor = query.text("actor").value_or("");
  if (const auto kind = query.text("kind")) {
    asked.question.kind = parseEventKind(*kind);
    if (!asked.question.kind) query.fail("kind", inQuotes(*kind) + " is no kind of event");
  }
  asked.from = query.time("from");
  asked.to = query.time("to");
  if (asked.from && asked.to && asked.from->instant && asked.to->instant &&
      *asked.to->instant <= *asked.from->instant) {
    query.fail("to", "it is not after `from`");
  }
  return asked;
}

}  // namespace robotledger::http
