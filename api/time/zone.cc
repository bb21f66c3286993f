#include "api/time/zone.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <fstream>
#include <optional>

#include <date/tz.h>

#include "api/time/posix_rule.h"
#include "core/domain/text.h"

namespace robotledger {
namespace {

// Where Debian's tzdata lies, and where Debian's date library looks for it.
constexpr const char* kZoneFolder = "/usr/share/zoneinfo/";
constexpr std::size_t kMaxZoneFile = std::size_t{1} << 20;

constexpr std::int64_t kDaySeconds = 86400;
// Clocks are never so far from UTC, today's or the local ones of old.
constexpr std::int64_t kMaxOffsetSeconds = 2 * kDaySeconds;

Error wrong(std::string why) { return Error{ErrorCode::kInvalidArgument, std::move(why)}; }

// A number of exactly as many digits.
std::optional<int> digits(std::string_view text) {
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

// The days since 1970 of YYYY-MM-DD.
std::optional<std::int64_t> parseDate(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = digits(text.substr(0, 4));
  const auto month = digits(text.substr(5, 2));
  const auto day = digits(text.substr(8, 2));
  if (!year || !month || !day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date).time_since_epoch().count();
}

std::string fileText(const std::string& path, std::size_t at_most) {
  std::ifstream file(path, std::ios::binary);
  std::string text(at_most, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
  return text;
}

// The rule at the end of the zone's file: the text between its last two newlines. Nothing where
// there is none, and then nothing changes after the last change that the file lists.
std::optional<PosixRule> ruleOf(const std::string& zone) {
  const std::string file = fileText(kZoneFolder + zone, kMaxZoneFile);
  if (!file.starts_with("TZif") || !file.ends_with('\n') || file.size() < 2) return std::nullopt;
  const std::size_t newline = file.rfind('\n', file.size() - 2);
  if (newline == std::string::npos) return std::nullopt;
  return PosixRule::parse(std::string_view(file).substr(newline + 1, file.size() - newline - 2));
}

// The zone's offsets from the one to the other. The library knows what the data lists, change by
// change, to 2037 in most zones, and takes the last of these to be in force for ever; from there on
// the rule has it.
std::vector<OffsetStretch> offsetsOf(const date::time_zone& zone, std::int64_t from_s,
                                     std::int64_t until_s) {
  std::vector<OffsetStretch> offsets;
  for (std::int64_t at = from_s; at < until_s;) {
    const auto info = zone.get_info(date::sys_seconds(std::chrono::seconds(at)));
    const std::int64_t end = info.end.time_since_epoch().count();
    if (end > kEndOfTime.us / kUsPerSecond + kMaxOffsetSeconds) {
      if (const auto rule = ruleOf(zone.name())) {
        const auto rest = rule->stretches(at, until_s);
        offsets.insert(offsets.end(), rest.begin(), rest.end());
        return offsets;
      }
    }
    offsets.push_back({at, std::min(end, until_s), info.offset.count()});
    at = end;
  }
  return offsets;
}

// Names that the system's folder has beside IANA's.
bool isLocalName(std::string_view zone) { return zone == "localtime" || zone == "posixrules"; }

Result<std::vector<OffsetStretch>> offsetsIn(std::string_view zone, std::int64_t from_s,
                                             std::int64_t until_s) {
  if (zone == "UTC") return std::vector<OffsetStretch>{{from_s, until_s, 0}};
  const Error unknown = wrong("no time zone is called " + inQuotes(zone) +
                              ": name it as IANA does, such as Europe/Berlin");
  if (isLocalName(zone)) return unknown;
  const date::time_zone* found = nullptr;
  try {
    found = date::locate_zone(zone);
  } catch (const std::exception&) {
    return unknown;
  }
  try {
    return offsetsOf(*found, from_s, until_s);
  } catch (const std::exception& error) {
    return Error{ErrorCode::kIo,
                 "cannot read the data of the zone " + std::string(zone) + ": " + error.what()};
  }
}

}  // namespace

Result<LocalDate> localDate(std::string_view date, std::string_view zone) {
  const auto day = parseDate(date);
  if (!day) return wrong(inQuotes(date) + " is no date: it has to be one such as 2025-03-01");
  LocalDate local{.date = std::string(date), .zone = std::string(zone.empty() ? "UTC" : zone)};
  // By a clock that shows the time of the zone.
  const std::int64_t begins = *day * kDaySeconds;
  const std::int64_t ends = begins + kDaySeconds;
  const auto offsets = offsetsIn(local.zone, begins - kMaxOffsetSeconds, ends + kMaxOffsetSeconds);
  if (!offsets) return offsets.error();
  for (const OffsetStretch& one : *offsets) {
    const Stretch shown{{std::max(begins - one.offset_s, one.from_s) * kUsPerSecond},
                        {std::min(ends - one.offset_s, one.until_s) * kUsPerSecond}};
    if (shown.from >= shown.until) continue;
    if (!local.stretches.empty() && local.stretches.back().until == shown.from) {
      local.stretches.back().until = shown.until;
    } else {
      local.stretches.push_back(shown);
    }
  }
  if (local.stretches.empty()) {
    return wrong("there was no " + local.date + " in " + local.zone + ": its clocks skipped it");
  }
  local.zone_data = zoneDataVersion();
  return local;
}

std::string zoneDataVersion() {
  // "# version 2026f" is the first line of Debian's copy; the library looks for other files.
  constexpr std::string_view kBefore = "# version ";
  const std::string file = fileText(std::string(kZoneFolder) + "tzdata.zi", 64);
  if (!file.starts_with(kBefore)) return "unknown";
  const std::string version = file.substr(kBefore.size(), file.find('\n') - kBefore.size());
  const bool clean = std::all_of(version.begin(), version.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
  });
  return clean && !version.empty() ? version : "unknown";
}

}  // namespace robotledger
