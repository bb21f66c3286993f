// restore and roll-back: a ledger built anew from a backup, and what goes on from there.
#include <filesystem>

#include "api/embed/open_ledger.h"
#include "core/base/files.h"
#include "core/base/limits.h"
#include "core/log/tile_directory.h"
#include "tools/robotledger/carry_out.h"
#include "tools/robotledger/commands.h"
#include "tools/robotledger/copying.h"
#include "tools/robotledger/key_option.h"

namespace robotledger {
namespace {

struct RestoreOptions {
  std::string backup;
  std::optional<VerifierKey> key;
};

int runRestore(Session& session, const RestoreOptions& options) {
  std::optional<VerifierKey> key = options.key;
  if (!key) {
    auto own = readVerifierKey(backupKeyFile(options.backup));
    if (!own) {
      return misuse("the backup at " + options.backup +
                    " has no verifier key beside it: give it with --key");
    }
    key = *std::move(own);
  }
  const Globals& globals = session.globals();
  const auto copied = copyTiles(options.backup, *key, globals.ledger_dir, globals.guard);
  if (!copied) return fail(copied.error());
  if (session.json()) {
    printJson({{"ledger", globals.ledger_dir},
               {"events", copied->size.value},
               {"root_hash", toHex(digestBytes(copied->root))},
               {"verifier_key", formatVerifierKey(*key)},
               {"key_from_backup", !options.key}});
    return kExitDone;
  }
  print("Built the ledger in {} from {} events, which were verified.\n", globals.ledger_dir,
        copied->size.value);
  if (!options.key) {
    print(
        "The backup was checked with the key that lies in it, which says nothing of who wrote\n"
        "it. Compare it with the one that you know:\n{}\n",
        formatVerifierKey(*key));
  }
  print(
      "It is a copy: it answers, and takes no commands. Where the backup has all that ever was,\n"
      "go on with --key FILE. Where the ledger had gone further: robotledger roll-back.\n");
  return kExitDone;
}

struct RollBackOptions {
  std::string lost;
  std::string origin;
  bool keep_enabled = false;
};

// The size and root of the history that is left behind: from a checkpoint of it that its key
// signed, or from its guard.
Result<std::pair<TreeSize, Digest>> readLost(const std::string& file, const VerifierKey& key) {
  if (auto guard = Guard::read(file)) return std::pair{guard->size, guard->root};
  const auto note = readFile(file, kMaxNoteBytes);
  if (!note) return note.error();
  const auto opened = openCheckpoint(*note, key);
  if (opened) return std::pair{opened->checkpoint.size, opened->checkpoint.root};
  return Error{
      ErrorCode::kInvalidArgument,
      file + " is neither a guard nor a checkpoint of this ledger: " + opened.error().message};
}

int runRollBack(Session& session, const RollBackOptions& options) {
  const auto ledger = session.openAlone();
  if (!ledger) return fail(ledger.error());
  if (!(*ledger)->verifierKey()) return fail((*ledger)->signer().error());
  const auto lost = readLost(options.lost, *(*ledger)->verifierKey());
  if (!lost) return fail(lost.error());
  auto context = session.context();
  if (!context) return fail(context.error());
  RollBackLedger command{
      .lost_size = lost->first, .lost_root = lost->second, .origin = options.origin};
  if (options.keep_enabled) command.accounts = RollBackLedger::Accounts::kKeepEnabled;
  const auto outcome = (*ledger)->rollBack({std::move(command), *std::move(context)});
  if (!outcome) return fail(outcome.error());
  if (const auto* no = std::get_if<Refusal>(&*outcome)) return refuse(session, *no);
  const Receipt& receipt = std::get<Receipt>(*outcome);
  const std::string key = formatVerifierKey(*(*ledger)->verifierKey());
  if (session.json()) {
    printJson({{"event", receipt.first.value},
               {"lost_events", lost->first.value},
               {"disabled_accounts", receipt.count - 1},
               {"verifier_key", key}});
    return kExitDone;
  }
  print(
      "The ledger goes on as {} from event {}; what came after it in the history of {} events is\n"
      "left behind. Accounts that were disabled: {}.\n",
      options.origin, receipt.first.value, lost->first.value, receipt.count - 1);
  print("It has a new key. Auditors check it with\n{}\n", key);
  return kExitDone;
}

}  // namespace

Result<LogHead> copyTiles(const std::string& tiles, const VerifierKey& key, const std::string& to,
                          const std::string& guard) {
  const auto opened = openTileDirectory(tiles, key);
  if (!opened) return opened.error();
  return copyVerified(*opened->log, to, guard);
}

Result<LogHead> copyVerified(const LogStore& log, const std::string& to, const std::string& guard) {
  {
    Progress progress("replaying the log");
    VerifyLogOptions verify;
    verify.progress = [&](TreeSize done, TreeSize all) { progress.show(done.value, all.value); };
    if (auto verified = verifyLog(log, verify); !verified) return verified.error();
  }
  Progress progress("copying the log");
  return createCopy(to, guard, log,
                    [&](TreeSize done, TreeSize all) { progress.show(done.value, all.value); });
}

void addRestoreCommands(CLI::App& app, Session& session, int& exit_code) {
  auto options = std::make_shared<RestoreOptions>();
  CLI::App* restore = app.add_subcommand("restore", "Build a ledger anew from a backup");
  restore->add_option("DIR", options->backup, "What 'robotledger backup' or export-tiles wrote")
      ->required()
      ->check(notEmpty());
  addKeyOption(restore, options->key);
  restore->footer(
      "The backup's signature, every hash and every event are verified first, and the new ledger\n"
      "(--ledger) ends with the root that was signed. It has no key: it answers, and neither "
      "signs\n"
      "nor takes commands.\n\n"
      "  robotledger --ledger /var/lib/robots restore /mnt/backup/robots --key log.vkey");
  whenChosen(restore, exit_code, [&session, options] { return runRestore(session, *options); });

  auto back = std::make_shared<RollBackOptions>();
  CLI::App* command = app.add_subcommand(
      "roll-back", "Go on from an older history, where the newer is lost, under a new key");
  command
      ->add_option("--lost", back->lost,
                   "The newest checkpoint that was kept of the lost history, or its guard")
      ->required()
      ->check(notEmpty())
      ->type_name("FILE");
  command->add_option("--origin", back->origin, "The new origin: one that the ledger never had")
      ->required()
      ->check(notEmpty())
      ->type_name("NAME");
  command->add_flag("--keep-enabled", back->keep_enabled,
                    "Leave accounts enabled, also those that were disabled in what is lost");
  command->footer(
      "In a ledger that was restored from a backup though it had gone further. The first event "
      "says\n"
      "so, with the lost checkpoint, and disables every account: which of them were disabled,\n"
      "deleted or given a new secret in what is lost, nobody knows any more. The old key never\n"
      "signs again.\n\n"
      "  robotledger roll-back --lost newest.checkpoint --origin ledger.example/robots-2 \\\n"
      "      --reason 'disk lost, backup of Monday'");
  whenChosen(command, exit_code, [&session, back] { return runRollBack(session, *back); });
}

}  // namespace robotledger
