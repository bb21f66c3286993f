#include "api/http/audit_routes.h"

#include "api/answers/account_history.h"
#include "api/answers/could.h"
#include "api/answers/diff.h"
#include "api/answers/log_answer.h"
#include "api/answers/words.h"
#include "api/http/audit_question.h"
#include "api/http/log_asked.h"
#include "api/json/event_json.h"
#include "core/base/limits.h"
#include "core/base/parse.h"
#include "core/ledger/saved_state.h"

namespace robotledger::http {
namespace {

constexpr std::uint64_t kDefaultEvents = 100;
constexpr std::uint64_t kMaxEvents = 1000;

Json asOfJson(const AsOf& as_of) { return {{"sequence", as_of.sequence.value}}; }

// A refusal as it is, or the answer made into JSON.
template <class Answer, class Form>
Result<QuestionAnswer> formed(const Result<std::variant<Refusal, Answer>>& answer,
                              const Form& form) {
  if (!answer) return answer.error();
  if (const auto* no = std::get_if<Refusal>(&*answer)) return QuestionAnswer(*no);
  Result<Json> json = form(std::get<Answer>(*answer));
  if (!json) return json.error();
  return QuestionAnswer(*std::move(json));
}

Tail tailIn(QueryReader& query) {
  return query.flag("token_tail") ? Tail::kTokens : Tail::kGrantAlone;
}

// ---- who could, and what ------------------------------------------------------------------------

AskedQuestion whoCould(QueryReader& query, const Request&) {
  return [asked = readWhoCouldAsked(query)](Asking& asking,
                                            const AsOf& as_of) -> Result<QuestionAnswer> {
    const auto question = asked.at(asking.now());
    if (!question) return question.error();
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
  if (from.instant && to.instant && *to.instant <= *from.instant) {
    query.fail("to", "it is not after `from`");
  }
  const std::string place = query.text("project").value_or("");
  const auto kind = query.flag("all") ? DifferenceKind::kAll : DifferenceKind::kNet;
  return [from, to, place, kind](Asking& asking, const AsOf& as_of) {
    const DiffQuestion question{
        .place = place, .from = from.at(asking.now()), .to = to.at(asking.now()), .kind = kind};
    return formed(diffAnswer(asking, question, as_of),
                  [](const DiffAnswer& answer) { return Result<Json>(diffJson(answer)); });
  };
}

// ---- accounts -----------------------------------------------------------------------------------

Result<Json> accountsJson(const Asking& asking, const std::vector<AccountId>& ids, Instant at,
                          const AsOf& as_of) {
  Json accounts = Json::array();
  for (const AccountId id : ids) {
    const auto row = findAccountRow(asking.view(), id);
    if (!row) return row.error();
    if (!*row) return Error{ErrorCode::kViewsDamaged, "an account is missing in the views"};
    const auto stood = accountAt(asking.view(), **row, at, as_of);
    if (!stood) return stood.error();
    if (*stood) accounts.push_back(asking.accountJson(**stood));
  }
  return accounts;
}

AskedQuestion accounts(QueryReader& query, const Request&) {
  const std::string name = query.text("project").value_or("");
  const TimeAsked at = query.time("at").value_or(TimeAsked());
  return [name, at](Asking& asking, const AsOf& as_of) -> Result<QuestionAnswer> {
    const Instant instant = at.at(asking.now());
    auto ids = Result<std::vector<AccountId>>(std::vector<AccountId>());
    if (name.empty()) {
      if (auto no = asking.needEverything()) return QuestionAnswer(*std::move(no));
      ids = allLivingAt(asking.view(), instant, as_of);
    } else {
      auto place = asking.place(name, as_of);
      if (auto* no = std::get_if<Refusal>(&place)) return QuestionAnswer(std::move(*no));
      ids = livingAt(asking.view(), std::get<Place>(place), instant, as_of);
    }
    if (!ids) return ids.error();
    auto list = accountsJson(asking, *ids, instant, as_of);
    if (!list) return list.error();
    Json question;
    if (!name.empty()) question["project"] = name;
    question["at"] = formatInstant(instant);
    return QuestionAnswer(Json{{"question", std::move(question)},
                               {"as_of", asOfJson(as_of)},
                               {"accounts", *std::move(list)}});
  };
}

// The account that the path names; what is wrong with it is told.
AccountRef accountInPath(QueryReader& query, const Request& request) {
  auto account = accountNamed(request.part("account"));
  if (!account) query.fail("account", "an account is robot$PROJECT+NAME, robot$NAME, or a number");
  return account.value_or(AccountRef());
}

AskedQuestion account(QueryReader& query, const Request& request) {
  const AccountRef named = accountInPath(query, request);
  const TimeAsked at = query.time("at").value_or(TimeAsked());
  return [named, at](Asking& asking, const AsOf& as_of) -> Result<QuestionAnswer> {
    auto found = asking.account(named);
    if (!found) return found.error();
    if (auto* no = std::get_if<Refusal>(&*found)) return QuestionAnswer(std::move(*no));
    const Instant instant = at.at(asking.now());
    const auto stood = accountAt(asking.view(), std::get<AccountRow>(*found), instant, as_of);
    if (!stood) return stood.error();
    if (!*stood) {
      return QuestionAnswer(Refusal{RefusalCode::kUnknownAccount,
                                    "there was no such account at " + formatInstant(instant)});
    }
    const auto description = descriptionAt(asking.view(), **stood);
    if (!description) return description.error();
    Json json = asking.accountJson(**stood);
    json["description"] = *description;
    json["at"] = formatInstant(instant);
    json["as_of"] = asOfJson(as_of);
    return QuestionAnswer(std::move(json));
  };
}

AskedQuestion history(QueryReader& query, const Request& request) {
  const AccountRef named = accountInPath(query, request);
  return [named](Asking& asking, const AsOf& as_of) {
    return formed(historyAnswer(asking, {named}, as_of),
                  [&](const HistoryAnswer& answer) { return historyJson(asking, answer); });
  };
}

AskedQuestion expiring(QueryReader& query, const Request&) {
  const auto days = query.number("days", kMaxDays / 100);
  if (!days) query.fail("days", "it is missing");
  return [days](Asking& asking, const AsOf&) -> Result<QuestionAnswer> {
    if (auto no = asking.needEverything()) return QuestionAnswer(*std::move(no));
    const Instant from = asking.now();
    const Instant to{from.us + static_cast<std::int64_t>(days.value_or(0)) * kUsPerDay};
    const auto endings = endingBetween(asking.view(), from, to);
    if (!endings) return endings.error();
    Json list = Json::array();
    for (const Ending& one : *endings) {
      auto name = asking.names().account(one.account);
      if (!name) return name.error();
      list.push_back({{"id", one.account.value},
                      {"account", *std::move(name)},
                      {"expires_at", formatInstant(one.end)}});
    }
    return QuestionAnswer(
        Json{{"question", {{"from", formatInstant(from)}, {"to", formatInstant(to)}}},
             {"as_of", asOfJson(asking.view().newest())},
             {"expiring", std::move(list)}});
  };
}

// ---- events -------------------------------------------------------------------------------------

AskedQuestion events(QueryReader& query, const Request&) {
  LogAsked asked = readLogAsked(query);
  const std::uint64_t limit = query.number("limit", kMaxEvents).value_or(kDefaultEvents);
  if (limit == 0) query.fail("limit", "it is at least 1");
  if (const auto cursor = query.number("cursor")) asked.question.after = Sequence{*cursor};
  return [asked, limit](Asking& asking, const AsOf& as_of) -> Result<QuestionAnswer> {
    const LogQuestion question = asked.at(asking.now());
    if (auto right = checkTimes(question); !right) return right.error();
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
  return {route("/audit/who-could", whoCould),
          route("/audit/could", could),
          route("/audit/what-could", whatCould),
          route("/audit/diff", diff),
          route("/audit/accounts", accounts),
          route("/audit/accounts/{account}", account),
          route("/audit/accounts/{account}/history", history),
          questionRoute(parts, "/audit/expiring", expiring, {200, 400}),
          route("/audit/events", events),
          route("/audit/events/{sequence}", event)};
}

}  // namespace robotledger::http
