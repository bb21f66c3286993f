// The accounts that lived at an instant, all or those that auditors look for.
//
//   auto answer = accountList(asking, {.place = "web", .at = noon}, as_of);
//   if (!answer) return answer.error();
//   if (auto* refusal = std::get_if<Refusal>(&*answer)) return *refusal;
//   Json json = accountListJson(asking, std::get<AccountList>(*answer));
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "api/answers/asking.h"
#include "api/answers/uses.h"
#include "core/base/limits.h"

namespace robotledger {

// Days before or after now that a filter may name.
inline constexpr std::int64_t kMaxFilterDays = kMaxDays / 100;

// What is set together has to hold together.
struct AccountFilters {
  bool never_expiring = false;
  bool expired = false;       // and still enabled
  bool all_projects = false;  // with anything in `*`
  bool creator_gone = false;  // made by an operator who was removed since
  // Each from 0 to kMaxFilterDays.
  std::optional<std::int64_t> expiring_within_days;
  std::optional<std::int64_t> secret_older_than_days;
  std::optional<std::int64_t> unused_for_days;  // where the list is about now
};

struct AccountListQuestion {
  std::string place;  // "web", "/" for the system level, or empty for all of them
  Instant at;
  AccountFilters filters;
  // What was noted of uses, where the list is about now; else nothing.
  std::optional<UsesNoted> uses;
  // A page: those with higher ids than this, and at most so many.
  AccountId after;
  std::size_t most = std::numeric_limits<std::size_t>::max();
};

struct AccountList {
  AccountListQuestion question;
  AsOf as_of;
  std::vector<AccountAt> accounts;  // in order of their ids
  bool has_more = false;            // than `most`
};

// Those accounts, or why he who asks is refused. kInvalidArgument for a number of days that is
// none, or unused_for_days of a list that is not about now; kNotFound where that is asked and uses
// were never noted; kViewsDamaged where rows are not what was written.
Result<std::variant<Refusal, AccountList>> accountList(const Asking& asking,
                                                       const AccountListQuestion& question,
                                                       const AsOf& as_of);

// {"question":{"project","at","filters"},"as_of","uses_noted_since","accounts"}; the accounts as
// Asking::accountJson(), and what is noted of their uses where the list is about now.
Json accountListJson(const Asking& asking, const AccountList& answer);

}  // namespace robotledger
