// export-tiles and backup: the whole log as static files, for whoever wants to check it or keep it.
#include "core/base/files.h"
#include "core/log/tile_directory.h"
#include "tools/robotledger/commands.h"
#include "tools/robotledger/copying.h"
#include "tools/robotledger/question.h"

namespace robotledger {
namespace {

// What a backup has beside the tiles: the key that checks them.
enum class Export : std::uint8_t { kTiles, kBackup };

Result<void> keepVerifierKey(const std::string& directory, const std::string& key) {
  const std::string file = backupKeyFile(directory);
  const std::string text = key + "\n";
  const auto there = readFile(file, text.size());
  if (there && *there == text) return {};
  if (!there && there.error().code == ErrorCode::kNotFound) return writeNewFile(file, text);
  return Error{ErrorCode::kInvalidArgument,
               file + " has another key than this ledger's, " + key +
                   ": each ledger, and each key, needs a backup of its own"};
}

int sayExported(const Session& session, const std::string& directory, const SignedCheckpoint& made,
                const std::string& key, const ExportedTiles& exported) {
  const Checkpoint& checkpoint = made.checkpoint;
  if (session.json()) {
    printJson({{"directory", directory},
               {"origin", checkpoint.origin},
               {"events", exported.size.value},
               {"had_events", exported.had.value},
               {"root_hash", toHex(digestBytes(checkpoint.root))},
               {"files_written", exported.files_written},
               {"bytes_written", exported.bytes_written},
               {"verifier_key", key}});
    return kExitDone;
  }
  print("{} has all {} of {}; it had {}.\n", directory, countText(exported.size.value, "event"),
        checkpoint.origin, exported.had.value);
  print("Wrote {}, {} bytes.\n", countText(exported.files_written, "file"), exported.bytes_written);
  print("Root hash: {}\n", toHex(digestBytes(checkpoint.root)));
  print("To check it, anywhere: robotledger verify --tiles DIR --key {}\n", key);
  return kExitDone;
}

int runExport(Session& session, const std::string& directory, Export what) {
  return ask(session, [&](Asking& asking, LedgerAccess& ledger) -> Result<int> {
    if (const auto no = asking.needEverything()) return refuse(session, *no);
    const auto made = ledger.checkpoint();
    if (!made) return made.error();
    Progress progress("exporting the log");
    const auto exported =
        exportTiles(ledger.log(), made->note, made->checkpoint, directory,
                    [&](TreeSize done, TreeSize all) { progress.show(done.value, all.value); });
    progress.wipe();
    if (!exported) return exported.error();
    const std::string key = formatVerifierKey(*ledger.verifierKey());
    if (what == Export::kBackup) {
      if (auto kept = keepVerifierKey(directory, key); !kept) return kept.error();
    }
    return sayExported(session, directory, *made, key, *exported);
  });
}

void addTo(CLI::App* command, Session& session, int& exit_code, Export what) {
  auto directory = std::make_shared<std::string>();
  command->add_option("DIR", *directory, "Made where it is missing; what is there grows")
      ->required()
      ->check(notEmpty());
  whenChosen(command, exit_code,
             [&session, directory, what] { return runExport(session, *directory, what); });
}

}  // namespace

std::string backupKeyFile(const std::string& directory) { return directory + "/log.vkey"; }

void addExportTilesCommand(CLI::App& app, Session& session, int& exit_code) {
  CLI::App* tiles = app.add_subcommand(
      "export-tiles", "The whole log as static files, with a signed checkpoint of it");
  tiles->footer(
      "The files are laid out as C2SP tlog-tiles says: any web server can serve them, and 'verify\n"
      "--tiles' or programs that others wrote check them. Called again, it writes only what is\n"
      "new, also after it was killed. Everybody on this machine may read them, and every event,\n"
      "with its reason and its actor, is in them; of secrets there are the hashes.\n\n"
      "  robotledger export-tiles /srv/tiles");
  addTo(tiles, session, exit_code, Export::kTiles);
  CLI::App* backup = app.add_subcommand(
      "backup", "All that a ledger is built anew from, without its keys; only what is new");
  backup->footer(
      "The files of export-tiles, and the verifier key beside them. What lies in keys/ is not "
      "among\n"
      "them: keep a copy of that apart, and out of reach of whoever has the backup. It is the\n"
      "signing key, the key for tokens, and the pepper, without which no password and no secret\n"
      "that a person chose fits any more. 'robotledger restore' reads the backup.\n\n"
      "  robotledger backup /mnt/backup/robots");
  addTo(backup, session, exit_code, Export::kBackup);
}

}  // namespace robotledger
