// Dates in time zones: when a date begins and ends, in instants.
//
//   auto day = localDate("2025-03-30", "Europe/Berlin");
//   day->stretches          [2025-03-29T23:00:00Z, 2025-03-30T22:00:00Z), 23 hours
//   day->zone_data          "2026f"
//
// Zones are IANA's, from the system's data (Debian's tzdata, through Howard Hinnant's date library;
// after the last change that the data lists, by the rule that it ends with). Without a zone it is
// UTC, which needs no data.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/instant.h"
#include "core/base/result.h"

namespace robotledger {

// From `from` on, `until` not included.
struct Stretch {
  Instant from;
  Instant until;
  bool operator==(const Stretch&) const = default;
};

struct LocalDate {
  std::string date;       // as it was asked for
  std::string zone;       // "UTC" where none was named
  std::string zone_data;  // the version of the zone data; "unknown" where the system does not say
  // When clocks in the zone showed the date, in order: nearly always one stretch. There are two
  // where clocks were put back over midnight, after it.
  std::vector<Stretch> stretches;
};

// `date` is YYYY-MM-DD. kInvalidArgument, with one line that says what is wrong, for a text that is
// no date, a date that does not exist, a zone that is not known, and a date that the zone skipped.
// kIo where the zone's data cannot be read. Any thread.
Result<LocalDate> localDate(std::string_view date, std::string_view zone);

// The version of the system's zone data, such as "2026f"; "unknown" where it does not say.
std::string zoneDataVersion();

}  // namespace robotledger
