#include "projections/replay.h"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>

#include "core/domain/state.h"
#include "core/ledger/saved_state.h"

namespace robotledger {
namespace {

constexpr std::uint64_t kTellEvery = 4096;

// The state, and what it does not keep of the living: whence they came, and their secrets.
class Replay {
 public:
  Result<void> take(const Event& event) {
    if (auto applied = state_.apply(event); !applied) return applied;
    if (auto taken = catalog_.take(event); !taken) return taken;
    const AccountId id = accountOf(event.body);
    if (std::holds_alternative<AccountCreated>(event.body)) {
      origins_[id] = {.created = event.sequence,
                      .created_at = event.time,
                      .created_by = event.actor,
                      .asserted = isAsserted(event),
                      .described = event.sequence};
    } else if (std::holds_alternative<AccountDescribed>(event.body)) {
      origins_[id].described = event.sequence;
    } else if (std::holds_alternative<SecretIssued>(event.body)) {
      origins_[id].secret = event.sequence;
      origins_[id].secret_at = event.time;
    } else if (std::holds_alternative<AccountDeleted>(event.body)) {
      origins_.erase(id);
    }
    return {};
  }

  const State& state() const { return state_; }

  ReplayedAccounts at(Instant at) {
    ReplayedAccounts table{.size = state_.size(), .at = at, .catalog = catalog_.share()};
    for (const auto& [id, account] : state_.accounts()) {
      AccountAt stood = origins_.at(id);
      stood.account = account;
      stood.account.description.clear();
      stood.name = state_.qualifiedNameOf(account);
      stood.expires_at = expiresAt(account.terms, state_.settings());
      stood.expired = stood.expires_at && *stood.expires_at <= at;
      table.accounts.push_back(std::move(stood));
    }
    std::ranges::sort(table.accounts, {}, [](const AccountAt& one) { return one.account.id; });
    return table;
  }

 private:
  State state_;
  CatalogKeeper catalog_;
  std::unordered_map<AccountId, AccountAt> origins_;  // what is not filled in here comes last
};

}  // namespace

Result<ReplayedAccounts> replayAccounts(
    const LogStore& log, ReplayUntil until,
    const std::function<void(TreeSize done, TreeSize all)>& progress) {
  TreeSize all = log.head().size;
  const auto* last = std::get_if<Sequence>(&until);
  if (last != nullptr) {
    if (last->value >= all.value) {
      return Error{ErrorCode::kNotFound, "there is no event " + std::to_string(last->value) +
                                             "; the log has " + std::to_string(all.value)};
    }
    all = TreeSize{last->value + 1};
  }
  const auto cursor = log.scan(Sequence{0}, all);
  if (!cursor) return cursor.error();
  Replay replay;
  while (true) {
    const Sequence next{replay.state().size().value};
    const auto record = (*cursor)->next();
    if (!record) return record.error();
    if (!record->has_value()) break;
    const auto event = eventOf(next, **record);
    if (!event) return event.error();
    const auto* instant = std::get_if<Instant>(&until);
    if (instant != nullptr && event->time > *instant) break;
    if (auto taken = replay.take(*event); !taken) return taken.error();
    if (progress && next.value % kTellEvery == 0) progress(replay.state().size(), all);
  }
  return replay.at(last != nullptr ? replay.state().lastTime() : std::get<Instant>(until));
}

}  // namespace robotledger
