#include "projections/accounts.h"

#include "core/base/prefetch.h"
#include "projections/row_keys.h"

namespace robotledger {

Result<AccountTable::Kept*> AccountTable::find(AccountId id) {
  const auto found = kept_.find(id);
  if (found != kept_.end()) return &found->second;
  auto row = readAccountRow(*rows_, id);
  if (!row) return row.error();
  if (!row->has_value()) {
    return Error{ErrorCode::kViewsDamaged,
                 "account #" + std::to_string(id.value) + " is missing in the views"};
  }
  return &kept_.emplace(id, Kept{*std::move(*row), false}).first->second;
}

const AccountRow* AccountTable::expect(AccountId id) const {
  const auto found = kept_.find(id);
  if (found == kept_.end()) return nullptr;
  const AccountRow& row = found->second.row;
  prefetch(row.history.data() + row.history.size());
  prefetch(row.account.permissions.data());
  prefetch(&row.last);
  return &row;
}

AccountTable::Kept& AccountTable::create(const AccountCreated& created, const Event& event) {
  Kept kept;
  kept.row.account = accountFrom(created, event.time);
  kept.row.created = event.sequence;
  kept.row.created_at = event.time;
  kept.row.created_by = event.actor;
  if (const auto* import = std::get_if<Import>(&event.channel)) {
    kept.row.created_line = import->line;
  }
  pending_.put(nameKey(created.project, created.name, created.account), {});
  Bytes home;
  putVarint(home, created.project.value);
  pending_.put(homeKey(created.account), std::move(home));
  return kept_.insert_or_assign(created.account, std::move(kept)).first->second;
}

Result<void> AccountTable::applyTo(AccountRow& row, const Event& event) {
  if (std::holds_alternative<AccountCreated>(event.body)) return {};
  if (std::holds_alternative<AccountDeleted>(event.body)) {
    row.deleted = event.sequence;
    row.deleted_at = event.time;
    return {};
  }
  if (const auto* issued = std::get_if<SecretIssued>(&event.body)) {
    row.secret = event.sequence;
    row.secret_at = event.time;
    row.secret_hash = issued->secret;
    if (issued->secret.kind == SecretHash::Kind::kGenerated) {
      pending_.put(fingerprintKey(issued->secret.fingerprint, issued->account, event.sequence), {});
    }
    return {};
  }
  return applyToAccount(row.account, event.body, event.time);
}

void AccountTable::remember(Kept& kept, const Event& event) {
  AccountRow& row = kept.row;
  if (row.history_count == kHistoryPart) {
    // A full part is never changed again.
    pending_.put(olderHistoryKey(row.account.id, row.history_first), std::move(row.history));
    row.history.clear();
    row.history_count = 0;
    row.older_parts += 1;
  }
  const HistoryMark previous = row.history_count == 0 ? HistoryMark{} : row.last;
  if (row.history_count == 0) row.history_first = event.sequence;
  putHistory(row.history, event, previous);
  row.history_count += 1;
  row.last = {event.sequence, event.time};
  if (!kept.changed) changed_.push_back(&kept);
  kept.changed = true;
}

Result<const AccountRow*> AccountTable::take(const Event& event, AccountBefore& before) {
  before.held.clear();
  before.lived = false;
  const AccountId id = accountOf(event.body);
  if (id.value == 0) return nullptr;
  Kept* kept = nullptr;
  if (const auto* created = std::get_if<AccountCreated>(&event.body)) {
    kept = &create(*created, event);
  } else {
    auto found = find(id);
    if (!found) return found.error();
    kept = *found;
    before.lived = true;
    before.terms = kept->row.account.terms;
    if (touchesAccess(event.body) && kept->row.account.status == AccountStatus::kEnabled) {
      before.held = heldBy(kept->row.account);
    }
  }
  if (auto applied = applyTo(kept->row, event); !applied) {
    return Error{ErrorCode::kViewsDamaged, "the views do not fit event " +
                                               std::to_string(event.sequence.value) + ": " +
                                               applied.error().message};
  }
  remember(*kept, event);
  return &kept->row;
}

void AccountTable::flush(RowBatch& batch) {
  batch.take(pending_);
  for (Kept* kept : changed_) putRow(*kept, batch);
  changed_.clear();
}

void AccountTable::flushFinished(RowBatch& batch) {
  batch.take(pending_);
  std::erase_if(changed_, [&](Kept* kept) {
    if (kept->row.lives()) return false;
    putRow(*kept, batch);
    return true;
  });
}

void AccountTable::putRow(Kept& kept, RowBatch& batch) {
  const AccountId id = kept.row.account.id;
  batch.put(accountKey(kept.row.account.project, id), encodeAccountRow(kept.row));
  kept.changed = false;
  if (!kept.row.lives()) kept_.erase(id);
}

void AccountTable::setRows(std::shared_ptr<const RowSnapshot> rows) {
  rows_ = std::move(rows);
  if (isFull()) kept_.clear();
}

}  // namespace robotledger
