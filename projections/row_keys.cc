#include "projections/row_keys.h"

namespace robotledger {
namespace {

Bytes tagged(char tag) { return Bytes(1, tag); }

Bytes tagged64(char tag, std::uint64_t number) {
  Bytes key = tagged(tag);
  putBigEndian64(key, number);
  return key;
}

constexpr std::size_t kTimelineCapabilityAt = 1 + 1 + 4;

Bytes endsKey(char how, Instant when, AccountId account) {
  Bytes key{'E', how};
  putBigEndian64(key, static_cast<std::uint64_t>(when.us));
  putBigEndian64(key, account.value);
  return key;
}

}  // namespace

Bytes metaKey(std::string_view what) { return tagged('M') + Bytes(what); }

Bytes projectPrefix() { return tagged('P'); }
Bytes projectKey(ProjectId project) {
  Bytes key = projectPrefix();
  putBigEndian32(key, project.value);
  return key;
}

Bytes settingPrefix() { return tagged('S'); }
Bytes settingKey(Sequence sequence) { return tagged64('S', sequence.value); }

Bytes servicePrefix() { return tagged('V'); }
Bytes serviceKey(Sequence sequence) { return tagged64('V', sequence.value); }

Bytes accountPrefix() { return tagged('A'); }
Bytes accountKey(ProjectId home, AccountId account) {
  Bytes key = accountPrefix();
  putBigEndian32(key, home.value);
  putBigEndian64(key, account.value);
  return key;
}
std::optional<AccountId> accountInKey(BytesView key) {
  if (key.size() != 1 + 4 + 8 || key.front() != 'A') return std::nullopt;
  ByteReader in(key.substr(1 + 4));
  return AccountId{in.bigEndian64()};
}
Bytes homeKey(AccountId account) { return tagged64('H', account.value); }

Bytes olderHistoryPrefix(AccountId account) { return tagged64('a', account.value); }
Bytes olderHistoryKey(AccountId account, Sequence first) {
  Bytes key = olderHistoryPrefix(account);
  putBigEndian64(key, first.value);
  return key;
}

Bytes namePrefix(ProjectId project, std::string_view name) {
  Bytes key = tagged('N');
  putBigEndian32(key, project.value);
  key += name;
  key.push_back('\0');
  return key;
}
Bytes nameKey(ProjectId project, std::string_view name, AccountId account) {
  Bytes key = namePrefix(project, name);
  putBigEndian64(key, account.value);
  return key;
}

Bytes fingerprintPrefix(std::uint64_t fingerprint) { return tagged64('F', fingerprint); }
Bytes fingerprintKey(std::uint64_t fingerprint, AccountId account, Sequence sequence) {
  Bytes key = fingerprintPrefix(fingerprint);
  putBigEndian64(key, account.value);
  putBigEndian64(key, sequence.value);
  return key;
}

Bytes timelineScopePrefix(Scope scope) {
  Bytes key = tagged('T');
  key.push_back(static_cast<char>(scope.kind));
  putBigEndian32(key, scope.project.value);
  return key;
}
Bytes timelinePrefix(const Permission& timeline) {
  Bytes key = timelineScopePrefix(timeline.scope);
  putBigEndian16(key, timeline.capability.index);
  return key;
}
Bytes timelineKey(const Permission& timeline, Instant time, Sequence sequence) {
  Bytes key = timelinePrefix(timeline);
  putBigEndian64(key, static_cast<std::uint64_t>(time.us));
  putBigEndian64(key, sequence.value);
  return key;
}
Capability capabilityInTimelineKey(BytesView key) {
  ByteReader in(key.substr(kTimelineCapabilityAt));
  return Capability{in.bigEndian16()};
}

Bytes endsByDaysPrefix() { return {'E', 'd'}; }
Bytes endsBySystemPrefix() { return {'E', 's'}; }
Bytes endsByDaysKey(Instant end, AccountId account) { return endsKey('d', end, account); }
Bytes endsBySystemKey(Instant issued_at, AccountId account) {
  return endsKey('s', issued_at, account);
}

Bytes postingPrefix(PostingIndex index, BytesView key) {
  Bytes prefix = tagged('L');
  prefix.push_back(static_cast<char>(index));
  prefix += key;
  // No key of an index has a zero byte but the project's, which are all of one length.
  prefix.push_back('\0');
  return prefix;
}

}  // namespace robotledger
