#include "projections/expirations.h"

#include <optional>

#include "projections/account_row.h"
#include "projections/row_keys.h"

namespace robotledger {
namespace {

std::optional<Bytes> rowFor(AccountId account, const ExpiryTerms& terms) {
  switch (terms.expiry.kind) {
    case Expiry::Kind::kNever: return std::nullopt;
    case Expiry::Kind::kSystem: return endsBySystemKey(terms.issued_at, account);
    case Expiry::Kind::kDays: break;
  }
  const auto end = afterDays(terms.issued_at, terms.expiry.count);
  if (!end) return std::nullopt;
  return endsByDaysKey(*end, account);
}

}  // namespace

Result<void> Expirations::apply(const Change& change) {
  if (change.account == nullptr) return {};
  const Account& account = change.account->account;
  std::optional<Bytes> before;
  std::optional<Bytes> after;
  if (change.before.lived) before = rowFor(account.id, change.before.terms);
  if (change.account->lives()) after = rowFor(account.id, account.terms);
  if (before == after) return {};
  if (before) changed_.remove(*std::move(before));
  if (after) changed_.put(*std::move(after), {});
  return {};
}

void Expirations::setRows(std::shared_ptr<const RowSnapshot>) {}

}  // namespace robotledger
