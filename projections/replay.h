// The account table as it stood at a moment of the past, from the log alone: its events are folded
// anew, from the first one on, and no row is read. Slow beside allLivingAt() and accountAt(), which
// must say the same; it is for who does not want to trust the rows.
//
//   auto table = replayAccounts(log, Sequence{7}, {});      // right after event 7
//   auto table = replayAccounts(log, noon, {});             // with all events up to noon
//   for (const AccountAt& account : table->accounts) ...
#pragma once

#include <functional>
#include <memory>
#include <variant>
#include <vector>

#include "core/base/result.h"
#include "core/log/log_store.h"
#include "projections/account_queries.h"
#include "projections/catalog.h"

namespace robotledger {

// An event, or an instant: then all events of that time and before.
using ReplayUntil = std::variant<Sequence, Instant>;

struct ReplayedAccounts {
  TreeSize size;  // how many events were folded; 0 where the instant is before the first
  Instant at;     // the instant, or the time of the event
  std::shared_ptr<const Catalog> catalog;  // as of the last of them
  std::vector<AccountAt> accounts;         // those that lived then, in order of their ids
};

// kNotFound where there is no such event; kDamaged where a record cannot be read or an event cannot
// follow on what came before. `progress` is told now and then, and may be empty. Any thread; about
// 500 bytes a living account.
Result<ReplayedAccounts> replayAccounts(
    const LogStore& log, ReplayUntil until,
    const std::function<void(TreeSize done, TreeSize all)>& progress);

}  // namespace robotledger
