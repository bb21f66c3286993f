#include "core/domain/expiry.h"

#include <algorithm>

#include "core/base/check.h"

namespace robotledger {

std::string Expiry::text() const {
  switch (kind) {
    case Kind::kSystem: return "system";
    case Kind::kNever: return "never";
    case Kind::kDays: return std::to_string(count) + (count == 1 ? " day" : " days");
  }
  return "system";
}

std::optional<Instant> afterDays(Instant from, std::int32_t days) {
  if (days >= (kEndOfTime.us - from.us + kUsPerDay - 1) / kUsPerDay) return std::nullopt;
  return Instant{from.us + days * kUsPerDay};
}

std::optional<Instant> expiresAt(const ExpiryTerms& terms, std::span<const SettingChange> changes) {
  if (terms.expiry.kind == Expiry::Kind::kNever) return std::nullopt;
  if (terms.expiry.kind == Expiry::Kind::kDays) {
    return afterDays(terms.issued_at, terms.expiry.count);
  }
  RL_CHECK(!changes.empty(), "the system's setting has a first value");
  // The change in force at follows_since: the last of those at or before it.
  auto change = std::ranges::upper_bound(changes, terms.follows_since, {}, &SettingChange::time);
  if (change != changes.begin()) --change;
  for (; change != changes.end(); ++change) {
    const auto after = std::next(change);
    const Instant until = after == changes.end() ? kEndOfTime : after->time;
    const Instant from = std::max(change->time, terms.follows_since);
    if (from >= until) continue;  // undone within its own instant
    const auto end = afterDays(terms.issued_at, change->days);
    if (end && std::max(*end, from) < until) return std::max(*end, from);
  }
  return std::nullopt;
}

std::span<const SettingChange> settingsUpTo(const Settings& settings, Sequence as_of) {
  const auto end = std::ranges::upper_bound(settings, as_of, {}, &SettingChange::sequence);
  return {settings.begin(), end};
}

}  // namespace robotledger
