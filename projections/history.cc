#include "projections/history.h"

#include "projections/row_codec.h"

namespace robotledger {

void putHistory(Bytes& part, const Event& event, HistoryMark previous) {
  putVarint(part, event.sequence.value - previous.sequence.value);
  putVarint(part, static_cast<std::uint64_t>(event.time.us - previous.time.us));
  part.push_back(static_cast<char>(event.body.index()));
  if (const auto* created = std::get_if<AccountCreated>(&event.body)) {
    putPermissions(part, created->permissions);
    putExpiry(part, created->expiry);
    putSigned(part, created->issued_at.us - event.time.us);
  } else if (const auto* granted = std::get_if<PermissionsGranted>(&event.body)) {
    putPermissions(part, granted->permissions);
  } else if (const auto* revoked = std::get_if<PermissionsRevoked>(&event.body)) {
    putPermissions(part, revoked->permissions);
  } else if (const auto* changed = std::get_if<AccountExpiryChanged>(&event.body)) {
    putExpiry(part, changed->after);
  }
}

bool AccountHistoryReader::next(HistoryEntry& entry) {
  if (!in_.ok() || in_.atEnd()) return false;
  last_.sequence.value += in_.varint();
  last_.time = readLaterInstant(in_, last_.time);
  if (!in_.ok() || last_.sequence > as_of_) return false;
  entry.sequence = last_.sequence;
  entry.time = last_.time;
  entry.kind = in_.byte();
  if (entry.kind >= std::variant_size_v<EventBody>) reject(in_);
  if (entry.kind == kKindOf<AccountCreated>) {
    readPermissionsInto(entry.permissions, in_);
    entry.expiry = readExpiry(in_);
    entry.issued_at = readInstant(in_, entry.time);
  } else if (entry.kind == kKindOf<PermissionsGranted> ||
             entry.kind == kKindOf<PermissionsRevoked>) {
    readPermissionsInto(entry.permissions, in_);
  } else if (entry.kind == kKindOf<AccountExpiryChanged>) {
    entry.expiry = readExpiry(in_);
  }
  return in_.ok();
}

Result<void> AccountHistoryReader::status() const {
  if (in_.ok()) return {};
  return Error{ErrorCode::kViewsDamaged, "an account's history in the views is damaged"};
}

Result<void> readHistory(BytesView part, Sequence as_of, History& out) {
  AccountHistoryReader reader(part, as_of);
  for (HistoryEntry entry; reader.next(entry); entry = {}) out.push_back(std::move(entry));
  return reader.status();
}

}  // namespace robotledger
