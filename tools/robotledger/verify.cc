// verify: whether what is stored, or was published, is what was written, and what is not.
#include <chrono>

#include "api/answers/words.h"
#include "core/base/files.h"
#include "core/base/limits.h"
#include "core/ledger/check_since.h"
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
  std::string since;  // the file of an old checkpoint
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

// The old checkpoint that is a beginning of the log, where one was given.
using Since = std::optional<Checkpoint>;

Json sinceJson(const Since& since) { return since ? Json(since->size.value) : Json(); }

void printSince(const Since& since) {
  if (!since) return;
  print("since        the old checkpoint of {} events is the beginning of this log\n",
        since->size.value);
}

Result<Since> checkOld(const LogStore& log, const std::string& file, const VerifierKey& key) {
  if (file.empty()) return Since();
  const auto note = readFile(file, kMaxNoteBytes);
  if (!note) return note.error();
  auto old_one = checkSince(log, *note, key);
  if (!old_one) return Error{old_one.error().code, file + ": " + old_one.error().message};
  return Since(*std::move(old_one));
}

int sayVerified(const Session& session, const Verified& verified, const Since& since,
                double seconds) {
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
         {"since_events", sinceJson(since)},
         {"seconds", seconds}});
    return kExitDone;
  }
  print("log          {} and {} of hashes are what the root says\n",
        countText(log.size.value, "event"), countText(log.tiles, "tile"));
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
  printSince(since);
  if (verified.rows) {
    print("views        {} rows are what the log gives\n", *verified.rows);
  } else {
    print("views        not looked at\n");
  }
  print("Verified in {:.1f} s; nothing is wrong.\n", seconds);
  return kExitDone;
}

// The key that the log names; that has to be the one that was given, where one was.
Result<std::optional<VerifierKey>> keyOf(LedgerAccess& ledger, const VerifyOptions& options) {
  const auto& named = ledger.verifierKey();
  if (options.key && named != options.key) {
    return Error{ErrorCode::kDamaged, "the log names the key " +
                                          (named ? formatVerifierKey(*named) : "of nobody") +
                                          ", and not " + formatVerifierKey(*options.key)};
  }
  if (named || options.since.empty()) return named;
  return ledger.canSign().error();
}

int runVerify(Session& session, const VerifyOptions& options) {
  const VerifyScope scope = options.log_alone ? VerifyScope::kLog : VerifyScope::kEverything;
  auto ledger = session.open();
  if (!ledger) return sayWrong(session, ledger.error());
  const auto key = keyOf(**ledger, options);
  if (!key) return sayWrong(session, key.error());
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
  const auto since = *key ? checkOld((*ledger)->log(), options.since, **key) : Since();
  if (!since) return sayWrong(session, since.error());
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  return sayVerified(session, *verified, *since, took.count());
}

int sayVerifiedTiles(const Session& session, const TileDirectory& tiles, const VerifiedLog& log,
                     const Since& since, double seconds) {
  const std::string root = toHex(digestBytes(log.root));
  if (session.json()) {
    printJson({{"verified", true},
               {"origin", tiles.checkpoint.origin},
               {"events", log.size.value},
               {"root_hash", root},
               {"tiles", log.tiles},
               {"since_events", sinceJson(since)},
               {"seconds", seconds}});
    return kExitDone;
  }
  print("checkpoint   of {}, signed with the key\n", tiles.checkpoint.origin);
  print("log          {} and {} of hashes are what the root says\n",
        countText(log.size.value, "event"), countText(log.tiles, "tile"));
  print("root hash    {}\n", root);
  printSince(since);
  print("Verified in {:.1f} s; nothing is wrong.\n", seconds);
  return kExitDone;
}

// Of an exported tree, with no ledger at hand.
int runVerifyTiles(const Session& session, const VerifyOptions& given) {
  const auto begun = std::chrono::steady_clock::now();
  const auto tiles = openTileDirectory(given.tiles, *given.key);
  if (!tiles) return sayWrongTiles(session, tiles.error());
  Progress progress("verifying the tiles");
  VerifyLogOptions options;
  options.progress = [&](TreeSize done, TreeSize all) { progress.show(done.value, all.value); };
  const auto verified = verifyLog(*tiles->log, options);
  progress.wipe();
  if (!verified) return sayWrongTiles(session, verified.error());
  const auto since = checkOld(*tiles->log, given.since, *given.key);
  if (!since) return sayWrongTiles(session, since.error());
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  return sayVerifiedTiles(session, *tiles, *verified, *since, took.count());
}

int run(Session& session, const VerifyOptions& options) {
  if (options.tiles.empty()) return runVerify(session, options);
  if (options.key) return runVerifyTiles(session, options);
  return misuse("--tiles needs --key VKEY, the key that the tree has to be signed with");
}

}  // namespace

void addVerifyCommand(CLI::App& app, Session& session, int& exit_code) {
  auto options = std::make_shared<VerifyOptions>();
  CLI::App* command = app.add_subcommand(
      "verify", "Recompute and replay everything that is stored, and name what is wrong first");
  auto* log = command->add_flag("--log", options->log_alone,
                                "The log and the saved state alone, without the views");
  command
      ->add_option("--tiles", options->tiles,
                   "Tiles that were exported to this directory, and no ledger")
      ->type_name("DIR")
      ->check(notEmpty())
      ->excludes(log);
  command
      ->add_option("--since", options->since,
                   "That nothing which this old checkpoint covers was changed since")
      ->type_name("FILE")
      ->check(notEmpty());
  addKeyOption(command, options->key);
  command->footer(
      "Every hash is computed anew from the stored events, the events are replayed, and the views\n"
      "are built beside those that are there and compared, which takes as much disk meanwhile.\n"
      "What is not what was written is named, and the exit code is 4. Wrong views say nothing\n"
      "against the log; 'robotledger rebuild' mends them.\n\n"
      "With --tiles, the signature of the checkpoint there is checked with the key, and every\n"
      "file that it covers: what an operator published is then what he signed. Nothing else is\n"
      "needed. With --key on a ledger, it has to be the key that the ledger's log names.\n\n"
      "  robotledger verify --since 2026-03-31.checkpoint\n"
      "  robotledger verify --tiles /srv/robots --key log.vkey");
  whenChosen(command, exit_code, [&session, options] { return run(session, *options); });
}

}  // namespace robotledger
