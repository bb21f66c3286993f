#include "api/http/audit_accounts.h"

#include <algorithm>

#include "api/answers/account_history.h"
#include "api/answers/account_list.h"
#include "api/answers/account_shown.h"
#include "api/http/audit_question.h"

namespace robotledger::http {
namespace {

constexpr std::uint64_t kDefaultAccounts = 1000;
constexpr std::uint64_t kMaxAccounts = 10000;
constexpr std::uint64_t kMaxAskedDays{kMaxFilterDays};

// When an answer about accounts is about.
struct Moment {
  TimeAsked at;
  bool is_given = false;
  bool is_of_the_past = false;  // as of an earlier event

  // What is noted of uses is about now alone.
  bool isNow() const { return !at.instant && !is_of_the_past; }
};

Moment momentIn(QueryReader& query) {
  const auto at = query.time("at");
  return {.at = at.value_or(TimeAsked()),
          .is_given = at.has_value(),
          .is_of_the_past = query.number("as_of").has_value()};
}

std::optional<std::int64_t> daysIn(QueryReader& query, const char* name) {
  const auto days = query.number(name, kMaxAskedDays);
  if (!days) return std::nullopt;
  return static_cast<std::int64_t>(*days);
}

AccountFilters filtersIn(QueryReader& query, const Moment& moment) {
  AccountFilters filters{.never_expiring = query.flag("never_expiring"),
                         .expired = query.flag("expired"),
                         .all_projects = query.flag("all_projects"),
                         .creator_gone = query.flag("creator_gone"),
                         .expiring_within_days = daysIn(query, "expiring_within"),
                         .secret_older_than_days = daysIn(query, "secret_older_than"),
                         .unused_for_days = daysIn(query, "unused_for")};
  if (filters.unused_for_days && !moment.isNow()) {
    query.fail("unused_for",
               "it goes with neither `at` nor `as_of`: the last use of an account is noted, and "
               "not those before");
  }
  return filters;
}

AskedQuestion accounts(const OperatorParts& parts, QueryReader& query) {
  const Moment moment = momentIn(query);
  AccountListQuestion question{
      .place = query.text("project").value_or(""),
      .at = {},
      .filters = filtersIn(query, moment),
      .uses = std::nullopt,
      .after = AccountId{query.number("cursor").value_or(0)},
      .most = query.number("limit", kMaxAccounts).value_or(kDefaultAccounts)};
  if (question.most == 0) query.fail("limit", "it is at least 1");
  return [&parts, moment, question](Asking& asking, const AsOf& as_of) {
    AccountListQuestion asked = question;
    asked.at = moment.at.at(asking.now());
    if (moment.isNow()) asked.uses.emplace(parts.last_used.current());
    return formed(accountList(asking, asked, as_of), [&](const AccountList& answer) {
      Json json = accountListJson(asking, answer);
      json["next_cursor"] = answer.has_more
                                ? Json(std::to_string(answer.accounts.back().account.id.value))
                                : Json(nullptr);
      return Result<Json>(std::move(json));
    });
  };
}

// The account that the path names; what is wrong with it is told.
AccountRef accountInPath(QueryReader& query, const Request& request) {
  auto account = accountNamed(request.part("account"));
  if (!account) query.fail("account", "an account is robot$PROJECT+NAME, robot$NAME, or a number");
  return account.value_or(AccountRef());
}

AskedQuestion account(const OperatorParts& parts, QueryReader& query, const Request& request) {
  const Moment moment = momentIn(query);
  AccountQuestion question{.account = accountInPath(query, request), .at = {}};
  if (!moment.is_given && !moment.is_of_the_past) question.dead = TheDead::kAsTheyLastStood;
  return [&parts, moment, question](Asking& asking, const AsOf& as_of) {
    AccountQuestion asked = question;
    asked.at = moment.at.at(asking.now());
    return formed(accountShown(asking, asked, as_of), [&](const AccountShown& answer) {
      std::optional<UsesNoted> uses;
      if (moment.isNow()) uses.emplace(parts.last_used.currentOf(answer.stood.account.id));
      return Result<Json>(accountShownJson(asking, answer, uses));
    });
  };
}

AskedQuestion history(QueryReader& query, const Request& request) {
  const AccountRef named = accountInPath(query, request);
  return [named](Asking& asking, const AsOf& as_of) {
    return formed(historyAnswer(asking, {named}, as_of),
                  [&](const HistoryAnswer& answer) { return historyJson(asking, answer); });
  };
}

// ---- what ends soon -----------------------------------------------------------------------------

using Endings = std::variant<Refusal, std::vector<Ending>>;

// Of one place, or as of an earlier event: by a look at each account.
Result<Endings> endingsListed(const Asking& asking, const AccountListQuestion& question,
                              const AsOf& as_of) {
  const auto listed = accountList(asking, question, as_of);
  if (!listed) return listed.error();
  if (const auto* no = std::get_if<Refusal>(&*listed)) return Endings(*no);
  std::vector<Ending> endings;
  for (const AccountAt& one : std::get<AccountList>(*listed).accounts) {
    endings.push_back({one.account.id, one.expires_at.value_or(question.at)});
  }
  std::ranges::sort(endings, {}, [](const Ending& e) { return std::pair(e.end, e.account); });
  return Endings(std::move(endings));
}

Result<Endings> endingsIn(const Asking& asking, const AccountListQuestion& question, Instant until,
                          const AsOf& as_of) {
  if (!question.place.empty() || as_of.sequence != asking.view().last()) {
    return endingsListed(asking, question, as_of);
  }
  if (auto no = asking.needEverything()) return Endings(*std::move(no));
  auto endings = endingBetween(asking.view(), question.at, until);
  if (!endings) return endings.error();
  return Endings(*std::move(endings));
}

AskedQuestion expiring(QueryReader& query) {
  const auto days = daysIn(query, "days");
  if (!days) query.fail("days", "it is missing");
  const std::string place = query.text("project").value_or("");
  return [days = days.value_or(0), place](Asking& asking,
                                          const AsOf& as_of) -> Result<QuestionAnswer> {
    const Instant now = asking.now();
    // What would end later never ends.
    const Instant until = std::min(Instant{now.us + days * kUsPerDay}, Instant{kEndOfTime.us - 1});
    const auto endings = endingsIn(asking,
                                   {.place = place,
                                    .at = now,
                                    .filters = {.expiring_within_days = days},
                                    .uses = std::nullopt},
                                   until, as_of);
    if (!endings) return endings.error();
    if (const auto* no = std::get_if<Refusal>(&*endings)) return QuestionAnswer(*no);
    Json list = Json::array();
    for (const Ending& one : std::get<std::vector<Ending>>(*endings)) {
      auto name = asking.names().account(one.account);
      if (!name) return name.error();
      list.push_back({{"id", one.account.value},
                      {"account", *std::move(name)},
                      {"expires_at", formatInstant(one.end)}});
    }
    Json question{{"from", formatInstant(now)}, {"to", formatInstant(until)}};
    if (!place.empty()) question["project"] = place;
    return QuestionAnswer(Json{{"question", std::move(question)},
                               {"as_of", {{"sequence", as_of.sequence.value}}},
                               {"expiring", std::move(list)}});
  };
}

}  // namespace

std::vector<Route> auditAccountRoutes(const OperatorParts& parts) {
  return {questionRoute(
              parts, "/audit/accounts",
              [&parts](QueryReader& query, const Request&) { return accounts(parts, query); }),
          questionRoute(parts, "/audit/accounts/{account}",
                        [&parts](QueryReader& query, const Request& request) {
                          return account(parts, query, request);
                        }),
          questionRoute(parts, "/audit/accounts/{account}/history", history),
          questionRoute(parts, "/audit/expiring",
                        [](QueryReader& query, const Request&) { return expiring(query); })};
}

}  // namespace robotledger::http
