#include "api/evidence/answer_page.h"

#include <algorithm>

#include <fmt/format.h>

#include "api/answers/words.h"

namespace robotledger {
namespace {

// Named one by one on the page, at most; all of them are in events.jsonl.
constexpr std::size_t kEventsNamed = 500;
constexpr std::size_t kShortCell = 27;  // an instant with its fraction has as many bytes

// What a spreadsheet would take for a formula stays the text that it is.
std::string csvCell(const std::string& text) {
  std::string cell = text;
  if (text.size() > 1 && std::string_view("=+-@\t").find(text.front()) != std::string_view::npos) {
    cell.insert(0, "'");
  }
  if (cell.find_first_of(",\"\r\n") == std::string::npos) return cell;
  std::string quoted = "\"";
  for (const char c : cell) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

void putLine(std::string& csv, const std::vector<std::string>& cells) {
  for (std::size_t i = 0; i < cells.size(); ++i) csv += (i == 0 ? "" : ",") + csvCell(cells[i]);
  csv += "\r\n";
}

std::string escaped(std::string_view text) {
  std::string html;
  for (const char c : text) {
    switch (c) {
      case '&': html += "&amp;"; break;
      case '<': html += "&lt;"; break;
      case '>': html += "&gt;"; break;
      case '"': html += "&quot;"; break;
      default: html += c;
    }
  }
  return html;
}

constexpr const char* kStyle = R"(
:root { color-scheme: light; }
body { font: 15px/1.5 system-ui, "Segoe UI", "Liberation Sans", Arial, sans-serif; color: #1c2126;
  background: #fff; max-width: 76rem; margin: 2.5rem auto; padding: 0 2rem; }
header p { margin: 0; color: #5b6670; font-size: 13px; letter-spacing: .02em; }
h1 { font-size: 1.55rem; line-height: 1.25; margin: .35rem 0 .6rem; overflow-wrap: anywhere; }
h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
h3 { font-size: .95rem; margin: 1.4rem 0 .4rem; overflow-wrap: anywhere; }
.verdict { font-size: 1.1rem; font-weight: 600; margin: 1.2rem 0; }
.shows { border-left: 4px solid #1f6f54; background: #f0f7f4; padding: .7rem 1rem;
  margin: 1.2rem 0; }
.slim { border-color: #b3641b; background: #fdf5ec; }
table { border-collapse: collapse; width: 100%; font-size: 13px; margin: .5rem 0 1rem; }
th { text-align: left; font-weight: 600; color: #414b54; border-bottom: 2px solid #414b54; }
th, td { padding: .35rem .8rem .35rem 0; vertical-align: top; overflow-wrap: anywhere; }
td { border-bottom: 1px solid #dfe4e8; font-variant-numeric: tabular-nums; }
th, .short { white-space: nowrap; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1.2rem; font-size: 13px; }
dt { color: #5b6670; }
dd { margin: 0; overflow-wrap: anywhere; }
code, .hash { font-family: ui-monospace, "Liberation Mono", Consolas, monospace; font-size: .92em; }
footer { margin-top: 2rem; border-top: 1px solid #dfe4e8; padding-top: .8rem; font-size: 13px;
  color: #5b6670; }
@page { size: A4 landscape; margin: 14mm; }
@media print {
  body { margin: 0; padding: 0; max-width: none; font-size: 10.5pt; }
  table, dl, footer { font-size: 8.5pt; }
  thead { display: table-header-group; }
  tr, .shows { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  .shows { background: none; }
}
)";

void putTable(std::string& html, const AnswerTable& table) {
  if (!table.title.empty()) html += "<h3>" + escaped(table.title) + "</h3>\n";
  html += "<table>\n<thead><tr>";
  for (const std::string& head : table.heads) html += "<th>" + escaped(head) + "</th>";
  html += "</tr></thead>\n<tbody>\n";
  for (const auto& row : table.rows) {
    html += "<tr>";
    for (const std::string& cell : row) {
      // Names and instants stay on one line; what is longer gives way.
      html += cell.size() <= kShortCell ? "<td class=\"short\">" : "<td>";
      html += escaped(cell) + "</td>";
    }
    html += "</tr>\n";
  }
  html += "</tbody>\n</table>\n";
}

std::string eventsText(const std::set<Sequence>& events) {
  std::string text;
  std::size_t named = 0;
  for (const Sequence one : events) {
    if (named == kEventsNamed) {
      return text + fmt::format(" and {} more", events.size() - named);
    }
    text += (text.empty() ? "" : ", ") + std::to_string(one.value);
    named += 1;
  }
  return text.empty() ? "none" : text;
}

void putFact(std::string& html, std::string_view name, std::string_view value) {
  html += fmt::format("<dt>{}</dt><dd>{}</dd>\n", name, escaped(value));
}

void putLog(std::string& html, const WholeAnswer& answer, const Statement& statement) {
  const Checkpoint& log = statement.checkpoint;
  html += "<h2>What it rests on</h2>\n<dl>\n";
  putFact(html, "Ledger", log.origin);
  putFact(html, "Log", fmt::format("its first {}", countText(log.size.value, "event")));
  html += fmt::format("<dt>Root of the log's hashes</dt><dd class=\"hash\">{}</dd>\n",
                      toHex(digestBytes(log.root)));
  putFact(html, "Events of the answer", eventsText(answer.rests_on));
  html += "</dl>\n";
}

}  // namespace

std::string answerCsv(const WholeAnswer& answer) {
  std::string csv;
  if (answer.tables.empty()) return csv;
  const auto& tables = answer.tables;
  const bool titled = std::any_of(tables.begin(), tables.end(),
                                  [](const AnswerTable& table) { return !table.title.empty(); });
  const auto line = [&](const std::string& first, const std::vector<std::string>& cells) {
    std::vector<std::string> all = cells;
    if (titled) all.insert(all.begin(), first);
    putLine(csv, all);
  };
  line("about", tables.front().heads);
  for (const AnswerTable& table : tables) {
    for (const auto& row : table.rows) line(table.title, row);
  }
  return csv;
}

std::string answerPage(const WholeAnswer& answer, const Statement& statement) {
  const bool is_full = statement.completeness == Completeness::kFull;
  const std::string title = escaped(answer.question);
  std::string html = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
  html += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";
  html += "<title>" + title + "</title>\n<style>" + kStyle + "</style>\n</head>\n<body>\n";
  html += "<header><p>Evidence from the ledger " + escaped(statement.checkpoint.origin) + "</p>\n";
  html += "<h1>" + title + "</h1>\n";
  html += fmt::format("<p>As of event {} ({})</p></header>\n", answer.as_of.sequence.value,
                      formatInstant(answer.as_of.time));
  html += "<p class=\"verdict\">" + escaped(answer.verdict) + "</p>\n";
  for (const AnswerTable& table : answer.tables) {
    if (!table.rows.empty()) putTable(html, table);
  }
  html += fmt::format("<p class=\"shows{}\">{}</p>\n", is_full ? "" : " slim",
                      escaped(shownBy(statement.completeness)));
  putLog(html, answer, statement);
  if (const auto* question = std::get_if<WhoCouldQuestion>(&statement.question)) {
    html += "<footer>" + escaped(tailNote(question->tail)) + "</footer>\n";
  }
  html +=
      "<footer>This page proves nothing by itself: README.md, beside it in the bundle, says how "
      "to check the bundle, with <code>robotledger check-evidence</code> or without.</footer>\n";
  return html + "</body>\n</html>\n";
}

}  // namespace robotledger
