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

Result<void> readHistory(BytesView part, Sequence as_of, History& out) {
  ByteReader in(part);
  Sequence sequence;
  Instant time;
  while (in.ok() && !in.atEnd()) {
    sequence.value += in.varint();
    time = readLaterInstant(in, time);
    if (!in.ok()) break;
    if (sequence > as_of) return {};
    HistoryEntry entry{.sequence = sequence, .time = time, .kind = in.byte()};
    if (entry.kind >= std::variant_size_v<EventBody>) reject(in);
    if (entry.kind == kKindOf<AccountCreated>) {
      entry.permissions = readPermissions(in);
      entry.expiry = readExpiry(in);
      entry.issued_at = readInstant(in, time);
    } else if (entry.kind == kKindOf<PermissionsGranted> ||
               entry.kind == kKindOf<PermissionsRevoked>) {
      entry.permissions = readPermissions(in);
    } else if (entry.kind == kKindOf<AccountExpiryChanged>) {
      entry.expiry = readExpiry(in);
    }
    out.push_back(std::move(entry));
  }
  if (!in.ok())
    return Error{ErrorCode::kViewsDamaged, "an account's history in the views is damaged"};
  return {};
}

}  // namespace robotledger
