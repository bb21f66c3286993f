#include "api/import/importer.h"
#include "api/text/event_text.h"
#include "core/domain/text.h"
#include "tools/robotledger/commands.h"

namespace robotledger {
namespace {

struct ImportOptions {
  std::string file;
  bool keep_going = false;
  std::optional<std::int64_t> from_line;
};

// What people are told while it goes on, and where it was when it ended.
class Teller {
 public:
  Teller(const Session& session, const HistoryFile& file)
      : session_(session), file_(file), progress_("importing") {}

  void refused(const RefusedLine& refused) {
    if (session_.json()) {
      printJson({{"line", refused.line},
                 {"refused", refusalName(refused.refusal.code)},
                 {"message", refused.refusal.message}});
      return;
    }
    progress_.wipe();
    fmt::print(stderr, "{}:{}: refused ({}): {}\n", file_.path, refused.line,
               refusalName(refused.refusal.code), refused.refusal.message);
  }
  void done(std::uint64_t line) {
    last_done_ = line;
    progress_.show(line, file_.lines);
  }
  void end() { progress_.wipe(); }
  std::uint64_t lastDone() const { return last_done_; }

 private:
  const Session& session_;
  const HistoryFile& file_;
  Progress progress_;
  std::uint64_t last_done_ = 0;
};

int failAt(const Error& error, const Teller& teller) {
  if (teller.lastDone() == 0) return fail(error);
  return fail(Error{error.code, fmt::format("{}; what came of the lines up to {} is kept",
                                            error.message, teller.lastDone())});
}

int sayDone(const Session& session, const ImportOptions& options, const Context& who,
            const ImportSummary& summary) {
  if (session.json()) {
    printJson(
        {{"lines", summary.lines}, {"events", summary.events}, {"refusals", summary.refusals}});
  } else {
    print("Imported {} lines of {}: {} events, {} refused; {}, by {}.\n", summary.lines,
          inQuotes(options.file), summary.events, summary.refusals,
          summary.announced ? fmt::format("announced by event {}", summary.announced->value)
                            : "nothing was recorded",
          actorText(who.actor, who.channel));
  }
  return summary.refusals == 0 ? kExitDone : kExitRefused;
}

int import(Session& session, const ImportOptions& options) {
  if (options.from_line && *options.from_line < 1) return misuse("--from-line: lines count from 1");
  auto ledger = session.open();
  if (!ledger) return fail(ledger.error());
  const auto who = session.context();
  if (!who) return fail(who.error());
  auto file = inspectHistory(options.file);
  if (!file) return fail(file.error());
  ImportRequest request{
      .file = *file,
      .from_line = static_cast<std::uint64_t>(options.from_line.value_or(1)),
      .after_refusal = options.keep_going ? AfterRefusal::kGoOn : AfterRefusal::kStop};
  Teller teller(session, request.file);
  const ImportWatch watch{.refused = [&](const RefusedLine& line) { teller.refused(line); },
                          .done = [&](std::uint64_t line) { teller.done(line); }};
  const auto imported = importHistory(**ledger, *who, request, watch);
  teller.end();
  if (!imported) return failAt(imported.error(), teller);
  if (const auto* refused = std::get_if<Refusal>(&*imported)) return refuse(session, *refused);
  return sayDone(session, options, *who, std::get<ImportSummary>(*imported));
}

}  // namespace

void addImportCommand(CLI::App& app, Session& session, int& exit_code) {
  auto options = std::make_shared<ImportOptions>();
  CLI::App* command = app.add_subcommand("import", "Take in a history from elsewhere");
  command->add_option("FILE", options->file, "The history: JSON Lines, one command a line")
      ->required();
  command->add_flag("--keep-going", options->keep_going,
                    "Go on behind a refused line, instead of stopping there");
  addNumberOption(command, "--from-line", options->from_line,
                  "Pass over the lines before this one (1 by default)");
  command->footer(
      "Only a system administrator imports. What is imported was not witnessed, and is marked as\n"
      "asserted wherever it is shown. Without --keep-going the first refused line ends it, and\n"
      "what came before is kept. Ends with 1 where any line was refused, 0 where none was.\n\n"
      "  robotledger import past.jsonl --reason 'from the old registry'\n"
      "  robotledger import past.jsonl --keep-going --json");
  whenChosen(command, exit_code, [&session, options] { return import(session, *options); });
}

}  // namespace robotledger
