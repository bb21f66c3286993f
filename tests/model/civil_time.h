// Times for the naive model: microseconds since 1970-01-01T00:00:00Z, counted day by day.
//
//   readTime("2025-03-01T10:30:00+01:00")   1740821400000000
//   printTime(1740821400000000)             "2025-03-01T09:30:00Z"
//   startOfDate("2025-03-01")               1740787200000000
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace robotledger::model {

inline constexpr std::int64_t kSecondUs = 1'000'000;
inline constexpr std::int64_t kDayUs = 86'400 * kSecondUs;
// 10000-01-01T00:00:00Z. What would end here or later never ends.
inline constexpr std::int64_t kYear10000Us = 253'402'300'800 * kSecondUs;

// RFC 3339 with `Z` or an offset and up to six decimals, the letters in either case. Nothing for
// another text, a date that does not exist, a leap second, or a time outside the years 0 to 9999.
std::optional<std::int64_t> readTime(std::string_view text);

// With `Z`; without a fraction where whole, else with six digits.
std::string printTime(std::int64_t time_us);

// The first instant of a date (YYYY-MM-DD) in UTC; nothing where there is no such date.
std::optional<std::int64_t> startOfDate(std::string_view date);

}  // namespace robotledger::model
