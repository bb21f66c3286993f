// export: the events as JSON Lines, as they lie in the log.
#include <unistd.h>

#include "api/json/event_json.h"
#include "core/ledger/saved_state.h"
#include "tools/robotledger/commands.h"
#include "tools/robotledger/question.h"

namespace robotledger {
namespace {

constexpr std::uint64_t kShowEvery = 1024;

int runExport(Session& session, const std::optional<std::int64_t>& after) {
  if (after.value_or(0) < 0) return misuse("--after: events count from 0");
  Sequence next{after ? static_cast<std::uint64_t>(*after) + 1 : 0};
  // Not into the midst of the events.
  const bool shows_progress = ::isatty(STDOUT_FILENO) == 0;
  return ask(session, [&](Asking& asking) -> Result<int> {
    if (const auto no = asking.needEverything()) return refuse(session, *no);
    const View& view = asking.view();
    if (next.value >= view.size.value) return kExitDone;
    Progress progress("exporting");
    const auto printed =
        forEachEvent(*view.log, next, view.size, [&](const Event& event) -> Result<void> {
          if (outputFailed()) return Error{ErrorCode::kClosed, "nobody reads the export any more"};
          const auto json = eventJson(event, asking.names());
          if (!json) return json.error();
          printJson(*json);
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
  auto after = std::make_shared<std::optional<std::int64_t>>();
  CLI::App* command = app.add_subcommand("export", "Every event as JSON Lines");
  addNumberOption(command, "--after", *after, "Only those after this event")->type_name("SEQUENCE");
  command->footer("  robotledger export --after 5000 > events.jsonl");
  whenChosen(command, exit_code, [&session, after] { return runExport(session, *after); });
}

}  // namespace robotledger
