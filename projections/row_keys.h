// The keys of all rows. The first byte says whose they are; numbers are big-endian, so that rows
// sort as the numbers do.
//
//   M…                                        the position, and the versions of the projections
//   P project                                 a project's name and life
//   S sequence                                a change of the system setting
//   V sequence                                a change of the token service's settings
//   A project account                         an account as it stands, and its latest history
//   H account                                 the project it belongs to, 0 for the system's
//   a account sequence                        older history, by the first sequence in it
//   N project name 0 account                  who bears or bore a name
//   F fingerprint account sequence            secrets that were issued
//   T scope capability time sequence          a page of a timeline, by the first change in it
//   L index key 0 sequence                    a part of a posting list, by the first entry in it
//   E 'd' end account, E 's' issued account   what ends, by days or by the system setting
#pragma once

#include <optional>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/ids.h"
#include "core/base/instant.h"
#include "core/domain/permission.h"

namespace robotledger {

// The timeline of who exists: not a capability, but kept as one. Its scope is the project that an
// account belongs to, or the system for the accounts of that level.
inline constexpr Capability kExists{0xffff};

Bytes metaKey(std::string_view what);
Bytes projectKey(ProjectId project);
Bytes settingKey(Sequence sequence);
Bytes serviceKey(Sequence sequence);
// Those of one project lie together: a question of access asks for some twenty of them.
Bytes accountKey(ProjectId home, AccountId account);
Bytes homeKey(AccountId account);
Bytes olderHistoryKey(AccountId account, Sequence first);
Bytes nameKey(ProjectId project, std::string_view name, AccountId account);
Bytes fingerprintKey(std::uint64_t fingerprint, AccountId account, Sequence sequence);
Bytes timelineKey(const Permission& timeline, Instant time, Sequence sequence);
Bytes endsByDaysKey(Instant end, AccountId account);
Bytes endsBySystemKey(Instant issued_at, AccountId account);

// The account in the key of its row; nothing for another key.
std::optional<AccountId> accountInKey(BytesView key);

// What all the keys of one thing begin with.
Bytes accountPrefix();
Bytes projectPrefix();
Bytes settingPrefix();
Bytes servicePrefix();
Bytes olderHistoryPrefix(AccountId account);
Bytes namePrefix(ProjectId project, std::string_view name);
Bytes fingerprintPrefix(std::uint64_t fingerprint);
Bytes timelinePrefix(const Permission& timeline);
Bytes timelineScopePrefix(Scope scope);
Bytes endsByDaysPrefix();
Bytes endsBySystemPrefix();

enum class PostingIndex : char { kProject = 'p', kActor = 'o', kKind = 'k' };
Bytes postingPrefix(PostingIndex index, BytesView key);

// The capability in a timeline's key, whose prefix the caller has checked.
Capability capabilityInTimelineKey(BytesView key);

}  // namespace robotledger
