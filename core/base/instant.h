// Instants: UTC, microseconds since 1970-01-01T00:00:00Z, no leap seconds.
//
//   parseInstant("2025-03-01T10:30:00+01:00")->us       1740821400000000
//   formatInstant(Instant{1740821400000000})            "2025-03-01T09:30:00Z"
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace robotledger {

struct Instant {
  std::int64_t us = 0;
  auto operator<=>(const Instant&) const = default;
};

inline constexpr std::int64_t kUsPerSecond = 1000000;
inline constexpr std::int64_t kUsPerDay = std::int64_t{86400} * kUsPerSecond;
// 0000-01-01T00:00:00Z, the first instant that four digits can print.
inline constexpr Instant kStartOfTime{std::int64_t{-62167219200} * kUsPerSecond};
// 10000-01-01T00:00:00Z: what would end from here on never ends, and nothing is later.
inline constexpr Instant kEndOfTime{std::int64_t{253402300800} * kUsPerSecond};

// Reads RFC 3339 with `Z` or an offset and up to six decimals ("T" and "Z" in either case).
// Nothing for a text that is not that, a date that does not exist, a leap second, or an instant
// outside the years 0 to 9999.
std::optional<Instant> parseInstant(std::string_view text);

// Prints with `Z`, without a fraction where whole, else with six digits.
std::string formatInstant(Instant instant);

// Where the living time is read. One implementation reads the system, tests have their own.
class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;
  // Any thread.
  virtual Instant now() = 0;
};

// The system's clock.
class SystemClock final : public Clock {
 public:
  Instant now() override;
};

}  // namespace robotledger
