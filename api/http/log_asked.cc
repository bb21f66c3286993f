#include "api/http/log_asked.h"

#include "core/domain/text.h"

namespace robotledger::http {

Response endsBeforeItBegins() {
  return errorAnswer(400, "BAD_REQUEST", "it is not after `from`", "to");
}

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
  if (const auto after = query.number("after")) asked.question.after = Sequence{*after};
  asked.from = query.time("from");
  asked.to = query.time("to");
  if (asked.from && asked.to && asked.from->instant && asked.to->instant &&
      *asked.to->instant <= *asked.from->instant) {
    query.fail("to", "it is not after `from`");
  }
  return asked;
}

Result<WhoCouldQuestion> WhoCouldAsked::at(Instant now) const {
  WhoCouldQuestion asked = question;
  if (at_instant) asked.when = atInstant(at_instant->at(now));
  if (from && to) {
    auto when = betweenInstants(from->at(now), to->at(now));
    if (!when) return when.error();
    asked.when = *std::move(when);
  }
  return asked;
}

WhoCouldAsked readWhoCouldAsked(QueryReader& query) {
  WhoCouldAsked asked{
      .question = {.capability = query.needCapability("capability"),
                   .place = query.needText("project"),
                   .when = {},
                   .tail = query.flag("token_tail") ? Tail::kTokens : Tail::kGrantAlone},
      .at_instant = query.time("at"),
      .from = query.time("from"),
      .to = query.time("to")};
  const auto on = query.text("on");
  const auto zone = query.text("tz");
  const int ways =
      int{asked.at_instant.has_value()} + int{on.has_value()} + int{asked.from || asked.to};
  if (ways != 1 || asked.from.has_value() != asked.to.has_value()) {
    query.fail(ways == 0 ? "at" : "on", "say when, in one way: at, on, or from with to");
  }
  if (zone && !on) query.fail("tz", "tz goes with on");
  if (asked.from && asked.to && asked.from->instant && asked.to->instant &&
      *asked.to->instant <= *asked.from->instant) {
    query.fail("to", "it is not after `from`");
  }
  if (on) {
    auto when = onDate(*on, zone.value_or(""));
    if (!when) query.fail(zone ? "tz" : "on", when.error().message);
    if (when) asked.question.when = *std::move(when);
  }
  if (const auto problem = problemWith(asked.question)) query.fail("token_tail", *problem);
  return asked;
}

}  // namespace robotledger::http
