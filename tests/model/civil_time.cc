#include "tests/model/civil_time.h"

#include <array>
#include <cstdio>

namespace robotledger::model {
namespace {

bool isLeap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

int daysInMonth(int year, int month) {
  static constexpr std::array<int, 12> kDays{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return kDays.at(static_cast<std::size_t>(month - 1)) + (month == 2 && isLeap(year) ? 1 : 0);
}

// Days from 1970-01-01 to the first of January.
std::int64_t daysToYear(int year) {
  std::int64_t days = 0;
  for (int y = 1970; y < year; ++y) days += isLeap(y) ? 366 : 365;
  for (int y = year; y < 1970; ++y) days -= isLeap(y) ? 366 : 365;
  return days;
}

// Reads exactly `count` digits off the front, or nothing.
std::optional<int> digits(std::string_view& text, std::size_t count) {
  if (text.size() < count) return std::nullopt;
  int value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(count);
  return value;
}

bool skip(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text[0]) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<std::int64_t> readDate(std::string_view& text) {
  auto year = digits(text, 4);
  if (!year || !skip(text, "-")) return std::nullopt;
  auto month = digits(text, 2);
  if (!month || *month < 1 || *month > 12 || !skip(text, "-")) return std::nullopt;
  auto day = digits(text, 2);
  if (!day || *day < 1 || *day > daysInMonth(*year, *month)) return std::nullopt;
  std::int64_t days = daysToYear(*year) + *day - 1;
  for (int m = 1; m < *month; ++m) days += daysInMonth(*year, m);
  return days * kDayUs;
}

std::optional<std::int64_t> readTimeOfDay(std::string_view& text) {
  auto hour = digits(text, 2);
  if (!hour || *hour > 23 || !skip(text, ":")) return std::nullopt;
  auto minute = digits(text, 2);
  if (!minute || *minute > 59 || !skip(text, ":")) return std::nullopt;
  auto second = digits(text, 2);
  if (!second || *second > 59) return std::nullopt;
  std::int64_t fraction_us = 0;
  if (skip(text, ".")) {
    int places = 0;
    while (auto digit = digits(text, 1)) {
      fraction_us = fraction_us * 10 + *digit;
      if (++places > 6) return std::nullopt;
    }
    if (places == 0) return std::nullopt;
    for (; places < 6; ++places) fraction_us *= 10;
  }
  return (*hour * 3600 + *minute * 60 + *second) * kSecondUs + fraction_us;
}

std::optional<std::int64_t> readOffset(std::string_view& text) {
  if (skip(text, "Zz")) return 0;
  bool west = !text.empty() && text[0] == '-';
  if (!skip(text, "+-")) return std::nullopt;
  auto hour = digits(text, 2);
  if (!hour || *hour > 23 || !skip(text, ":")) return std::nullopt;
  auto minute = digits(text, 2);
  if (!minute || *minute > 59) return std::nullopt;
  std::int64_t offset_us = (*hour * 3600 + *minute * 60) * kSecondUs;
  return west ? -offset_us : offset_us;
}

}  // namespace

std::optional<std::int64_t> readTime(std::string_view text) {
  auto date = readDate(text);
  if (!date || !skip(text, "Tt")) return std::nullopt;
  auto time_of_day = readTimeOfDay(text);
  if (!time_of_day) return std::nullopt;
  auto offset = readOffset(text);
  if (!offset || !text.empty()) return std::nullopt;
  std::int64_t time = *date + *time_of_day - *offset;
  if (time < daysToYear(0) * kDayUs || time >= kYear10000Us) return std::nullopt;
  return time;
}

std::string printTime(std::int64_t time_us) {
  std::int64_t days = time_us / kDayUs;
  if (time_us % kDayUs < 0) --days;
  std::int64_t rest_us = time_us - days * kDayUs;
  int year = 1970;
  while (daysToYear(year) > days) --year;
  while (daysToYear(year + 1) <= days) ++year;
  days -= daysToYear(year);
  int month = 1;
  while (days >= daysInMonth(year, month)) days -= daysInMonth(year, month++);
  std::int64_t second = rest_us / kSecondUs;
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02d", year, month,
                static_cast<int>(days + 1), static_cast<int>(second / 3600),
                static_cast<int>(second / 60 % 60), static_cast<int>(second % 60));
  std::string printed = text.data();
  if (rest_us % kSecondUs != 0) {
    std::snprintf(text.data(), text.size(), ".%06d", static_cast<int>(rest_us % kSecondUs));
    printed += text.data();
  }
  return printed + "Z";
}

std::optional<std::int64_t> startOfDate(std::string_view date) {
  auto start = readDate(date);
  if (!start || !date.empty()) return std::nullopt;
  return start;
}

}  // namespace robotledger::model
