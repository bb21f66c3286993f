// The questions of DOMAIN.md answered by the definition from the naive model's events: each account
// is lived through instant by instant (life.h), and its windows are what was seen.
//
//   auto question = askAt("push-image", "web", *readTime("2025-06-01T12:00:00Z"));
//   Answer answer = whoCould(ledger.events(), question, kNewest);
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "tests/model/event.h"

namespace robotledger::model {

// As of the newest event.
inline constexpr std::uint64_t kNewest = std::numeric_limits<std::uint64_t>::max();

// Could any instant of [from_us, until_us) do it? An instant is a stretch of one microsecond.
struct Question {
  std::string capability;  // short or long
  std::string project;     // a name, or "/"
  std::int64_t from_us = 0;
  std::int64_t until_us = 0;
};
Question askAt(std::string capability, std::string project, std::int64_t time_us);
// `date` is YYYY-MM-DD, a day of UTC, and must exist. For another zone: askBetween its two ends.
Question askOn(std::string capability, std::string project, const std::string& date);
Question askBetween(std::string capability, std::string project, std::int64_t from_us,
                    std::int64_t until_us);

// What opened or closed a window.
struct Cause {
  enum class Kind { kNone, kEvent, kExpiry };
  Kind kind = Kind::kNone;
  std::uint64_t sequence = 0;  // of kEvent only
  bool operator==(const Cause&) const = default;
};
// The sequence in decimal, "expiry", or "null".
std::string printCause(const Cause& cause);

struct Window {
  std::int64_t from_us = 0;
  std::optional<std::int64_t> until_us;  // nothing where it never ends as things stand
  Cause opened_by;                       // always an event
  Cause closed_by;                       // kNone exactly where until_us is nothing
  bool operator==(const Window&) const = default;
};

struct AccountWindows {
  std::uint64_t id = 0;
  std::string account;  // qualified name
  std::string level;    // "project" or "system"
  std::vector<Window> windows;
  bool operator==(const AccountWindows&) const = default;
};

struct Answer {
  std::string error;  // "unknown_project", or empty
  std::vector<AccountWindows> accounts;
  bool operator==(const Answer&) const = default;
};

// As if the log ended with event `as_of`. A capability that is none gives an empty answer.
Answer whoCould(std::span<const Event> events, const Question& question, std::uint64_t as_of);

struct AccountRow {
  std::uint64_t id = 0;
  std::string account;
  std::string level;
  std::string description;
  bool disabled = false;
  Expiry expiry;
  std::int64_t issued_us = 0;
  bool expired = false;
  // Where it is expired: since when. Else when it will be as things stood after all events with
  // time <= T; nothing where never.
  std::optional<std::int64_t> expires_us;
  std::set<Permission> permissions;  // explicit
  bool operator==(const AccountRow&) const = default;
};

// The accounts that exist at the instant, whatever their condition, by id.
std::vector<AccountRow> accountsAt(std::span<const Event> events, std::int64_t time_us,
                                   std::uint64_t as_of);

// What an account holds at the instant, the implied pull of each of its project scopes included.
// Nothing where it does not exist then. Whether it could use any of it, the row says: it is neither
// disabled nor expired.
struct Holdings {
  AccountRow row;
  std::set<Permission> held;
};
std::optional<Holdings> whatCould(std::span<const Event> events, std::uint64_t account_id,
                                  std::int64_t time_us, std::uint64_t as_of);

// What changing the system setting to `days` at an instant would do.
struct ExpiryPreview {
  std::uint64_t following = 0;          // living accounts that follow the setting
  std::uint64_t expiring = 0;           // of those, not yet expired but expired at once then
  std::uint64_t expiring_disabled = 0;  // of `expiring`, the disabled ones
  bool operator==(const ExpiryPreview&) const = default;
};
ExpiryPreview previewSystemExpiry(std::span<const Event> events, std::int64_t days,
                                  std::int64_t time_us, std::uint64_t as_of);

}  // namespace robotledger::model
