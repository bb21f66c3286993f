// Events as JSON, with stable names, for machines.
//
//   EventNames names(view);
//   auto json = eventJson(event, names);
//   {"sequence":7,"time":"2025-03-01T09:30:00Z","recorded_at":"…","kind":"permissions_granted",
//    "actor":"alice","channel":{"kind":"cli","system_user":"bob","host":"build"},
//    "account_id":12,"account":"robot$web+ci",
//    "permissions":[{"scope":"web","capability":"repository:push"}]}
//
// Fields are never renamed; new ones are added. What there is not is left out: `reason`,
// `request_id`, `idempotency_key`, and `asserted`, which is true for what was imported and not
// witnessed. What another system says is in `claim`, with a `time` and an `actor` of its own. Ids
// have the names that they stand for beside them. Of a secret its kind and its fingerprint are
// told, never its hash.
#pragma once

#include <nlohmann/json.hpp>

#include "api/text/event_names.h"
#include "core/domain/event.h"

namespace robotledger {

// kViewsDamaged as EventNames. One thread.
Result<nlohmann::ordered_json> eventJson(const Event& event, EventNames& names);

// {"kind":"cli","system_user","sudo_user","host"}, {"kind":"http","address"},
// {"kind":"import","opened","line"}, {"kind":"program","program"} or {"kind":"ledger"}. Any thread.
nlohmann::ordered_json channelJson(const Channel& channel);

// [{"scope":"web","capability":"repository:push"}, …]. Any thread.
nlohmann::ordered_json permissionsJson(const Permissions& permissions, const EventNames& names);

// "system", "never" or the number of days. Any thread.
nlohmann::ordered_json expiryJson(const Expiry& expiry);

// "generated", "chosen" or "asserted".
const char* secretKindName(SecretHash::Kind kind);

// {"kind":"generated","fingerprint":"0123456789abcdef"}. Any thread.
nlohmann::ordered_json secretJson(const SecretHash& secret);

}  // namespace robotledger
