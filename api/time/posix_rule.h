// The rule with which a zone's data ends: when clocks change in all years to come, in the notation
// of POSIX's TZ as RFC 8536, section 3.3 has it.
//
//   auto rule = PosixRule::parse("CET-1CEST,M3.5.0,M10.5.0/3");
//   rule->stretches(from_s, until_s)     // of one offset each
//
// For zone.cc. Times are seconds since 1970, UTC.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace robotledger {

// Clocks showed UTC plus `offset_s` from `from_s` on, `until_s` not included.
struct OffsetStretch {
  std::int64_t from_s = 0;
  std::int64_t until_s = 0;
  std::int64_t offset_s = 0;
  bool operator==(const OffsetStretch&) const = default;
};

class PosixRule {
 public:
  // Nothing for a text that is no such rule.
  static std::optional<PosixRule> parse(std::string_view text);

  // What lies between, from the one to the other without a gap.
  std::vector<OffsetStretch> stretches(std::int64_t from_s, std::int64_t until_s) const;

 private:
  friend class PosixRuleParser;
  // A day of a year, and the seconds after its midnight by the clock that is in force until then.
  struct Change {
    enum class Kind : std::uint8_t { kJulian, kDayOfYear, kWeekday };
    Kind kind = Kind::kJulian;
    int day = 0;    // 1 to 365 without a leap day; 0 to 365 with it; 0 to 6 from Sunday
    int month = 0;  // with kWeekday
    int week = 0;   // 1 to 5, the last
    std::int64_t seconds = 0;
  };
  static std::int64_t midnightOf(const Change& change, int year);

  std::int64_t standard_s_ = 0;
  std::int64_t summer_s_ = 0;
  std::optional<Change> to_summer_;  // both or none
  std::optional<Change> to_standard_;
};

}  // namespace robotledger
