#include "core/base/instant.h"

#include <array>
#include <chrono>
#include <cstdio>

namespace robotledger {
namespace {

// Reads exactly `count` digits at `at`, moving it on.
std::optional<int> digits(std::string_view text, std::size_t& at, int count) {
  if (text.size() < at + static_cast<std::size_t>(count)) return std::nullopt;
  int value = 0;
  for (int i = 0; i < count; ++i, ++at) {
    const char c = text[at];
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

bool literal(std::string_view text, std::size_t& at, char lower, char upper) {
  if (at >= text.size() || (text[at] != lower && text[at] != upper)) return false;
  ++at;
  return true;
}

// The decimals after the seconds as microseconds; absent is 0.
std::optional<int> fraction(std::string_view text, std::size_t& at) {
  if (at >= text.size() || text[at] != '.') return 0;
  ++at;
  int value = 0;
  int count = 0;
  while (at < text.size() && text[at] >= '0' && text[at] <= '9') {
    if (++count > 6) return std::nullopt;
    value = value * 10 + (text[at++] - '0');
  }
  if (count == 0) return std::nullopt;
  for (; count < 6; ++count) value *= 10;
  return value;
}

// The offset from UTC in seconds.
std::optional<int> offset(std::string_view text, std::size_t& at) {
  if (literal(text, at, 'z', 'Z')) return 0;
  if (at >= text.size() || (text[at] != '+' && text[at] != '-')) return std::nullopt;
  const int sign = text[at++] == '-' ? -1 : 1;
  const auto hours = digits(text, at, 2);
  if (!hours || !literal(text, at, ':', ':')) return std::nullopt;
  const auto minutes = digits(text, at, 2);
  if (!minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  return sign * (*hours * 3600 + *minutes * 60);
}

}  // namespace

std::optional<Instant> parseInstant(std::string_view text) {
  std::size_t at = 0;
  const auto year = digits(text, at, 4);
  if (!year || !literal(text, at, '-', '-')) return std::nullopt;
  const auto month = digits(text, at, 2);
  if (!month || !literal(text, at, '-', '-')) return std::nullopt;
  const auto day = digits(text, at, 2);
  if (!day || !literal(text, at, 't', 'T')) return std::nullopt;
  const auto hour = digits(text, at, 2);
  if (!hour || !literal(text, at, ':', ':')) return std::nullopt;
  const auto minute = digits(text, at, 2);
  if (!minute || !literal(text, at, ':', ':')) return std::nullopt;
  const auto second = digits(text, at, 2);
  if (!second || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  const auto micros = fraction(text, at);
  if (!micros) return std::nullopt;
  const auto shift = offset(text, at);
  if (!shift || at != text.size()) return std::nullopt;

  const std::chrono::year_month_day date{std::chrono::year{*year},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days{date}.time_since_epoch().count();
  const int seconds = *hour * 3600 + *minute * 60 + *second - *shift;
  const Instant instant{days * kUsPerDay + seconds * kUsPerSecond + *micros};
  if (instant < kStartOfTime || instant >= kEndOfTime) return std::nullopt;
  return instant;
}

std::string formatInstant(Instant instant) {
  using std::chrono::microseconds;
  const std::chrono::sys_time<microseconds> time{microseconds{instant.us}};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::int64_t in_day = (time - day).count();
  const auto whole = static_cast<int>(in_day / kUsPerSecond);
  const auto micros = static_cast<int>(in_day % kUsPerSecond);
  std::array<char, 48> out{};
  int length =
      std::snprintf(out.data(), out.size(), "%04d-%02u-%02uT%02d:%02d:%02d",
                    static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                    static_cast<unsigned>(date.day()), whole / 3600, whole / 60 % 60, whole % 60);
  std::string text(out.data(), static_cast<std::size_t>(length));
  if (micros != 0) {
    length = std::snprintf(out.data(), out.size(), ".%06d", micros);
    text.append(out.data(), static_cast<std::size_t>(length));
  }
  text += 'Z';
  return text;
}

Instant SystemClock::now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return Instant{std::chrono::duration_cast<std::chrono::microseconds>(since).count()};
}

}  // namespace robotledger
