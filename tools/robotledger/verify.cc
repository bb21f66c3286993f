// verify: whether what is stored, or was published, is what was written, and what is not.
#include <chrono>

#include "core/log/tile_directory.h"
#include "tools/robotledger/commands.h"
#include "tools/robotledger/key_option.h"

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

struct VerifyOptions {
  bool log_alone = false;
  std::string tiles;  // the directory, if one is to be verified
  std::optional<VerifierKey> key;
};

// That something is wrong is the answer: it is one in JSON, too. `what` is wrong.
int sayWrong(const Session& session, const char* what, const std::string& message) {
  if (session.json()) {
    printJson({{"verified", false}, {"wrong", what}, {"message", message}});
  } else {
    printNote(message);
  }
  return kExitDamage;
}

int sayWrong(const Session& session, const Error& error) {
  if (error.code == ErrorCode::kDamaged) return sayWrong(session, "log", error.message);
  if (error.code != ErrorCode::kViewsDamaged) return fail(error);
  return sayWrong(session, "views",
                  "the views are not what the log gives: " + error.message +
                      "; 'robotledger rebuild' builds them anew from the log");
}

int sayWrongTiles(const Session& session, const Error& error) {
  return error.code == ErrorCode::kDamaged ? sayWrong(session, "tiles", error.message)
                                           : fail(error);
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

int sayVerifiedTiles(const Session& session, const TileDirectory& tiles, const VerifiedLog& log,
                     double seconds) {
  const std::string root = toHex(digestBytes(log.root));
  if (session.json()) {
    printJson({{"verified", true},
               {"origin", tiles.checkpoint.origin},
               {"events", log.size.value},
               {"root_hash", root},
               {"tiles", log.tiles},
               {"seconds", seconds}});
    return kExitDone;
  }
  print("checkpoint   of {}, signed with the key\n", tiles.checkpoint.origin);
  print("log          {} events and {} tiles of hashes are what the root says\n", log.size.value,
        log.tiles);
  print("root hash    {}\n", root);
  print("Verified in {:.1f} s; nothing is wrong.\n", seconds);
  return kExitDone;
}

// Of an exported tree, with no ledger at hand.
int runVerifyTiles(const Session& session, const std::string& directory, const VerifierKey& key) {
  const auto begun = std::chrono::steady_clock::now();
  const auto tiles = openTileDirectory(directory, key);
  if (!tiles) return sayWrongTiles(session, tiles.error());
  Progress progress("verifying the tiles");
  VerifyLogOptions options;
  options.progress = [&](TreeSize done, TreeSize all) { progress.show(done.value, all.value); };
  const auto verified = verifyLog(*tiles->log, options);
  progress.wipe();
  if (!verified) return sayWrongTiles(session, verified.error());
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  return sayVerifiedTiles(session, *tiles, *verified, took.count());
}

int run(Session& session, const VerifyOptions& options) {
  if (!options.tiles.empty()) return runVerifyTiles(session, options.tiles, *options.key);
  return runVerify(session, options.log_alone ? VerifyScope::kLog : VerifyScope::kEverything);
}

}  // namespace

void addVerifyCommand(CLI::App& app, Session& session, int& exit_code) {
  auto options = std::make_shared<VerifyOptions>();
  CLI::App* command = app.add_subcommand(
      "verify", "Recompute and replay everything that is stored, and name what is wrong first");
  auto* log = command->add_flag("--log", options->log_alone,
                                "The log and the saved state alone, without the views");
  auto* tiles = command
                    ->add_option("--tiles", options->tiles,
                                 "Tiles that were exported to this directory, and no ledger")
                    ->type_name("DIR")
                    ->check(notEmpty())
                    ->excludes(log);
  auto* key = addKeyOption(command, options->key)->needs(tiles);
  tiles->needs(key);
  command->footer(
      "Every hash is computed anew from the stored events, the events are replayed, and the views\n"
      "are built beside those that are there and compared, which takes as much disk meanwhile.\n"
      "What is not what was written is named, and the exit code is 4. Wrong views say nothing\n"
      "against the log; 'robotledger rebuild' mends them.\n\n"
      "With --tiles, the signature of the checkpoint there is checked with the key, and every "
      "file\n"
      "that it covers: what an operator published is then what he signed. Nothing else is needed.");
  whenChosen(command, exit_code, [&session, options] { return run(session, *options); });
}

}  // namespace robotledger
