// export: every event, a line each, in a form that other tools take in.
#include <unistd.h>

#include "api/embed/robotledger/robotledger.h"
#include "api/export/event_export.h"
#include "core/domain/text.h"
#include "core/ledger/saved_state.h"
#include "tools/robotledger/commands.h"
#include "tools/robotledger/question.h"

namespace robotledger {
namespace {

constexpr std::uint64_t kShowEvery = 1024;

struct ExportOptions {
  std::optional<std::int64_t> after;
  ExportFormat format = ExportFormat::kJsonl;
};

int runExport(Session& session, const ExportOptions& options) {
  if (options.after.value_or(0) < 0) return misuse("--after: events count from 0");
  Sequence next{options.after ? static_cast<std::uint64_t>(*options.after) + 1 : 0};
  // Not into the midst of the events.
  const bool shows_progress = ::isatty(STDOUT_FILENO) == 0;
  bool has_begun = false;
  return ask(session, [&](Asking& asking, LedgerAccess& ledger) -> Result<int> {
    if (const auto no = asking.needEverything()) return refuse(session, *no);
    const View& view = asking.view();
    auto outline = ledger.outline();
    if (!outline) return outline.error();
    const ExportSource source{.origin = outline->image.origin, .version = v1::version()};
    if (!std::exchange(has_begun, true)) printText(exportHead(options.format));
    if (next.value >= view.size.value) return kExitDone;
    Progress progress("exporting");
    const auto printed =
        forEachEvent(*view.log, next, view.size, [&](const Event& event) -> Result<void> {
          if (outputFailed()) return Error{ErrorCode::kClosed, "nobody reads the export any more"};
          const auto line = exportLine(options.format, event, asking.names(), source);
          if (!line) return line.error();
          printText(*line);
          next.value = event.sequence.value + 1;
          if (shows_progress && next.value % kShowEvery == 0) {
            progress.show(next.value, view.size.value);
          }
          return {};
        });
    // finishOutput() says what became of standard output.
    if (!printed && !outputFailed()) return printed.error();
    return kExitDone;
  });
}

}  // namespace

void addExportCommand(CLI::App& app, Session& session, int& exit_code) {
  auto options = std::make_shared<ExportOptions>();
  CLI::App* command = app.add_subcommand("export", "Every event, a line each, for other tools");
  addNumberOption(command, "--after", options->after, "Only those after this event")
      ->type_name("SEQUENCE");
  command
      ->add_option_function<std::string>(
          "--format",
          [options](const std::string& text) {
            const auto format = parseExportFormat(text);
            if (!format) {
              throw CLI::ValidationError("--format: " + inQuotes(text) + " is none of " +
                                         std::string(exportFormatNames()));
            }
            options->format = *format;
          },
          "jsonl (as it is without), csv, ocsf, cloudevents or syslog")
      ->type_name("FORMAT");
  command->footer(
      "ocsf is OCSF 1.8 and cloudevents CloudEvents 1.0, a JSON object a line; syslog is RFC "
      "5424.\n"
      "In csv a text that a spreadsheet would run as a formula has a ' before it.\n\n"
      "  robotledger export --after 5000 > events.jsonl\n"
      "  robotledger export --format ocsf > events.ocsf.jsonl");
  whenChosen(command, exit_code, [&session, options] { return runExport(session, *options); });
}

}  // namespace robotledger
