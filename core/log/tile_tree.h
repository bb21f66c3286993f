// A log as static files, laid out as C2SP tlog-tiles says (https://c2sp.org/tlog-tiles): made from
// a log, and read as one.
//
//   tile/0/000               256 hashes of the level: a full tile, never to change
//   tile/0/x001/x234/067     the tile of index 1234067
//   tile/1/000.p/17          a tile of the right edge, so far 17 hashes wide
//   tile/entries/000         the entries of tile/0/000, each behind its length
//
//   writeTileTree(log, TreeSize{0}, size, [&](const std::string& path, BytesView bytes) {
//     return zip.add(path, bytes);
//   });
//   auto copy = openTileLog(size, root, [&](const std::string& path) { return zip.read(path); });
//   auto verified = verifyLog(*copy, {});
//
// Where the files lie is for the two functions to know: a directory (tile_directory.h), an archive.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/base/bytes.h"
#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/base/sha256.h"
#include "core/log/log_store.h"

namespace robotledger {

// Reads a file of the tree by its path below the tree's root. kNotFound where there is none. Called
// from several threads at a time where the log is.
using TileFileReader = std::function<Result<Bytes>(const std::string& path)>;

// The log that such files hold: for reading alone, append() ends as kNotWritten. Its head is what
// is given, with zeros for the batch: what a checkpoint says, and that is for the caller to believe
// or not. Nothing is read before it is asked for.
//
// A record is checked against its hash in the tile. Hashes, as with every log, are not checked
// against the root here: verifyLog() does that, and finds any byte that was changed in any file of
// the tree. A file that is missing or of another length is kDamaged and named. Of the right edge
// the partial tiles of this size are read, or where one is gone the full tile that replaced it in a
// tree that grew. The last few files that were read are kept in memory.
//
// Cursors live no longer than the log.
std::unique_ptr<LogStore> openTileLog(TreeSize size, const Digest& root, TileFileReader read);

// Takes a file of the tree; what it fails with ends the writing.
using TileFileWriter = std::function<Result<void>(const std::string& path, BytesView bytes)>;

// Tells `write` every file that a tree of the log's first `size` records has, but for those that
// were full in a tree of `from` records already; 0 for all. The order is fixed: for every 256
// records their bundle and the tiles that they finish, a tile before the one above it; last what is
// partial, the bundle first and then the levels from 0 up. Full tiles are the same at every size.
//
// All hashes are computed from the records, and compared with the log's: kDamaged names the record
// or the tile that is wrong, before it is written. kInvalidArgument for a size that the log does
// not have, or one before `from`. Fails also as `write` does. Any thread.
Result<void> writeTileTree(const LogStore& log, TreeSize from, TreeSize size,
                           const TileFileWriter& write);

}  // namespace robotledger
