#include "projections/account_row.h"

#include "projections/row_codec.h"
#include "projections/row_keys.h"

namespace robotledger {
namespace {

constexpr unsigned kDisabledFlag = 1;
constexpr unsigned kDeletedFlag = 2;
constexpr unsigned kSecretFlag = 4;

Error damagedRow(AccountId id) {
  return {ErrorCode::kViewsDamaged,
          "the row of account #" + std::to_string(id.value) + " in the views is damaged"};
}

void putSecret(Bytes& out, const SecretHash& secret) {
  out.push_back(static_cast<char>(secret.kind));
  putText(out, secret.hash);
  putText(out, secret.salt);
  putBigEndian64(out, secret.fingerprint);
}

SecretHash readSecret(ByteReader& in) {
  SecretHash secret;
  const std::uint8_t kind = in.byte();
  if (kind > static_cast<std::uint8_t>(SecretHash::Kind::kAsserted)) reject(in);
  secret.kind = static_cast<SecretHash::Kind>(kind);
  secret.hash = in.text();
  secret.salt = in.text();
  secret.fingerprint = in.bigEndian64();
  return secret;
}

}  // namespace

Result<std::optional<AccountRow>> readAccountRow(const RowSnapshot& rows, AccountId id) {
  const auto home = rows.get(homeKey(id));
  if (!home) return home.error();
  if (!home->has_value()) return std::optional<AccountRow>();
  ByteReader in(**home);
  const ProjectId project{static_cast<std::uint32_t>(in.varint())};
  if (!in.ok()) return damagedRow(id);
  const auto bytes = rows.get(accountKey(project, id));
  if (!bytes) return bytes.error();
  if (!bytes->has_value()) return damagedRow(id);
  auto row = decodeAccountRow(id, **bytes);
  if (!row) return row.error();
  return std::optional<AccountRow>(std::move(*row));
}

Bytes encodeAccountRow(const AccountRow& row) {
  Bytes out;
  out.reserve(144 + row.account.name.size() + row.account.description.size() + row.history.size());
  const unsigned flags = (row.account.status == AccountStatus::kDisabled ? kDisabledFlag : 0) |
                         (row.deleted ? kDeletedFlag : 0) | (row.secret ? kSecretFlag : 0);
  out.push_back(static_cast<char>(flags));
  putVarint(out, row.account.project.value);
  putText(out, row.account.name);
  putText(out, row.account.description);
  putVarint(out, row.created.value);
  putVarint(out, static_cast<std::uint64_t>(row.created_at.us));
  putText(out, row.created_by);
  putVarint(out, row.created_line);
  putPermissions(out, row.account.permissions);
  putTerms(out, row.account.terms, row.created_at);
  if (row.deleted) {
    putVarint(out, row.deleted->value - row.created.value);
    putSigned(out, row.deleted_at.us - row.created_at.us);
  }
  if (row.secret) {
    putVarint(out, row.secret->value - row.created.value);
    putSigned(out, row.secret_at.us - row.created_at.us);
    putSecret(out, row.secret_hash);
  }
  putVarint(out, row.last.sequence.value - row.created.value);
  putSigned(out, row.last.time.us - row.created_at.us);
  putVarint(out, row.older_parts);
  putVarint(out, row.history_count);
  putVarint(out, row.history_first.value);
  out += row.history;
  return out;
}

Result<AccountRow> decodeAccountRow(AccountId id, BytesView bytes) {
  ByteReader in(bytes);
  AccountRow row;
  const unsigned flags = in.byte();
  Account& account = row.account;
  account.id = id;
  account.status =
      (flags & kDisabledFlag) != 0 ? AccountStatus::kDisabled : AccountStatus::kEnabled;
  account.project = ProjectId{static_cast<std::uint32_t>(in.varint())};
  account.name = in.text();
  account.description = in.text();
  row.created = Sequence{in.varint()};
  row.created_at = readLaterInstant(in, {});
  row.created_by = in.text();
  row.created_line = in.varint();
  account.permissions = readPermissions(in);
  account.terms = readTerms(in, row.created_at);
  if ((flags & kDeletedFlag) != 0) {
    row.deleted = Sequence{row.created.value + in.varint()};
    row.deleted_at = readInstant(in, row.created_at);
  }
  if ((flags & kSecretFlag) != 0) {
    row.secret = Sequence{row.created.value + in.varint()};
    row.secret_at = readInstant(in, row.created_at);
    row.secret_hash = readSecret(in);
  }
  row.last.sequence = Sequence{row.created.value + in.varint()};
  row.last.time = readInstant(in, row.created_at);
  row.older_parts = static_cast<std::uint32_t>(in.varint());
  row.history_count = static_cast<std::uint32_t>(in.varint());
  row.history_first = Sequence{in.varint()};
  row.history = in.take(in.left());
  if (!in.ok()) return damagedRow(id);
  return row;
}

}  // namespace robotledger
