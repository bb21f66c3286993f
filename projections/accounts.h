// The account table: a row for every account there ever was, with its history in short, who bears
// or bore which name, and which secrets were issued.
//
// It keeps the accounts that events are about in memory, and lets go of them after a flush where
// they are more than `capacity`.
#pragma once

#include <memory>
#include <unordered_map>

#include "projections/account_row.h"
#include "projections/page_sizes.h"
#include "projections/projection.h"

namespace robotledger {

// One thread at a time, the runner's.
class AccountTable {
 public:
  static constexpr std::string_view kName = "accounts";
  static constexpr unsigned kVersion = 3;

  explicit AccountTable(std::size_t capacity) : capacity_(capacity) {}

  // As Projection has it; gives the account where it is kept in memory, else null.
  const AccountRow* expect(AccountId id) const;

  // Takes the next event in. The account it is about, after it, or null; the pointer lives until
  // the next flush. `before` is set to how it stood.
  Result<const AccountRow*> take(const Event& event, AccountBefore& before);

  void flush(RowBatch& batch);
  // As Projection has them.
  void flushFinished(RowBatch& batch);
  bool isFull() const { return kept_.size() > capacity_; }
  void setRows(std::shared_ptr<const RowSnapshot> rows);

 private:
  struct Kept {
    AccountRow row;
    bool changed = false;
  };
  Result<Kept*> find(AccountId id);
  Kept& create(const AccountCreated& created, const Event& event);
  void remember(Kept& kept, const Event& event);
  Result<void> applyTo(AccountRow& row, const Event& event);
  // Puts the account's row, and lets go of it where it will not change again.
  void putRow(Kept& kept, RowBatch& batch);

  std::size_t capacity_;
  std::shared_ptr<const RowSnapshot> rows_;
  std::unordered_map<AccountId, Kept> kept_;
  std::vector<Kept*> changed_;  // in kept_, where they do not move
  RowBatch pending_;            // rows that are written once
};

}  // namespace robotledger
