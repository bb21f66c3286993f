// export-tiles and backup: the whole log as static files that anybody can check.
#include "core/base/files.h"
#include "core/log/tile_directory.h"
#include "tools/robotledger/commands.h"
#include "tools/robotledger/copying.h"
#include "tools/robotledger/question.h"

namespace robotledger {
namespace {

// What a backup has beside the tiles: the key that checks them.
enum class Export : std::uint8_t { kTiles, kBackup };

Result<void> keepVerifierKey(const std::string& directory, const VerifierKey& key) {
  const std::string file = backupKeyFile(directory);
  const std::string text = formatVerifierKey(key) + "\n";
  const auto there = readFile(file, text.size());
  if (there && *there == text) return {};
  if (!there && there.error().code == ErrorCode::kNotFound) return writeNewFile(file, text);
  return Error{ErrorCode::kInvalidArgument, file + " has another key than this ledger's, " +
                                                formatVerifierKey(key) +
                                                ": each ledger needs a backup of its own"};
}

int say(const Session& session, const ExportedTiles& exported, const std::string& directory) {
  if (session.json()) {
    printJson({{"directory", directory},
               {"had_events", exported.had.value},
               {"events", exported.size.value},
               {"files_written", exported.files_written},
               {"bytes_written", exported.bytes_written}});
    return kExitDone;
  }
  print("{} has {} events, and had {} before; {} and {} bytes were written.\n", directory,
        exported.size.value, exported.had.value, countText(exported.files_written, "file"),
        exported.bytes_written);
  return kExitDone;
}

int run(Session& session, const std::string& directory, Export what) {
  return ask(session, [&](Asking& asking, OpenLedger& ledger) -> Result<int> {
    if (const auto no = asking.needEverything()) return refuse(session, *no);
    const auto signer = ledger.signer();
    if (!signer) return signer.error();
    const auto made = (*signer)->fresh();
    if (!made) return made.error();
    Progress progress("exporting");
    const auto exported =
        exportTiles(ledger.log(), made->note, made->checkpoint, directory,
                    [&](TreeSize done, TreeSize all) { progress.show(done.value, all.value); });
    progress.wipe();
    if (!exported) return exported.error();
    if (what == Export::kBackup) {
      if (auto kept = keepVerifierKey(directory, (*signer)->verifierKey()); !kept) {
        return kept.error();
      }
    }
    return say(session, *exported, directory);
  });
}

void addTo(CLI::App* command, Session& session, int& exit_code, Export what) {
  auto directory = std::make_shared<std::string>();
  command->add_option("DIR", *directory, "The directory; new, or one that this has written before")
      ->required()
      ->check(notEmpty());
  whenChosen(command, exit_code,
             [&session, directory, what] { return run(session, *directory, what); });
}

}  // namespace

std::string backupKeyFile(const std::string& directory) { return directory + "/log.vkey"; }

void addExportTilesCommand(CLI::App& app, Session& session, int& exit_code) {
  CLI::App* tiles = app.add_subcommand(
      "export-tiles", "The whole log as static files (C2SP tlog-tiles), of which only what is new");
  tiles->footer(
      "The signed checkpoint, the tiles of the Merkle tree, and every event: any web server can\n"
      "serve them, and who has the verifier key needs nobody's word for what they say. It may be\n"
      "killed and run again.\n\n"
      "  robotledger export-tiles /srv/robots\n"
      "  robotledger verify --tiles /srv/robots --key \"$(robotledger key)\"");
  addTo(tiles, session, exit_code, Export::kTiles);
  CLI::App* backup = app.add_subcommand(
      "backup", "All that a ledger is built anew from, without its keys; only what is new");
  backup->footer(
      "The same files as export-tiles, and the verifier key beside them. The signing key is not\n"
      "among them: keep a copy of that apart. 'robotledger restore' reads it.\n\n"
      "  robotledger backup /mnt/backup/robots");
  addTo(backup, session, exit_code, Export::kBackup);
}

}  // namespace robotledger
