// robotledger: the command line. Here are the global options and the table of subcommands; each of
// these is a file of its own.
#include <csignal>
#include <cstdlib>
#include <exception>

#include <fcntl.h>

#include "core/domain/text.h"
#include "tools/robotledger/commands.h"

namespace robotledger {
namespace {

using AddCommand = void (*)(CLI::App& app, Session& session, int& exit_code);

// In the order in which --help lists them.
constexpr AddCommand kCommands[] = {
    // What changes things.
    addInitCommand,
    addImportCommand,
    addImportHarborCommand,
    addProjectCommand,
    addOperatorCommand,
    addAccountSecretCommands,
    addAccountChangeCommands,
    addSystemCommand,
    addSecretCommand,
    // What stays.
    addServeCommand,
    // What asks.
    addWhoCouldCommand,
    addCouldCommand,
    addWhatCouldCommand,
    addDiffCommand,
    addLogCommand,
    addShowCommand,
    addExportCommand,
    addRebuildCommand,
    addVerifyCommand,
    addReplayCommand,
    addCheckpointCommand,
    addKeyCommand,
    addProveCommand,
    addCheckProofCommand,
    addEvidenceCommand,
    addCheckEvidenceCommand,
    addExportTilesCommand,
    addRestoreCommands,
    addStatsCommand,
    addAccountListCommand,
    addAccountShowCommand,
    addAccountHistoryCommand,
    addGuardCommand,
    addCompletionCommand,
    addManualCommand,
};

constexpr const char* kDescription =
    "An append-only ledger of a registry's robot accounts: every act an event, and 'who could\n"
    "push on that date' answered from them.";

constexpr const char* kFooter =
    "An ACCOUNT is robot$PROJECT+NAME, robot$NAME at system level, or #ID. A CAPABILITY is\n"
    "push-image, pull-image, push-chart, pull-chart, or any resource:action.\n"
    "Quote names with a $: 'robot$library+ci'.\n\n"
    "Exit codes: 0 done or yes, 1 refused or no, 2 wrong usage, 3 failure, 4 damage in the log.\n\n"
    "  robotledger init\n"
    "  robotledger project create library\n"
    "  robotledger account create ci --project library --push-image --expires-in 90\n"
    "  robotledger who-could push-image --project library --on 2025-03-01";

void addGlobals(CLI::App& app, Globals& globals) {
  app.add_option("--ledger", globals.ledger_dir, "The ledger's directory (./robotledger-data)")
      ->envname("ROBOTLEDGER_DIR")
      ->check(notEmpty())
      ->type_name("DIR");
  app.add_option("--guard", globals.guard,
                 "The file that knows how far the log has come (where init made it)")
      ->envname("ROBOTLEDGER_GUARD")
      ->check(notEmpty())
      ->type_name("FILE");
  app.add_option("--key", globals.key,
                 "The file with the ledger's signing key (where init made it)")
      ->envname("ROBOTLEDGER_KEY")
      ->check(notEmpty())
      ->type_name("FILE");
  app.add_flag("--json", globals.json, "Answer in JSON, with stable names");
  app.add_option("--as", globals.as, "Who acts; by default the operator named like you, else admin")
      ->check(notEmpty())
      ->type_name("OPERATOR");
  app.add_option("--reason", globals.reason, "Why, to be recorded with what is done")
      ->type_name("TEXT");
}

// "robotledger account create": what was chosen, as far as it was understood.
std::string chosenCommand(const CLI::App& app) {
  std::string chosen = "robotledger";
  const CLI::App* at = &app;
  for (auto named = at->get_subcommands(); !named.empty(); named = at->get_subcommands()) {
    at = named.front();
    chosen += " " + at->get_name();
  }
  return chosen;
}

// CLI11's own words, on one line and without what people typed that is no text.
std::string oneLine(const std::string& text) {
  std::string line;
  for (const char c : text) line.push_back(c >= ' ' && c != 0x7f ? c : ' ');
  while (line.ends_with(' ')) line.pop_back();
  return line;
}

int sayWrongUsage(const CLI::App& app, const CLI::ParseError& error) {
  std::string what = oneLine(error.what());
  // CLI11 says that a subcommand is missing; what stands in its place is more useful to hear of.
  const std::vector<std::string> left = app.remaining(true);
  if (error.get_name() == "RequiredError" && !left.empty()) {
    what = (left.front().starts_with('-') ? "there is no option " : "there is no command ") +
           inQuotes(left.front());
  }
  return misuse(fmt::format("{} ('{} --help' says how)", what, chosenCommand(app)));
}

int runCommand(int argc, char** argv) {
  Globals globals;
  Session session(globals);
  int exit_code = kExitDone;
  CLI::App app(kDescription, "robotledger");
  // Global options may stand behind the subcommand, too.
  app.fallthrough();
  app.require_subcommand(1);
  app.footer(kFooter);
  app.get_formatter()->column_width(34);
  addGlobals(app, globals);
  for (const AddCommand add : kCommands) add(app, session, exit_code);
  app.parse_complete_callback([&] { session.setProgram(chosenCommand(app)); });
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    printText(app.help());
  } catch (const CLI::CallForAllHelp&) {
    printText(app.help("", CLI::AppFormatMode::All));
  } catch (const CLI::ParseError& error) {
    return sayWrongUsage(app, error);
  }
  return exit_code;
}

// A file that is opened while 0, 1 or 2 is closed would take that number, and what is printed would
// land in it. What is put there cannot be written to.
void fillStandardDescriptors() {
  for (int descriptor = 0; descriptor <= 2; ++descriptor) {
    if (::fcntl(descriptor, F_GETFD) >= 0) continue;
    if (::open("/dev/null", O_RDONLY) != descriptor) std::abort();
  }
}

}  // namespace
}  // namespace robotledger

int main(int argc, char** argv) {
  robotledger::fillStandardDescriptors();
  // A reader who goes away is seen at the next write; what was begun is ended in order.
  (void)std::signal(SIGPIPE, SIG_IGN);
  int exit_code = robotledger::kExitFailed;
  try {
    exit_code = robotledger::runCommand(argc, argv);
  } catch (const std::exception& error) {
    robotledger::printNote(error.what());
  }
  return robotledger::finishOutput(exit_code);
}
