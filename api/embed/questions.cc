#include "api/embed/questions.h"

#include "api/answers/words.h"
#include "core/domain/text.h"

namespace robotledger::v1 {
namespace {

v1::Window windowOf(const robotledger::Window& window) {
  v1::Window made;
  made.from = timeOf(window.from);
  if (window.until) made.until = timeOf(*window.until);
  made.opened_by = window.opened_by.value;
  if (const auto* event = std::get_if<Sequence>(&window.closed_by)) made.closed_by = event->value;
  if (window.access_until) made.access_until = timeOf(*window.access_until);
  return made;
}

v1::Expiry expiryOf(const robotledger::Expiry& expiry) {
  switch (expiry.kind) {
    case robotledger::Expiry::Kind::kSystem: return {};
    case robotledger::Expiry::Kind::kNever: return v1::Expiry::never();
    case robotledger::Expiry::Kind::kDays: return v1::Expiry::inDays(expiry.count);
  }
  return {};
}

v1::Account accountOf(Asking& asking, const AccountStood& stood) {
  const AccountAt& from = stood.account;
  v1::Account made;
  made.id = from.account.id.value;
  made.name = from.name;
  made.project = asking.names().project(from.account.project);
  made.status = accountStatus(from);
  made.description = stood.description;
  for (const robotledger::Permission& one : from.account.permissions) {
    made.permissions.push_back({one.capability.text(), asking.scope(one.scope)});
  }
  made.expiry = expiryOf(from.account.terms.expiry);
  if (from.expires_at) made.expires_at = timeOf(*from.expires_at);
  made.created_at = timeOf(from.created_at);
  made.created_by = from.created_by;
  return made;
}

robotledger::Result<v1::AccountsAnswer> publicAccounts(Asking& asking, const StoodAnswer& answer) {
  v1::AccountsAnswer made;
  made.as_of = answer.as_of.sequence.value;
  for (const AccountStood& one : answer.accounts) made.accounts.push_back(accountOf(asking, one));
  return made;
}

robotledger::Result<v1::WhoCouldAnswer> publicWhoCould(Asking&,
                                                       const robotledger::WhoCouldAnswer& answer) {
  v1::WhoCouldAnswer made;
  made.as_of = answer.as_of.sequence.value;
  for (const AccessAnswer& one : answer.accounts) {
    Holder holder{one.id.value, one.account, {}};
    for (const robotledger::Window& window : one.windows) {
      holder.windows.push_back(windowOf(window));
    }
    made.accounts.push_back(std::move(holder));
  }
  return made;
}

robotledger::Result<v1::CouldAnswer> publicCould(Asking&, const robotledger::CouldAnswer& answer) {
  v1::CouldAnswer made;
  made.as_of = answer.as_of.sequence.value;
  made.verdict = verdictName(answer.why.verdict);
  made.because = answer.why.because;
  for (const Link& link : answer.why.chain) made.reasons.push_back({link.event.value, link.what});
  if (answer.why.window) made.window = windowOf(*answer.why.window);
  if (answer.token_until) made.token_until = timeOf(*answer.token_until);
  return made;
}

robotledger::Result<v1::WhatCouldAnswer> publicWhatCould(
    Asking& asking, const robotledger::WhatCouldAnswer& answer) {
  v1::WhatCouldAnswer made;
  made.as_of = answer.as_of.sequence.value;
  made.status = answer.status;
  for (const HeldThen& one : answer.could) {
    made.could.push_back({asking.scope(one.permission.scope), one.permission.capability.text(),
                          windowOf(one.window)});
  }
  return made;
}

robotledger::Result<AccountStood> withDescription(const Asking& asking, AccountAt&& account) {
  auto description = descriptionAt(asking.view(), account);
  if (!description) return description.error();
  return AccountStood{std::move(account), std::move(*description)};
}

// Those of a list that existed at the instant.
robotledger::Result<std::vector<AccountStood>> stoodOf(const Asking& asking,
                                                       const std::vector<AccountId>& ids,
                                                       Instant at, const robotledger::AsOf& as_of) {
  std::vector<AccountStood> accounts;
  for (const AccountId id : ids) {
    const auto row = findAccountRow(asking.view(), id);
    if (!row) return row.error();
    if (!*row) return Error{ErrorCode::kViewsDamaged, "an account is missing in the views"};
    auto stood = accountAt(asking.view(), **row, at, as_of);
    if (!stood) return stood.error();
    if (!*stood) continue;
    auto described = withDescription(asking, std::move(**stood));
    if (!described) return described.error();
    accounts.push_back(std::move(*described));
  }
  return accounts;
}

}  // namespace

robotledger::Result<std::variant<Refusal, Reader>> readerNamed(Core& core,
                                                               const std::string& name) {
  using Answer = std::variant<Refusal, Reader>;
  Reader reader{.name = name};
  if (name.empty()) {
    reader = {.name = core.program(), .known = true, .everything = true, .administers = {}};
    return Answer(std::move(reader));
  }
  const auto looked = core.open().ledger().inspect([&](const State& state) {
    const Operator* found = state.findOperator(name);
    if (found == nullptr) return;
    reader.known = true;
    reader.everything = found->has(Role::kSystemAdmin) || found->has(Role::kAuditor);
    reader.administers = found->administers;
  });
  if (!looked) return looked.error();
  if (reader.known) return Answer(std::move(reader));
  return Answer(Refusal{RefusalCode::kUnknownOperator, "there is no operator " + inQuotes(name)});
}

robotledger::Result<robotledger::AsOf> readAsOf(const View& view, const v1::AsOf& as_of) {
  if (!as_of) return view.newest();
  return asOf(view, Sequence{*as_of});
}

robotledger::Result<robotledger::Capability> readCapability(const std::string& text) {
  if (const auto found = parseCapability(text)) return *found;
  return Error{ErrorCode::kInvalidArgument,
               inQuotes(text) +
                   " is no capability: push-image, pull-image, push-chart, pull-chart, or a "
                   "resource:action such as repository:delete"};
}

robotledger::Result<Instant> readInstant(const std::optional<Time>& at, Instant now) {
  if (!at) return now;
  return checkedInstant(*at);
}

robotledger::Tail tailOf(v1::Tail tail) {
  return tail == v1::Tail::kTokens ? robotledger::Tail::kTokens : robotledger::Tail::kGrantAlone;
}

robotledger::Result<robotledger::When> readWhen(const v1::When& when, Instant now) {
  if (const auto* date = std::get_if<OnDate>(&when)) return onDate(date->date, date->zone);
  if (const auto* between = std::get_if<Between>(&when)) {
    const auto from = checkedInstant(between->from);
    if (!from) return from.error();
    const auto to = checkedInstant(between->to);
    if (!to) return to.error();
    return betweenInstants(*from, *to);
  }
  const auto* given = std::get_if<At>(&when);
  if (given == nullptr) return atInstant(now);
  const auto at = checkedInstant(given->time);
  if (!at) return at.error();
  return atInstant(*at);
}

robotledger::Result<std::variant<Refusal, StoodAnswer>> accountsStood(const Asking& asking,
                                                                      const Accounts& question) {
  using Answer = std::variant<Refusal, StoodAnswer>;
  const auto as_of = readAsOf(asking.view(), question.as_of);
  if (!as_of) return as_of.error();
  const auto at = readInstant(question.at, asking.now());
  if (!at) return at.error();
  robotledger::Result<std::vector<AccountId>> ids = std::vector<AccountId>();
  if (question.project.empty()) {
    if (const auto no = asking.needEverything()) return Answer(*no);
    ids = allLivingAt(asking.view(), *at, *as_of);
  } else {
    const auto place = asking.place(question.project, *as_of);
    if (const auto* no = std::get_if<Refusal>(&place)) return Answer(*no);
    ids = livingAt(asking.view(), std::get<Place>(place), *at, *as_of);
  }
  if (!ids) return ids.error();
  auto stood = stoodOf(asking, *ids, *at, *as_of);
  if (!stood) return stood.error();
  return Answer(StoodAnswer{*as_of, *at, std::move(*stood)});
}

robotledger::Result<std::variant<Refusal, StoodAnswer>> accountStands(const Asking& asking,
                                                                      const std::string& account) {
  using Answer = std::variant<Refusal, StoodAnswer>;
  const auto ref = accountRef(account);
  if (!ref) return ref.error();
  const auto found = asking.account(*ref);
  if (!found) return found.error();
  if (const auto* no = std::get_if<Refusal>(&*found)) return Answer(*no);
  const auto as_of = asking.view().newest();
  auto stood = stoodOf(asking, {std::get<AccountRow>(*found).account.id}, asking.now(), as_of);
  if (!stood) return stood.error();
  if (stood->empty()) {
    return Answer(Refusal{RefusalCode::kUnknownAccount, inQuotes(account) + " does not live"});
  }
  return Answer(StoodAnswer{as_of, asking.now(), std::move(*stood)});
}

// ---- the ledger's part ------------------------------------------------------------------------

Result<v1::WhoCouldAnswer> Ledger::whoCould(const WhoCould& question, const std::string& reader) {
  return guarded([&] { return askWhoCould(*core_, question, reader, publicWhoCould); });
}

Result<v1::CouldAnswer> Ledger::could(const Could& question, const std::string& reader) {
  return guarded([&] { return askCould(*core_, question, reader, publicCould); });
}

Result<v1::WhatCouldAnswer> Ledger::whatCould(const WhatCould& question,
                                              const std::string& reader) {
  return guarded([&] { return askWhatCould(*core_, question, reader, publicWhatCould); });
}

Result<v1::AccountsAnswer> Ledger::accounts(const Accounts& question, const std::string& reader) {
  return guarded([&] {
    return askAs(*core_, reader, [&](Asking& asking) {
      return inForm(asking, accountsStood(asking, question), publicAccounts);
    });
  });
}

Result<v1::Account> Ledger::account(const std::string& account, const std::string& reader) {
  return guarded([&]() -> Result<v1::Account> {
    auto answer = askAs(*core_, reader, [&](Asking& asking) {
      return inForm(asking, accountStands(asking, account), publicAccounts);
    });
    if (!answer) return answer.failure();
    return std::move(answer->accounts.front());
  });
}

}  // namespace robotledger::v1
