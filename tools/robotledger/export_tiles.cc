// export-tiles: the whole log as static files, for whoever wants to check it or keep it.
#include "core/log/tile_directory.h"
#include "tools/robotledger/commands.h"
#include "tools/robotledger/question.h"

namespace robotledger {
namespace {

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

int runExportTiles(Session& session, const std::string& directory) {
  return ask(session, [&](Asking& asking, OpenLedger& ledger) -> Result<int> {
    if (const auto no = asking.needEverything()) return refuse(session, *no);
    const auto signer = ledger.signer();
    if (!signer) return signer.error();
    const auto made = (*signer)->fresh();
    if (!made) return made.error();
    Progress progress("exporting the log");
    const auto exported =
        exportTiles(ledger.log(), made->note, made->checkpoint, directory,
                    [&](TreeSize done, TreeSize all) { progress.show(done.value, all.value); });
    progress.wipe();
    if (!exported) return exported.error();
    return sayExported(session, directory, *made, formatVerifierKey((*signer)->verifierKey()),
                       *exported);
  });
}

}  // namespace

void addExportTilesCommand(CLI::App& app, Session& session, int& exit_code) {
  auto directory = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand(
      "export-tiles", "The whole log as static files, with a signed checkpoint of it");
  command->add_option("DIR", *directory, "Made where it is missing; what is there grows")
      ->required()
      ->check(notEmpty());
  command->footer(
      "The files are laid out as C2SP tlog-tiles says: any web server can serve them, and 'verify\n"
      "--tiles' or programs that others wrote check them. Called again, it writes only what is "
      "new,\n"
      "also after it was killed. Everybody on this machine may read them, and every event, with "
      "its\n"
      "reason and its actor, is in them; of secrets there are the hashes.\n\n"
      "  robotledger export-tiles /srv/tiles");
  whenChosen(command, exit_code,
             [&session, directory] { return runExportTiles(session, *directory); });
}

}  // namespace robotledger
