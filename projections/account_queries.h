// The account table, now and as it stood at any instant: who bore a name, who lived where, how an
// account stood, what ends soon.
//
//   auto bearers = bearersOf(view, "robot$web+ci");          // all there ever were
//   auto living = livingAt(view, findPlace(...), now, view.newest());
//
// All functions: any thread; kViewsDamaged where rows are not what was written.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "projections/access.h"

namespace robotledger {

// Everyone who bears or bore the qualified name, in order of creation; none for what is no name.
Result<std::vector<AccountId>> bearersOf(const View& view, std::string_view qualified_name);

// The one who bears it now.
Result<std::optional<AccountId>> livingBearer(const View& view, std::string_view qualified_name);

// Those whose secret of that fingerprint was issued, and by which event; the newest last.
struct IssuedSecret {
  AccountId account;
  Sequence issued;
};
Result<std::vector<IssuedSecret>> secretsWith(const View& view, std::uint64_t fingerprint);

// An account as it stood at an instant.
struct AccountAt {
  Account account;   // its description is empty here: see descriptionAt()
  std::string name;  // qualified
  Sequence created;
  Instant created_at;
  std::string created_by;
  bool asserted = false;              // its creation was imported and not witnessed
  std::optional<Instant> expires_at;  // as things stood then; nothing where it never ends
  bool expired = false;
  std::optional<Sequence> secret;  // its last secret, and since when
  Instant secret_at;
  std::optional<Sequence> described;  // what describes it: its creation or a later event
};

// How the account stood after all events with time <= `at`; nothing where it did not exist then.
Result<std::optional<AccountAt>> accountAt(const View& view, const AccountRow& row, Instant at,
                                           const AsOf& as_of);

// What describes the account, read from the log. kDamaged where that cannot be read.
Result<std::string> descriptionAt(const View& view, const AccountAt& account);

// The accounts that belonged to the place and existed at the instant, disabled and expired ones
// too, in order of their ids: project accounts of a project's name, system accounts for "/".
Result<std::vector<AccountId>> livingAt(const View& view, const Place& place, Instant at,
                                        const AsOf& as_of);

// Every account that existed at the instant, in order of their ids.
Result<std::vector<AccountId>> allLivingAt(const View& view, Instant at, const AsOf& as_of);

// An account that lives and will end.
struct Ending {
  AccountId account;
  Instant end;
};

// The living accounts whose end is after `from` and at or before `to`, as things stand now,
// disabled ones too; the soonest first.
Result<std::vector<Ending>> endingBetween(const View& view, Instant from, Instant to);

}  // namespace robotledger
