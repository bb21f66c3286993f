// Events in the forms that other people's tools take in: JSON Lines, CSV, OCSF, CloudEvents and
// syslog. One event a line, in UTF-8, the same wherever it is asked for.
//
//   std::string text = exportHead(ExportFormat::kCsv);
//   for (const Event& event : events) {
//     auto line = exportLine(ExportFormat::kCsv, event, names, source);
//     if (!line) return line.error();
//     text += *line;
//   }
//
// | format      | what                                                                            |
// | jsonl       | eventJson() (api/json/event_json.h)                                             |
// | csv         | RFC 4180, with heads; what a spreadsheet would take for a formula has a ' first |
// | ocsf        | OCSF 1.8.0, https://schema.ocsf.io: Account Change (3001), User Access          |
// |             | Management (3005), and for what is about no user's access Entity Management     |
// |             | (3004); `unmapped` has the event as jsonl has it                                |
// | cloudevents | CloudEvents 1.0 in JSON, https://cloudevents.io; `data` as jsonl has it         |
// | syslog      | RFC 5424, facility 13 (log audit), one event a line                             |
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/json/json_text.h"
#include "api/text/event_names.h"
#include "core/domain/event.h"

namespace robotledger {

enum class ExportFormat : std::uint8_t { kJsonl, kCsv, kOcsf, kCloudEvents, kSyslog };

// "jsonl", "csv", "ocsf", "cloudevents", "syslog". Any thread.
std::optional<ExportFormat> parseExportFormat(std::string_view text);
// All of them, "jsonl, csv, ocsf, cloudevents, syslog".
std::string_view exportFormatNames();
// The media type of a file of it, and what its name ends in. Any thread.
std::string_view mediaTypeOf(ExportFormat format);
std::string_view extensionOf(ExportFormat format);

// Where the events come from.
struct ExportSource {
  std::string origin;   // the ledger's
  std::string version;  // of this program
};

// What stands before the first event, with its line's end; empty where nothing does. Any thread.
std::string exportHead(ExportFormat format);

// One event, with its line's end. kViewsDamaged as EventNames. One thread.
Result<std::string> exportLine(ExportFormat format, const Event& event, EventNames& names,
                               const ExportSource& source);

// The event as OCSF has it. kViewsDamaged as EventNames. One thread.
Result<Json> ocsfJson(const Event& event, EventNames& names, const ExportSource& source);

}  // namespace robotledger
