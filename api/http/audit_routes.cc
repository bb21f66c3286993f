#include "api/http/audit_routes.h"

#include <algorithm>

#include "api/answers/could.h"
#include "api/answers/diff.h"
#include "api/answers/log_answer.h"
#include "api/http/audit_accounts.h"
#include "api/http/audit_question.h"
#include "api/http/log_asked.h"
#include "api/json/event_json.h"
#include "core/base/parse.h"
#include "core/ledger/saved_state.h"

namespace robotledger::http {
namespace {

constexpr std::uint64_t kDefaultEvents = 100;
constexpr std::uint64_t kMaxEvents = 1000;

Json asOfJson(const AsOf& as_of) { return {{"sequence", as_of.sequence.value}}; }

Tail tailIn(QueryReader& query) {
  return query.flag("token_tail") ? Tail::kTokens : Tail::kGrantAlone;
}

// ---- who could, and what ------------------------------------------------------------------------

AskedQuestion whoCould(QueryReader& query, const Request&) {
  return [asked = readWhoCouldAsked(query)](Asking& asking,
                                            const AsOf& as_of) -> Result<QuestionAnswer> {
    const auto question = asked.at(asking.now());
    if (!question) return QuestionAnswer(endsBeforeItBegins());
    return formed(whoCouldAnswer(asking, *question, as_of),
                  [](const WhoCouldAnswer& answer) { return Result<Json>(whoCouldJson(answer)); });
  };
}

AskedQuestion could(QueryReader& query, const Request&) {
  const CouldQuestion question{.account = query.needAccount("account"),
                               .capability = query.needCapability("capability"),
                               .place = query.needText("project"),
                               .at = {},
                               .tail = tailIn(query)};
  const TimeAsked at = query.time("at").value_or(TimeAsked());
  if (const auto problem = problemWith({question.capability, question.place, {}, question.tail})) {
    query.fail("token_tail", *problem);
  }
  return [question, at](Asking& asking, const AsOf& as_of) {
    CouldQuestion asked = question;
    asked.at = at.at(asking.now());
    return formed(couldAnswer(asking, asked, as_of),
                  [&](const CouldAnswer& answer) { return couldJson(asking, answer); });
  };
}

AskedQuestion whatCould(QueryReader& query, const Request&) {
  const AccountRef account = query.needAccount("account");
  const TimeAsked at = query.time("at").value_or(TimeAsked());
  return [account, at](Asking& asking, const AsOf& as_of) {
    return formed(
        whatCouldAnswer(asking, {account, at.at(asking.now())}, as_of),
        [&](const WhatCouldAnswer& answer) { return Result<Json>(whatCouldJson(asking, answer)); });
  };
}

AskedQuestion diff(QueryReader& query, const Request&) {
  const TimeAsked from = query.needTime("from");
  const TimeAsked to = query.needTime("to");
  const std::string place = query.text("project").value_or("");
  const auto kind = query.flag("all") ? DifferenceKind::kAll : DifferenceKind::kNet;
  return [from, to, place, kind](Asking& asking, const AsOf& as_of) -> Result<QuestionAnswer> {
    const DiffQuestion question{
        .place = place, .from = from.at(asking.now()), .to = to.at(asking.now()), .kind = kind};
    if (question.to <= question.from) return QuestionAnswer(endsBeforeItBegins());
    return formed(diffAnswer(asking, question, as_of),
                  [](const DiffAnswer& answer) { return Result<Json>(diffJson(answer)); });
  };
}

// ---- events -------------------------------------------------------------------------------------

AskedQuestion events(QueryReader& query, const Request&) {
  LogAsked asked = readLogAsked(query);
  const std::uint64_t limit = query.number("limit", kMaxEvents).value_or(kDefaultEvents);
  if (limit == 0) query.fail("limit", "it is at least 1");
  if (const auto cursor = query.number("cursor")) {
    asked.question.after = std::max(asked.question.after.value_or(Sequence()), Sequence{*cursor});
  }
  return [asked, limit](Asking& asking, const AsOf& as_of) -> Result<QuestionAnswer> {
    const LogQuestion question = asked.at(asking.now());
    if (!checkTimes(question)) return QuestionAnswer(endsBeforeItBegins());
    auto filter = logFilter(asking, question, as_of);
    if (!filter) return filter.error();
    if (auto* no = std::get_if<Refusal>(&*filter)) return QuestionAnswer(std::move(*no));
    const auto walk = LogQuery::start(asking.view(), std::get<LogFilter>(*filter));
    if (!walk) return walk.error();
    Json list = Json::array();
    Json next = nullptr;
    for (Sequence last;;) {
      const auto found = (*walk)->next();
      if (!found) return found.error();
      if (!*found) break;
      if (list.size() == limit) {
        next = std::to_string(last.value);
        break;
      }
      last = **found;
      const auto event = readEvent(*asking.view().log, last);
      if (!event) return event.error();
      auto json = eventJson(*event, asking.names());
      if (!json) return json.error();
      list.push_back(*std::move(json));
    }
    return QuestionAnswer(Json{
        {"as_of", asOfJson(as_of)}, {"events", std::move(list)}, {"next_cursor", std::move(next)}});
  };
}

AskedQuestion event(QueryReader& query, const Request& request) {
  const auto number = parseDecimal(request.part("sequence"));
  if (!number) query.fail("sequence", "an event's sequence is a number");
  return [number](Asking& asking, const AsOf& as_of) -> Result<QuestionAnswer> {
    const Sequence sequence{number.value_or(0)};
    const bool is_there = sequence <= as_of.sequence;
    if (!is_there) {
      if (auto no = asking.needEverything()) return QuestionAnswer(*std::move(no));
      return QuestionAnswer(errorAnswer(404, "NOT_FOUND", "there is no such event"));
    }
    const auto found = readEvent(*asking.view().log, sequence);
    if (!found) return found.error();
    auto refused = asking.needEvent(*found);
    if (!refused) return refused.error();
    // The same for an event that he may not read and for one that there is not.
    if (*refused && asking.needEverything()) return QuestionAnswer(*asking.needEverything());
    auto json = eventJson(*found, asking.names());
    if (!json) return json.error();
    (*json)["as_of"] = asOfJson(as_of);
    return QuestionAnswer(*std::move(json));
  };
}

}  // namespace

std::vector<Route> auditRoutes(const OperatorParts& parts) {
  const auto route = [&](const char* path, ReadQuestion read) {
    return questionRoute(parts, path, std::move(read));
  };
  std::vector<Route> routes{
      route("/audit/who-could", whoCould),   route("/audit/could", could),
      route("/audit/what-could", whatCould), route("/audit/diff", diff),
      route("/audit/events", events),        route("/audit/events/{sequence}", event)};
  for (Route& one : auditAccountRoutes(parts)) routes.push_back(std::move(one));
  return routes;
}

}  // namespace robotledger::http
