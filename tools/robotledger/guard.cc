// guard: what a ledger's guard saw, and a new one for a ledger that lost it.
#include "api/embed/open_ledger.h"
#include "tools/robotledger/commands.h"

namespace robotledger {
namespace {

// Who has the ledger says it; else the guard itself does, also where the ledger would not open.
Result<SeenByGuard> seenBy(Session& session) {
  auto seen = readGuard(session.globals().ledger_dir, session.globals().guard);
  if (seen || seen.error().code != ErrorCode::kInUse) return seen;
  const auto ledger = session.open();
  if (!ledger) return ledger.error();
  return (*ledger)->seenByGuard();
}

int show(Session& session) {
  const auto seen = seenBy(session);
  if (!seen) return fail(seen.error());
  const std::string root = toHex(digestBytes(seen->root));
  if (session.json()) {
    printJson({{"guard", seen->path}, {"events", seen->size.value}, {"root_hash", root}});
    return kExitDone;
  }
  print("The guard {} saw {} events, with the root hash\n{}.\n", seen->path, seen->size.value,
        root);
  return kExitDone;
}

int renew(Session& session, std::uint64_t events) {
  const Globals& globals = session.globals();
  const auto head = renewGuard(globals.ledger_dir, globals.guard, TreeSize{events});
  if (!head) return fail(alone(head.error()));
  const std::string root = toHex(digestBytes(head->root));
  if (session.json()) {
    printJson({{"events", head->size.value}, {"root_hash", root}});
    return kExitDone;
  }
  print("Made a new guard, for {} events with the root hash\n{}.\n", head->size.value, root);
  return kExitDone;
}

}  // namespace

void addGuardCommand(CLI::App& app, Session& session, int& exit_code) {
  CLI::App* group = commandGroup(app, "guard", "What the guard of the log saw; a new one");
  group->footer(
      "The guard knows how many events the log had, and their root hash. A ledger whose log is\n"
      "shorter, differs, or has no guard does not open: acknowledged events may be gone. First\n"
      "keep a copy of the directory. Then put the lost files back; or, where the log is meant\n"
      "to be as it is, make a new guard that trusts it. That needs the number of its events:\n"
      "find it in a backup, or in an answer's 'as of'. The views are then built anew.\n\n"
      "  robotledger guard show\n"
      "  robotledger guard renew --events 5312");
  CLI::App* shown = group->add_subcommand("show", "How far the log had come, as the guard saw it");
  whenChosen(shown, exit_code, [&session] { return show(session); });
  auto events = std::make_shared<std::uint64_t>(0);
  CLI::App* renewed = group->add_subcommand("renew", "Trust the log as it is, with a new guard");
  renewed->add_option("--events", *events, "How many events the log has")->required();
  whenChosen(renewed, exit_code, [&session, events] { return renew(session, *events); });
}

}  // namespace robotledger
