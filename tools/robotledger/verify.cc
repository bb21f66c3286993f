// verify: whether what is stored is what was written, and what is not.
#include <chrono>

#include "tools/robotledger/commands.h"

namespace robotledger {
namespace {

const char* nameOf(VerifyStep step) {
  switch (step) {
    case VerifyStep::kLog: return "verifying the log";
    case VerifyStep::kBuildingRows: return "building the views to compare them";
    case VerifyStep::kComparingRows: return "comparing the rows of the views";
  }
  return "";
}

// That something is wrong is the answer: it is one in JSON, too.
int sayWrong(const Session& session, Error error) {
  const bool in_views = error.code == ErrorCode::kViewsDamaged;
  if (!in_views && error.code != ErrorCode::kDamaged) return fail(error);
  if (in_views) {
    error.message = "the views are not what the log gives: " + error.message +
                    "; 'robotledger rebuild' builds them anew from the log";
  }
  if (session.json()) {
    printJson(
        {{"verified", false}, {"wrong", in_views ? "views" : "log"}, {"message", error.message}});
  } else {
    printNote(error.message);
  }
  return kExitDamage;
}

int sayVerified(const Session& session, const Verified& verified, double seconds) {
  const VerifiedLog& log = verified.log;
  const std::string root = toHex(digestBytes(log.root));
  if (session.json()) {
    printJson(
        {{"verified", true},
         {"events", log.size.value},
         {"root_hash", root},
         {"tiles", log.tiles},
         {"checkpoint_events", verified.checkpoint ? Json(verified.checkpoint->value) : Json()},
         {"saved_state_events", log.copy ? Json(log.copy->value) : Json()},
         {"rows", verified.rows ? Json(*verified.rows) : Json()},
         {"seconds", seconds}});
    return kExitDone;
  }
  print("log          {} events and {} tiles of hashes are what the root says\n", log.size.value,
        log.tiles);
  print("root hash    {}\n", root);
  if (verified.checkpoint) {
    print("checkpoint   of {} events is signed by the ledger's key\n", verified.checkpoint->value);
  } else {
    print("checkpoint   none\n");
  }
  if (log.copy) {
    print("saved state  is what the first {} events give\n", log.copy->value);
  } else {
    print("saved state  none\n");
  }
  if (verified.rows) {
    print("views        {} rows are what the log gives\n", *verified.rows);
  } else {
    print("views        not looked at\n");
  }
  print("Verified in {:.1f} s; nothing is wrong.\n", seconds);
  return kExitDone;
}

int runVerify(Session& session, VerifyScope scope) {
  auto ledger = session.open();
  if (!ledger) return sayWrong(session, ledger.error());
  const auto begun = std::chrono::steady_clock::now();
  std::optional<VerifyStep> step;
  std::optional<Progress> progress;
  auto verified =
      (*ledger)->verify(scope, [&](VerifyStep at, std::uint64_t done, std::uint64_t all) {
        if (step != at) progress.emplace(nameOf(at));
        step = at;
        progress->show(done, all);
      });
  progress.reset();
  if (!verified) return sayWrong(session, verified.error());
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  return sayVerified(session, *verified, took.count());
}

}  // namespace

void addVerifyCommand(CLI::App& app, Session& session, int& exit_code) {
  auto log_alone = std::make_shared<bool>(false);
  CLI::App* command = app.add_subcommand(
      "verify", "Recompute and replay everything that is stored, and name what is wrong first");
  command->add_flag("--log", *log_alone, "The log and the saved state alone, without the views");
  command->footer(
      "Every hash is computed anew from the stored events, the events are replayed, and the views\n"
      "are built beside those that are there and compared, which takes as much disk meanwhile.\n"
      "What is not what was written is named, and the exit code is 4. Wrong views say nothing\n"
      "against the log; 'robotledger rebuild' mends them.");
  whenChosen(command, exit_code, [&session, log_alone] {
    return runVerify(session, *log_alone ? VerifyScope::kLog : VerifyScope::kEverything);
  });
}

}  // namespace robotledger
