// checkpoint and key: what the ledger signs, and what checks that.
#include "core/base/files.h"
#include "tools/robotledger/commands.h"

namespace robotledger {
namespace {

int runCheckpoint(Session& session) {
  const auto ledger = session.open();
  if (!ledger) return fail(ledger.error());
  const auto made = (*ledger)->checkpoint();
  if (!made) return fail(made.error());
  if (!session.json()) {
    printText(made->note);
    return kExitDone;
  }
  printJson({{"origin", made->checkpoint.origin},
             {"events", made->checkpoint.size.value},
             {"root_hash", toHex(digestBytes(made->checkpoint.root))},
             {"verifier_key", formatVerifierKey(*(*ledger)->verifierKey())},
             {"checkpoint", made->note}});
  return kExitDone;
}

int runKey(Session& session) {
  const auto ledger = session.open();
  if (!ledger) return fail(ledger.error());
  const auto& key = (*ledger)->verifierKey();
  const auto signs = (*ledger)->canSign();
  if (!key) return fail(signs.error());
  const std::string text = formatVerifierKey(*key);
  if (session.json()) {
    printJson({{"verifier_key", text}, {"signs", signs.has_value()}});
  } else {
    print("{}\n", text);
  }
  return kExitDone;
}

}  // namespace

void addCheckpointCommand(CLI::App& app, Session& session, int& exit_code) {
  CLI::App* command =
      app.add_subcommand("checkpoint", "What the log is now, in a few lines that are signed");
  command->footer(
      "A C2SP signed note: the origin, the number of events, the root of their Merkle tree, and "
      "an\n"
      "Ed25519 signature. Who keeps one can prove later that nothing before it was changed:\n"
      "verify --since FILE.\n\n"
      "  robotledger checkpoint > 2026-03-31.checkpoint");
  whenChosen(command, exit_code, [&session] { return runCheckpoint(session); });
}

void addKeyCommand(CLI::App& app, Session& session, int& exit_code) {
  CLI::App* command =
      app.add_subcommand("key", "The verifier key: what checks checkpoints, proofs and evidence");
  command->footer(
      "Give it to auditors by a way of its own, and once: who gets key and evidence from one hand\n"
      "believes that hand.");
  whenChosen(command, exit_code, [&session] { return runKey(session); });
}

}  // namespace robotledger
