#include "projections/account_queries.h"

#include <algorithm>

#include "core/domain/names.h"
#include "core/ledger/saved_state.h"
#include "projections/row_keys.h"

namespace robotledger {
namespace {

// The system setting's changes that were there at the instant.
std::span<const SettingChange> settingsAt(const View& view, Instant at, const AsOf& as_of) {
  const auto known = settingsUpTo(view.catalog->settings, as_of.sequence);
  const auto end = std::ranges::upper_bound(known, at, {}, &SettingChange::time);
  return {known.begin(), end};
}

void applyEntry(AccountAt& at, const HistoryEntry& entry) {
  Account& account = at.account;
  switch (entry.kind) {
    case kKindOf<AccountCreated>:
      account.permissions = entry.permissions;
      account.terms = {entry.expiry, entry.issued_at, entry.time};
      account.status = AccountStatus::kEnabled;
      at.described = entry.sequence;
      break;
    case kKindOf<PermissionsGranted>: addAll(account.permissions, entry.permissions); break;
    case kKindOf<PermissionsRevoked>: removeAll(account.permissions, entry.permissions); break;
    case kKindOf<AccountDisabled>: account.status = AccountStatus::kDisabled; break;
    case kKindOf<AccountEnabled>: account.status = AccountStatus::kEnabled; break;
    case kKindOf<AccountRenewed>:
      account.terms.issued_at = entry.time;
      account.terms.follows_since = entry.time;
      break;
    case kKindOf<AccountExpiryChanged>:
      account.terms.expiry = entry.expiry;
      account.terms.follows_since = entry.time;
      break;
    case kKindOf<AccountDescribed>: at.described = entry.sequence; break;
    case kKindOf<SecretIssued>:
      at.secret = entry.sequence;
      at.secret_at = entry.time;
      break;
    default: break;
  }
}

Result<void> addLiving(const View& view, Scope scope, Instant at, const AsOf& as_of,
                       std::vector<AccountId>& out) {
  TimelineReader reader(view);
  const auto members = reader.members({scope, kExists}, {.from = at}, as_of);
  if (!members) return members.error();
  for (const Member& member : *members) out.push_back(member.account);
  return {};
}

// Walks over one kind of the rows of what ends, from `from` to `to`, by their own instants.
Result<void> addEndings(const View& view, const Bytes& prefix, Instant from, Instant to,
                        std::vector<AccountId>& out) {
  const auto cursor = view.rows->cursor();
  Bytes start = prefix;
  putBigEndian64(start, static_cast<std::uint64_t>(std::max<std::int64_t>(from.us, 0)));
  for (cursor->seek(start); cursor->valid() && cursor->key().starts_with(prefix); cursor->next()) {
    ByteReader key(cursor->key().substr(prefix.size()));
    const Instant when{static_cast<std::int64_t>(key.bigEndian64())};
    if (when > to) break;
    out.push_back(AccountId{key.bigEndian64()});
  }
  return cursor->status();
}

}  // namespace

Result<std::vector<AccountId>> bearersOf(const View& view, std::string_view qualified_name) {
  std::vector<AccountId> bearers;
  const auto name = parseQualifiedName(qualified_name);
  if (!name) return bearers;
  std::vector<ProjectId> homes;
  if (name->project.empty()) homes.push_back(ProjectId{0});
  for (const ProjectLife* life : view.catalog->named(name->project, view.last())) {
    homes.push_back(life->id);
  }
  const auto cursor = view.rows->cursor();
  for (const ProjectId home : homes) {
    const Bytes prefix = namePrefix(home, name->name);
    for (cursor->seek(prefix); cursor->valid() && cursor->key().starts_with(prefix);
         cursor->next()) {
      ByteReader key(cursor->key().substr(prefix.size()));
      bearers.push_back(AccountId{key.bigEndian64()});
    }
    if (auto status = cursor->status(); !status) return status.error();
  }
  std::ranges::sort(bearers);
  return bearers;
}

Result<std::optional<AccountId>> livingBearer(const View& view, std::string_view qualified_name) {
  const auto bearers = bearersOf(view, qualified_name);
  if (!bearers) return bearers.error();
  if (bearers->empty()) return std::optional<AccountId>();
  // Only the last of them can live.
  const auto row = findAccountRow(view, bearers->back());
  if (!row) return row.error();
  if (!row->has_value() || !(*row)->lives()) return std::optional<AccountId>();
  return std::optional<AccountId>(bearers->back());
}

Result<std::vector<IssuedSecret>> secretsWith(const View& view, std::uint64_t fingerprint) {
  std::vector<IssuedSecret> issued;
  const Bytes prefix = fingerprintPrefix(fingerprint);
  const auto cursor = view.rows->cursor();
  for (cursor->seek(prefix); cursor->valid() && cursor->key().starts_with(prefix); cursor->next()) {
    ByteReader key(cursor->key().substr(prefix.size()));
    const AccountId account{key.bigEndian64()};
    issued.push_back({account, Sequence{key.bigEndian64()}});
  }
  if (auto status = cursor->status(); !status) return status.error();
  std::ranges::sort(issued, {}, &IssuedSecret::issued);
  return issued;
}

Result<std::optional<AccountAt>> accountAt(const View& view, const AccountRow& row, Instant at,
                                           const AsOf& as_of) {
  const auto history = historyOf(view, row, as_of);
  if (!history) return history.error();
  AccountAt stood{.account = row.account,
                  .name = qualifiedNameOf(view, row),
                  .created = row.created,
                  .created_at = row.created_at,
                  .created_by = row.created_by,
                  .asserted = row.created_line != 0};
  stood.account.description.clear();
  bool exists = false;
  for (const HistoryEntry& entry : *history) {
    if (entry.time > at) break;
    applyEntry(stood, entry);
    exists = entry.kind != kKindOf<AccountDeleted>;
  }
  if (!exists) return std::optional<AccountAt>();
  stood.expires_at = expiresAt(stood.account.terms, settingsAt(view, at, as_of));
  stood.expired = stood.expires_at && *stood.expires_at <= at;
  return std::optional<AccountAt>(std::move(stood));
}

Result<std::string> descriptionAt(const View& view, const AccountAt& account) {
  if (!account.described) return std::string();
  const auto event = readEvent(*view.log, *account.described);
  if (!event) return event.error();
  if (const auto* created = std::get_if<AccountCreated>(&event->body)) return created->description;
  if (const auto* described = std::get_if<AccountDescribed>(&event->body)) return described->after;
  return Error{ErrorCode::kViewsDamaged, "the views name event " +
                                             std::to_string(account.described->value) +
                                             " as a description, which it is not"};
}

Result<std::vector<AccountId>> livingAt(const View& view, const Place& place, Instant at,
                                        const AsOf& as_of) {
  std::vector<AccountId> living;
  if (place.always) {
    if (auto added = addLiving(view, place.scope, at, as_of, living); !added) return added.error();
    return living;
  }
  for (const ProjectLife* life : place.lives) {
    const auto added = addLiving(view, Scope::inProject(life->id), at, as_of, living);
    if (!added) return added.error();
  }
  std::ranges::sort(living);
  return living;
}

Result<std::vector<AccountId>> allLivingAt(const View& view, Instant at, const AsOf& as_of) {
  std::vector<AccountId> living;
  if (auto added = addLiving(view, Scope::system(), at, as_of, living); !added) {
    return added.error();
  }
  for (const ProjectLife& life : view.catalog->projects) {
    const bool deleted = life.deleted && *life.deleted <= as_of.sequence && life.deleted_at <= at;
    if (deleted || life.created > as_of.sequence || life.created_at > at) continue;
    const auto added = addLiving(view, Scope::inProject(life.id), at, as_of, living);
    if (!added) return added.error();
  }
  std::ranges::sort(living);
  return living;
}

Result<std::vector<Ending>> endingBetween(const View& view, Instant from, Instant to) {
  std::vector<AccountId> found;
  const auto by_days = addEndings(view, endsByDaysPrefix(), from, to, found);
  if (!by_days) return by_days.error();
  // Who follows the setting ends no sooner than by the shortest there ever was.
  const Settings& settings = view.catalog->settings;
  const auto shortest = std::ranges::min(settings, {}, &SettingChange::days);
  const std::int64_t days_us = shortest.days * kUsPerDay;
  const Instant issued_to{to.us > days_us ? to.us - days_us : -1};
  const auto by_setting = addEndings(view, endsBySystemPrefix(), Instant{0}, issued_to, found);
  if (!by_setting) return by_setting.error();
  std::vector<Ending> endings;
  for (const AccountId id : found) {
    const auto row = findAccountRow(view, id);
    if (!row) return row.error();
    if (!row->has_value()) continue;
    const auto end = expiresAt((*row)->account.terms, settings);
    if (end && *end > from && *end <= to) endings.push_back({id, *end});
  }
  std::ranges::sort(endings, {}, [](const Ending& e) { return std::pair(e.end, e.account); });
  return endings;
}

}  // namespace robotledger
