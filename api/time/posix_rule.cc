#include "api/time/posix_rule.h"

#include <algorithm>
#include <chrono>

namespace robotledger {
namespace {

namespace chrono = std::chrono;

constexpr std::int64_t kDay = 86400;

bool isLetter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
bool isDigit(char c) { return c >= '0' && c <= '9'; }

std::int64_t secondsAt(chrono::year_month_day date) {
  return std::int64_t{chrono::sys_days(date).time_since_epoch().count()} * kDay;
}

int yearOf(std::int64_t seconds) {
  const chrono::sys_seconds at{chrono::seconds(seconds)};
  return static_cast<int>(chrono::year_month_day(chrono::floor<chrono::days>(at)).year());
}

}  // namespace

// Reads the text from left to right; after something that does not belong, ok() is false.
class PosixRuleParser {
 public:
  explicit PosixRuleParser(std::string_view text) : text_(text) {}

  std::optional<PosixRule> parse() {
    PosixRule rule;
    name();
    // POSIX counts to the west, everybody else to the east.
    rule.standard_s_ = -time(24);
    rule.summer_s_ = rule.standard_s_ + 3600;
    if (ok_ && !text_.empty()) {
      name();
      if (!text_.starts_with(',')) rule.summer_s_ = -time(24);
      take(',');
      rule.to_summer_ = change();
      take(',');
      rule.to_standard_ = change();
    }
    if (!ok_ || !text_.empty()) return std::nullopt;
    return rule;
  }

 private:
  bool take(char c) {
    if (!text_.starts_with(c)) return ok_ = false;
    text_.remove_prefix(1);
    return true;
  }

  // Three letters or more, or anything in angle brackets.
  void name() {
    std::size_t length = 0;
    if (text_.starts_with('<')) {
      length = text_.find('>');
      if (length == std::string_view::npos) {
        ok_ = false;
        return;
      }
      length += 1;
    } else {
      while (length < text_.size() && isLetter(text_[length])) length += 1;
    }
    ok_ = ok_ && length >= 3;
    text_.remove_prefix(length);
  }

  int number(int least, int most) {
    int value = 0;
    std::size_t digits = 0;
    while (digits < text_.size() && digits < 3 && isDigit(text_[digits])) {
      value = value * 10 + (text_[digits] - '0');
      digits += 1;
    }
    text_.remove_prefix(digits);
    ok_ = ok_ && digits > 0 && value >= least && value <= most;
    return value;
  }

  // [+-]hh[:mm[:ss]]
  std::int64_t time(int most_hours) {
    const bool negative = text_.starts_with('-');
    if (negative || text_.starts_with('+')) text_.remove_prefix(1);
    std::int64_t seconds = std::int64_t{number(0, most_hours)} * 3600;
    for (const int unit : {60, 1}) {
      if (!text_.starts_with(':')) break;
      text_.remove_prefix(1);
      seconds += std::int64_t{number(0, 59)} * unit;
    }
    return negative ? -seconds : seconds;
  }

  PosixRule::Change change() {
    using Kind = PosixRule::Change::Kind;
    PosixRule::Change change{.seconds = 2 * 3600};
    if (text_.starts_with('M')) {
      text_.remove_prefix(1);
      change.kind = Kind::kWeekday;
      change.month = number(1, 12);
      take('.');
      change.week = number(1, 5);
      take('.');
      change.day = number(0, 6);
    } else if (text_.starts_with('J')) {
      text_.remove_prefix(1);
      change.day = number(1, 365);
    } else {
      change.kind = Kind::kDayOfYear;
      change.day = number(0, 365);
    }
    if (text_.starts_with('/')) {
      text_.remove_prefix(1);
      change.seconds = time(167);
    }
    return change;
  }

  std::string_view text_;
  bool ok_ = true;
};

std::optional<PosixRule> PosixRule::parse(std::string_view text) {
  return PosixRuleParser(text).parse();
}

std::int64_t PosixRule::midnightOf(const Change& change, int year) {
  const chrono::year y{year};
  const std::int64_t new_year = secondsAt(y / 1 / 1);
  if (change.kind == Change::Kind::kDayOfYear) return new_year + change.day * kDay;
  if (change.kind == Change::Kind::kJulian) {
    const bool after_leap_day = y.is_leap() && change.day >= 60;
    return new_year + (change.day - 1 + (after_leap_day ? 1 : 0)) * kDay;
  }
  const chrono::weekday day{static_cast<unsigned>(change.day)};
  const auto month = y / chrono::month(static_cast<unsigned>(change.month));
  if (change.week == 5) return secondsAt(chrono::sys_days(month / day[chrono::last]));
  return secondsAt(chrono::sys_days(month / day[static_cast<unsigned>(change.week)]));
}

std::vector<OffsetStretch> PosixRule::stretches(std::int64_t from_s, std::int64_t until_s) const {
  struct Turn {
    std::int64_t at_s;
    std::int64_t offset_s;  // from there on
  };
  std::vector<Turn> turns;
  if (to_summer_) {
    // The year before tells what is in force at the start.
    for (int year = yearOf(from_s) - 2; year <= yearOf(until_s) + 1; ++year) {
      const auto summer = midnightOf(*to_summer_, year) + to_summer_->seconds - standard_s_;
      const auto standard = midnightOf(*to_standard_, year) + to_standard_->seconds - summer_s_;
      turns.push_back({summer, summer_s_});
      turns.push_back({standard, standard_s_});
    }
    std::stable_sort(turns.begin(), turns.end(),
                     [](const Turn& left, const Turn& right) { return left.at_s < right.at_s; });
  }
  std::vector<OffsetStretch> stretches{{from_s, until_s, standard_s_}};
  for (const Turn& turn : turns) {
    if (turn.at_s >= until_s) break;
    if (turn.at_s <= stretches.back().from_s) {
      stretches.back().offset_s = turn.offset_s;
      continue;
    }
    stretches.back().until_s = turn.at_s;
    stretches.push_back({turn.at_s, until_s, turn.offset_s});
  }
  return stretches;
}

}  // namespace robotledger
