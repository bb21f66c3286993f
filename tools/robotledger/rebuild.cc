// rebuild: the views, dropped and built anew from the log.
#include "tools/robotledger/commands.h"

namespace robotledger {
namespace {

int runRebuild(Session& session) {
  auto ledger = session.open();
  if (!ledger) return fail(ledger.error());
  if (auto rebuilt = (*ledger)->rebuildViews(); !rebuilt) return fail(rebuilt.error());
  const std::uint64_t events = (*ledger)->log().head().size.value;
  if (session.json()) {
    printJson({{"events", events}});
  } else {
    print("Built the views anew from {} events.\n", events);
  }
  return kExitDone;
}

}  // namespace

void addRebuildCommand(CLI::App& app, Session& session, int& exit_code) {
  CLI::App* command =
      app.add_subcommand("rebuild", "Drop the views and build them anew from the log");
  whenChosen(command, exit_code, [&session] { return runRebuild(session); });
}

}  // namespace robotledger
