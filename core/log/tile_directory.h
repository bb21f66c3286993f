// A log published as a directory of static files, as C2SP tlog-tiles lays them out
// (https://c2sp.org/tlog-tiles): any web server can serve it, and who has it and the log's verifier
// key needs nobody's word for what the log says.
//
//   DIR/checkpoint           the signed checkpoint of the tree that is there
//   DIR/tile/...             its tiles and entry bundles (tile_tree.h)
//
//   auto exported = exportTiles(log, note, checkpoint, "/srv/tiles", {});
//
//   auto tiles = openTileDirectory("/srv/tiles", key);
//   if (!tiles) return tiles.error();
//   auto verified = verifyLog(*tiles->log, {});
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/log/log_store.h"
#include "core/log/tile_tree.h"
#include "core/merkle/checkpoint.h"
#include "core/merkle/verifier_key.h"

namespace robotledger {

struct ExportedTiles {
  TreeSize had;   // the size of the tree that was there before
  TreeSize size;  // and of the one that is there now
  std::uint64_t files_written = 0;
  std::uint64_t bytes_written = 0;
  bool operator==(const ExportedTiles&) const = default;
};

// Told now and then how many of how many records are done.
using ExportProgress = std::function<void(TreeSize done, TreeSize all)>;

// Writes the tree of the checkpoint, and last the note, which is that checkpoint signed. The
// directory is made where it is missing, its parent has to be there; files have the mode 0644 and
// directories 0755, whatever the umask.
//
// It may be killed at any moment and called again. Each file is written under another name and
// renamed, and all are synced before the checkpoint that covers them takes the old one's place, so
// that who reads meanwhile reads a whole tree. Only what is new is written: full files that the
// checkpoint in the directory covers are looked at for being there in their length, what lies
// beyond it, as a killed export leaves it, is compared byte by byte. Where a file that was covered
// is gone, all from there on is written again. Whether covered bytes have changed is for
// verifyLog() to find.
//
// A partial tile stays while its tile is not full, for who reads by an older checkpoint. Once the
// full tile is there and covered, which then is to be read in its place (tlog-tiles, "Partial
// Tiles"), it is removed; one that is left by a killed export does no harm. Files of other names
// are left alone. A checkpoint that says the same already, with the log's signature and perhaps
// with those of witnesses, stays as it is.
//
// kInvalidArgument where the note is not of the checkpoint, the log does not have its size, the
// directory cannot be made, is no directory, has files but neither a checkpoint nor tiles, or has a
// larger tree or one of another origin. kDamaged where the checkpoint's root is not the log's, the
// directory has more records than the log or a root that the log did not have at that size (one of
// the two lost or changed something), or writeTileTree() finds damage. kInUse where another export
// writes there. In all these cases but the last of kDamaged nothing is changed. kIo where the
// system fails. Any thread.
Result<ExportedTiles> exportTiles(const LogStore& log, const std::string& note,
                                  const Checkpoint& checkpoint, const std::string& directory,
                                  const ExportProgress& progress);

// Reads the files of a tree below a directory. Nobody vouches for what is there: kInvalidArgument
// for a path that is no tile's; kDamaged for what is no file, lies behind a symbolic link, or is
// larger than such a file can be; kNotFound, kIo. Any thread.
TileFileReader tileDirectoryReader(std::string directory);

// A published tree, opened.
struct TileDirectory {
  std::string note;  // its checkpoint, signed
  Checkpoint checkpoint;
  std::unique_ptr<LogStore> log;  // see openTileLog(): believed as far as the checkpoint, unread
};

// kNotFound where there is no such directory or it has no checkpoint; kDamaged as openCheckpoint()
// says; kIo where the system fails. Any thread.
Result<TileDirectory> openTileDirectory(const std::string& directory, const VerifierKey& key);

}  // namespace robotledger
