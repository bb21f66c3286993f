// show: one event, whole.
#include "api/json/event_json.h"
#include "api/text/event_text.h"
#include "core/ledger/saved_state.h"
#include "tools/robotledger/commands.h"
#include "tools/robotledger/question.h"

namespace robotledger {
namespace {

void printField(std::string_view name, std::string_view value) {
  if (!value.empty()) print("{:<12} {}\n", name, value);
}

// What an event of an import rests on.
Result<std::string> importText(Asking& asking, const Event& event) {
  const auto* import = std::get_if<Import>(&event.channel);
  if (import == nullptr || !isAsserted(event)) return std::string();
  const auto opened = asking.event(import->opened);
  if (!opened) return opened.error();
  return fmt::format("line {}, event {}: {} {}", import->line, import->opened.value, (*opened)->who,
                     (*opened)->what);
}

Result<int> printAsText(Asking& asking, const Event& event) {
  const auto what = eventText(event, asking.names());
  if (!what) return what.error();
  const auto import = importText(asking, event);
  if (!import) return import.error();
  printField("event", std::to_string(event.sequence.value));
  printField("time", formatInstant(event.time));
  printField("recorded at", formatInstant(event.recorded_at));
  printField("kind", eventKindName(event.body.index()));
  printField("by", actorText(event.actor, event.channel));
  if (const auto* cli = std::get_if<CommandLine>(&event.channel)) {
    printField("host", printableText(cli->host));
  }
  printField("what", *what);
  if (const auto* created = std::get_if<AccountCreated>(&event.body)) {
    printField("description", printableText(created->description));
    if (created->issued_at != event.time) {
      printField("issued at", formatInstant(created->issued_at));
    }
  }
  printField("reason", printableText(event.reason));
  printField("request id", printableText(event.request_id));
  printField("key", printableText(event.idempotency_key));
  printField("note", assertedText(event));
  printField("imported", *import);
  return kExitDone;
}

int runShow(Session& session, std::int64_t sequence) {
  return ask(session, [&](Asking& asking) -> Result<int> {
    const View& view = asking.view();
    if (sequence < 0 || static_cast<std::uint64_t>(sequence) >= view.size.value) {
      return misuse(
          fmt::format("there is no event {}: they are 0 to {}", sequence, view.last().value));
    }
    const auto event = readEvent(*view.log, Sequence{static_cast<std::uint64_t>(sequence)});
    if (!event) return event.error();
    const auto refusal = asking.needEvent(*event);
    if (!refusal) return refusal.error();
    if (*refusal) return refuse(session, **refusal);
    if (!session.json()) return printAsText(asking, *event);
    const auto json = eventJson(*event, asking.names());
    if (!json) return json.error();
    printJson(*json);
    return kExitDone;
  });
}

}  // namespace

void addShowCommand(CLI::App& app, Session& session, int& exit_code) {
  auto sequence = std::make_shared<std::optional<std::int64_t>>();
  CLI::App* command = app.add_subcommand("show", "One event, whole");
  addNumberOption(command, "SEQUENCE", *sequence, "The event's place in the log")->required();
  whenChosen(command, exit_code,
             [&session, sequence] { return runShow(session, sequence->value_or(0)); });
}

}  // namespace robotledger
