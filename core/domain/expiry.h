// Expiry: when an account stops, computed and never stored.
//
//   ExpiryTerms terms{Expiry::days(90), issued, issued};
//   expiresAt(terms, settings)      issued + 90 days
//
// An account whose expiry is `system` follows the system's setting as it changes, and what has
// expired stays expired. So its end depends on the setting's whole history, `SettingChange`s in
// order of sequence, the first of them at 1970.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/ids.h"
#include "core/base/instant.h"

namespace robotledger {

struct Expiry {
  enum class Kind : std::uint8_t { kSystem, kNever, kDays };
  Kind kind = Kind::kSystem;
  std::int32_t count = 0;  // days; 0 unless kind is kDays
  auto operator<=>(const Expiry&) const = default;

  static Expiry system() { return {}; }
  static Expiry never() { return {Kind::kNever, 0}; }
  static Expiry days(std::int32_t count) { return {Kind::kDays, count}; }

  std::string text() const;  // "system", "never" or "90 days"
};

// What an account's end follows from.
struct ExpiryTerms {
  Expiry expiry;
  Instant issued_at;      // days count from here
  Instant follows_since;  // it follows the system's setting from here on; read with kSystem only
  bool operator==(const ExpiryTerms&) const = default;
};

// The system's setting from an instant on.
struct SettingChange {
  Instant time;
  Sequence sequence;
  std::int32_t days = 0;
  bool operator==(const SettingChange&) const = default;
};

using Settings = std::vector<SettingChange>;

// `from + days`, or nothing where that is in the year 10000 or later.
std::optional<Instant> afterDays(Instant from, std::int32_t days);

// The instant from which on the account is expired, that instant included, as things stand after
// the given changes; nothing where it never ends. With `system` it is the first instant t at or
// after follows_since with t >= issued_at + p(t), where p(t) is the setting after all changes with
// time <= t. Cost: one step for each change after follows_since and before the end.
std::optional<Instant> expiresAt(const ExpiryTerms& terms, std::span<const SettingChange> changes);

// Those of the changes that are there at `as_of`, which are a prefix.
std::span<const SettingChange> settingsUpTo(const Settings& settings, Sequence as_of);

}  // namespace robotledger
