#include "api/export/event_export.h"

#include <array>
#include <iterator>

#include "api/json/event_json.h"
#include "api/text/event_text.h"

namespace robotledger {
namespace {

struct Form {
  ExportFormat format;
  std::string_view name;
  std::string_view media_type;
  std::string_view extension;
};
constexpr std::array<Form, 5> kForms{{
    {ExportFormat::kJsonl, "jsonl", "application/jsonl; charset=utf-8", "jsonl"},
    {ExportFormat::kCsv, "csv", "text/csv; charset=utf-8; header=present", "csv"},
    {ExportFormat::kOcsf, "ocsf", "application/jsonl; charset=utf-8", "ocsf.jsonl"},
    {ExportFormat::kCloudEvents, "cloudevents", "application/jsonl; charset=utf-8",
     "cloudevents.jsonl"},
    {ExportFormat::kSyslog, "syslog", "text/plain; charset=utf-8", "log"},
}};

const Form& formOf(ExportFormat format) { return kForms[static_cast<std::size_t>(format)]; }

// Facility 13, log audit; severity 6, informational. RFC 5424, section 6.2.1.
constexpr std::string_view kPriority = "<110>";
// The number that RFC 5612 keeps for examples: this program has none of its own.
constexpr std::string_view kStructuredId = "robotledger@32473";

constexpr std::string_view kCsvHeads =
    "sequence,time,recorded_at,kind,actor,channel,address,account_id,account,project,what,reason,"
    "request_id,asserted\r\n";

// A cell, RFC 4180. A text that a spreadsheet would run as a formula is made none of.
std::string cell(std::string_view text) {
  std::string safe;
  if (!text.empty() && std::string_view("=+-@\t\r").find(text.front()) != text.npos) safe = "'";
  safe += text;
  if (safe.find_first_of(",\"\r\n") == safe.npos) return safe;
  std::string quoted = "\"";
  for (const char c : safe) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + "\"";
}

std::string textOf(const Json& json, const char* field) {
  const auto found = json.find(field);
  if (found == json.end()) return "";
  return found->is_string() ? found->get<std::string>() : found->dump();
}

std::string csvLine(const Json& json, const std::string& what) {
  const Json& channel = json["channel"];
  std::string line;
  for (const char* field : {"sequence", "time", "recorded_at", "kind", "actor"}) {
    line += cell(textOf(json, field)) + ",";
  }
  line += cell(textOf(channel, "kind")) + "," + cell(textOf(channel, "address")) + ",";
  for (const char* field : {"account_id", "account", "project"}) {
    line += cell(textOf(json, field)) + ",";
  }
  line += cell(what) + "," + cell(textOf(json, "reason")) + "," + cell(textOf(json, "request_id")) +
          "," + (json.contains("asserted") ? "true" : "false");
  return line + "\r\n";
}

// https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
Json cloudEvent(Json event, const ExportSource& source) {
  std::string subject = textOf(event, "account");
  if (subject.empty()) subject = textOf(event, "project");
  if (subject.empty()) subject = textOf(event, "operator");
  Json json{{"specversion", "1.0"},
            {"id", textOf(event, "sequence")},
            {"source", "//" + source.origin},
            {"type", "robotledger." + textOf(event, "kind")}};
  if (!subject.empty()) json["subject"] = subject;
  json["time"] = event["time"];
  json["datacontenttype"] = "application/json";
  json["data"] = std::move(event);
  return json;
}

void appendParameter(std::string& to, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  to.append(" ").append(name).append("=\"");
  for (const char c : value) {
    if (c == '"' || c == '\\' || c == ']') to += '\\';
    to += c;
  }
  to += '"';
}

std::string syslogLine(const Json& json, const std::string& what, const ExportSource& source) {
  const std::string host = source.origin.substr(0, source.origin.find('/'));
  std::string line = std::string(kPriority) + "1 " + textOf(json, "time") + " " +
                     (host.empty() ? "-" : host) + " robotledger - " + textOf(json, "kind") + " [" +
                     std::string(kStructuredId);
  for (const char* field : {"sequence", "recorded_at", "actor"}) {
    appendParameter(line, field, textOf(json, field));
  }
  appendParameter(line, "channel", textOf(json["channel"], "kind"));
  appendParameter(line, "address", textOf(json["channel"], "address"));
  for (const char* field :
       {"account_id", "account", "project", "operator", "reason", "request_id"}) {
    appendParameter(line, field, textOf(json, field));
  }
  // RFC 5424, section 6.4: a text in UTF-8 begins with a byte order mark.
  return line + "] \xef\xbb\xbf" + what + "\n";
}

}  // namespace

std::optional<ExportFormat> parseExportFormat(std::string_view text) {
  for (const Form& form : kForms) {
    if (form.name == text) return form.format;
  }
  return std::nullopt;
}

std::string_view exportFormatNames() { return "jsonl, csv, ocsf, cloudevents, syslog"; }
std::string_view mediaTypeOf(ExportFormat format) { return formOf(format).media_type; }
std::string_view extensionOf(ExportFormat format) { return formOf(format).extension; }

std::string exportHead(ExportFormat format) {
  return format == ExportFormat::kCsv ? std::string(kCsvHeads) : std::string();
}

Result<std::string> exportLine(ExportFormat format, const Event& event, EventNames& names,
                               const ExportSource& source) {
  if (format == ExportFormat::kOcsf) {
    const auto json = ocsfJson(event, names, source);
    if (!json) return json.error();
    return jsonText(*json) + "\n";
  }
  auto json = eventJson(event, names);
  if (!json) return json.error();
  if (format == ExportFormat::kJsonl) return jsonText(*json) + "\n";
  if (format == ExportFormat::kCloudEvents) {
    return jsonText(cloudEvent(*std::move(json), source)) + "\n";
  }
  const auto what = eventText(event, names);
  if (!what) return what.error();
  return format == ExportFormat::kCsv ? csvLine(*json, *what) : syslogLine(*json, *what, source);
}

}  // namespace robotledger
