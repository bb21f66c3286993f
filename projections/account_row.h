// AccountRow: what the account table holds of one account, living or dead.
#pragma once

#include <optional>
#include <string>

#include "core/base/result.h"
#include "core/domain/account.h"
#include "projections/history.h"
#include "projections/row_store.h"

namespace robotledger {

struct AccountRow {
  Account account;  // as it stands, or as it last stood
  // Its creation.
  Sequence created;
  Instant created_at;
  std::string created_by;
  std::uint64_t created_line = 0;  // in an imported file; 0 where it was witnessed
  // Its deletion, if any.
  std::optional<Sequence> deleted;
  Instant deleted_at;
  // Its last secret, if any: the event that issued it, when, and what is kept of it.
  std::optional<Sequence> secret;
  Instant secret_at;
  SecretHash secret_hash;
  // The last event about it, of any kind.
  HistoryMark last;
  // The latest part of its history; the parts before it are rows of their own.
  Bytes history;
  std::uint32_t history_count = 0;
  Sequence history_first;
  std::uint32_t older_parts = 0;

  bool lives() const { return !deleted.has_value(); }
};

// The row of an account of which only the id is known; nothing for an id that no account has had.
Result<std::optional<AccountRow>> readAccountRow(const RowSnapshot& rows, AccountId id);

Bytes encodeAccountRow(const AccountRow& row);
// kViewsDamaged where the bytes are no such row.
Result<AccountRow> decodeAccountRow(AccountId id, BytesView bytes);

}  // namespace robotledger
