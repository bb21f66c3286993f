// One account, as it stands, as it stood, or as it last stood.
//
//   auto answer = accountShown(asking, {.account = {.name = "robot$web+ci"}, .at = noon}, as_of);
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "api/answers/asking.h"
#include "api/answers/uses.h"

namespace robotledger {

// What is said of an account that is dead by then: how it last stood, or that it was not there.
enum class TheDead : std::uint8_t { kAsTheyLastStood, kNotThere };

struct AccountQuestion {
  AccountRef account;  // the dead by their number
  Instant at;
  TheDead dead = TheDead::kNotThere;
};

struct AccountShown {
  AccountQuestion question;
  AsOf as_of;
  AccountAt stood;
  std::string description;
  std::optional<SecretHash> secret;  // its last
  std::optional<Sequence> deleted;   // where it is shown as it last stood
  Instant deleted_at;
};

// The account, or why he who asks is refused. kDamaged where an event cannot be read,
// kViewsDamaged where rows are not what was written.
Result<std::variant<Refusal, AccountShown>> accountShown(const Asking& asking,
                                                         const AccountQuestion& question,
                                                         const AsOf& as_of);

// What Asking::accountJson() has, then {"description","secret","last_used_at","last_used_from",
// "deleted_by","deleted_at","at","as_of"}. The status of the dead is "deleted"; what is noted of
// uses is there where it is given, for an answer about now.
Json accountShownJson(const Asking& asking, const AccountShown& answer,
                      const std::optional<UsesNoted>& uses);

}  // namespace robotledger
