#include "api/answers/account_list.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "api/answers/words.h"
#include "core/ledger/saved_state.h"
#include "projections/history.h"
#include "projections/log_query.h"

namespace robotledger {
namespace {

// Which operators were removed last by which event.
using Removals = std::map<std::string, Sequence>;

Result<Removals> removalsUpTo(const View& view, Instant at, const AsOf& as_of) {
  Removals removals;
  const LogFilter filter{
      .kind = kKindOf<OperatorRemoved>, .to = Instant{at.us + 1}, .as_of = as_of.sequence};
  const auto query = LogQuery::start(view, filter);
  if (!query) return query.error();
  while (true) {
    const auto next = (*query)->next();
    if (!next) return next.error();
    if (!*next) return removals;
    const auto event = readEvent(*view.log, **next);
    if (!event) return event.error();
    const auto* removed = std::get_if<OperatorRemoved>(&event->body);
    if (removed != nullptr) removals[removed->name] = **next;
  }
}

// One who was added again under the name is another.
bool isCreatorGone(const AccountAt& account, const Removals& removals) {
  const auto removal = removals.find(account.created_by);
  return removal != removals.end() && removal->second > account.created;
}

// `at` plus or minus that many days, which fit: they were looked at.
Instant daysFrom(Instant at, std::int64_t days) { return Instant{at.us + days * kUsPerDay}; }

bool matches(const AccountAt& account, const AccountListQuestion& question,
             const Removals& removals) {
  const AccountFilters& filters = question.filters;
  const bool enabled = account.account.status == AccountStatus::kEnabled;
  if (filters.never_expiring && account.expires_at) return false;
  if (filters.expired && !(account.expired && enabled)) return false;
  if (filters.all_projects && !anyIn(account.account.permissions, Scope::allProjects())) {
    return false;
  }
  if (filters.creator_gone && !isCreatorGone(account, removals)) return false;
  if (filters.expiring_within_days) {
    const Instant end = daysFrom(question.at, *filters.expiring_within_days);
    if (account.expired || !account.expires_at || *account.expires_at > end) return false;
  }
  if (filters.secret_older_than_days) {
    const Instant since = daysFrom(question.at, -*filters.secret_older_than_days);
    if (!account.secret || account.secret_at > since) return false;
  }
  if (filters.unused_for_days) {
    const Instant since = daysFrom(question.at, -*filters.unused_for_days);
    if (unusedSince(**question.uses, account) > since) return false;
  }
  return true;
}

bool isTooMany(const std::optional<std::int64_t>& days) {
  return days && (*days < 0 || *days > kMaxFilterDays);
}

// Whether the filters can be asked together.
Result<void> checkFilters(const AccountListQuestion& question) {
  const AccountFilters& filters = question.filters;
  if (isTooMany(filters.expiring_within_days) || isTooMany(filters.secret_older_than_days) ||
      isTooMany(filters.unused_for_days)) {
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("a number of days is 0 to {}", kMaxFilterDays)};
  }
  if (!filters.unused_for_days) return {};
  if (!question.uses) {
    return Error{ErrorCode::kInvalidArgument,
                 "how long an account was not used is about now: its last use is noted, and not "
                 "those before"};
  }
  if (*question.uses) return {};
  return Error{ErrorCode::kNotFound,
               "nobody knows which accounts are not used: " + notedSinceText(*question.uses) +
                   " It begins with 'serve'"};
}

// Whose list it is: all accounts of the place, filtered or not.
Result<std::variant<Refusal, std::vector<AccountId>>> livingIn(const Asking& asking,
                                                               const AccountListQuestion& question,
                                                               const AsOf& as_of) {
  using Answer = std::variant<Refusal, std::vector<AccountId>>;
  auto ids = Result<std::vector<AccountId>>(std::vector<AccountId>());
  if (question.place.empty()) {
    if (auto no = asking.needEverything()) return Answer(*std::move(no));
    ids = allLivingAt(asking.view(), question.at, as_of);
  } else {
    auto place = asking.place(question.place, as_of);
    if (auto* no = std::get_if<Refusal>(&place)) return Answer(std::move(*no));
    ids = livingAt(asking.view(), std::get<Place>(place), question.at, as_of);
  }
  if (!ids) return ids.error();
  return Answer(*std::move(ids));
}

Json filtersJson(const AccountFilters& asked) {
  Json filters = Json::array();
  if (asked.never_expiring) filters.push_back("never_expiring");
  if (asked.expired) filters.push_back("expired");
  if (asked.all_projects) filters.push_back("all_projects");
  if (asked.creator_gone) filters.push_back("creator_gone");
  if (asked.expiring_within_days) {
    filters.push_back({{"expiring_within_days", *asked.expiring_within_days}});
  }
  if (asked.secret_older_than_days) {
    filters.push_back({{"secret_older_than_days", *asked.secret_older_than_days}});
  }
  if (asked.unused_for_days) filters.push_back({{"unused_for_days", *asked.unused_for_days}});
  return filters;
}

}  // namespace

Result<std::variant<Refusal, AccountList>> accountList(const Asking& asking,
                                                       const AccountListQuestion& question,
                                                       const AsOf& as_of) {
  using Answer = std::variant<Refusal, AccountList>;
  const View& view = asking.view();
  if (auto right = checkFilters(question); !right) return right.error();
  const auto living = livingIn(asking, question, as_of);
  if (!living) return living.error();
  if (const auto* no = std::get_if<Refusal>(&*living)) return Answer(*no);
  Removals removals;
  if (question.filters.creator_gone) {
    auto found = removalsUpTo(view, question.at, as_of);
    if (!found) return found.error();
    removals = *std::move(found);
  }
  AccountList answer{question, as_of, {}};
  const auto& ids = std::get<std::vector<AccountId>>(*living);
  for (auto id = std::ranges::upper_bound(ids, question.after); id != ids.end(); ++id) {
    const auto row = findAccountRow(view, *id);
    if (!row) return row.error();
    if (!*row) return Error{ErrorCode::kViewsDamaged, "an account is missing in the views"};
    auto stood = accountAt(view, **row, question.at, as_of);
    if (!stood) return stood.error();
    if (!*stood || !matches(**stood, question, removals)) continue;
    answer.has_more = answer.accounts.size() == question.most;
    if (answer.has_more) break;
    answer.accounts.push_back(std::move(**stood));
  }
  return Answer(std::move(answer));
}

Json accountListJson(const Asking& asking, const AccountList& answer) {
  const AccountListQuestion& question = answer.question;
  Json asked;
  if (!question.place.empty()) asked["project"] = question.place;
  asked["at"] = formatInstant(question.at);
  asked["filters"] = filtersJson(question.filters);
  Json list = Json::array();
  for (const AccountAt& one : answer.accounts) {
    list.push_back(asking.accountJson(one));
    if (question.uses) putLastUsed(list.back(), *question.uses, one);
  }
  Json json{{"question", std::move(asked)}, {"as_of", {{"sequence", answer.as_of.sequence.value}}}};
  if (question.uses) {
    const UsesNoted& uses = *question.uses;
    json["uses_noted_since"] = instantJson(uses ? std::optional(uses->since) : std::nullopt);
  }
  json["accounts"] = std::move(list);
  return json;
}

}  // namespace robotledger
