#include "core/log/tile_directory.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>
#include <set>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/files.h"
#include "core/base/limits.h"
#include "core/merkle/proof.h"
#include "core/merkle/tiles.h"

namespace robotledger {
namespace {

namespace fs = std::filesystem;

constexpr const char* kCheckpointName = "checkpoint";
constexpr const char* kTreeName = "tile";
// What is being written. Of a killed export one such file is left, which the next one overwrites.
constexpr const char* kUnfinishedName = "tile/unfinished";
constexpr mode_t kFileMode = 0644;
constexpr mode_t kDirectoryMode = 0755;
// An entry of a bundle, with its length.
constexpr std::size_t kMaxBundledBytes = 2 + kMaxEntryBytes;

Error invalid(std::string what) { return {ErrorCode::kInvalidArgument, std::move(what)}; }
Error damaged(std::string what) { return {ErrorCode::kDamaged, std::move(what)}; }
Error failed(const std::string& what, const std::string& file, int error) {
  return {ErrorCode::kIo, "cannot " + what + " " + file + ": " + std::strerror(error)};
}

std::string records(TreeSize size) { return std::to_string(size.value) + " records"; }
std::string hex(const Digest& digest) { return toHex(digestBytes(digest)); }

Result<Bytes> readTileFile(const std::string& directory, const std::string& path) {
  const auto name = parseTilePath(path);
  if (!name) return invalid(path + " is no path of a published tile");
  const std::size_t each = name->kind == TileKind::kEntries ? kMaxBundledBytes : kDigestBytes;
  return readFileBelow(directory, path, name->width * each);
}

// Writes into a published tree. One at a time: it holds a lock.
class TileWriter {
 public:
  // With the lock. The directory is there.
  static Result<std::unique_ptr<TileWriter>> open(const std::string& directory) {
    Descriptor fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd.isOpen()) return failed("open", directory, errno);
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno != EWOULDBLOCK) return failed("lock", directory, errno);
      return Error{ErrorCode::kInUse, "another process exports to " + directory};
    }
    return std::unique_ptr<TileWriter>(new TileWriter(directory, std::move(fd)));
  }

  // Unless just that is there.
  Result<void> putTile(const std::string& path, BytesView bytes) {
    const auto there = readTileFile(directory_, path);
    if (there && *there == bytes) return {};
    if (auto staged = stage(bytes); !staged) return staged;
    return place(path);
  }

  // Writes what place() will put under its name.
  Result<void> stage(BytesView bytes) {
    if (auto made = makeDirectories(kTreeName); !made) return made;
    const std::string file = directory_ + "/" + kUnfinishedName;
    auto written = write(file, bytes);
    if (!written) ::unlink(file.c_str());
    staged_bytes_ = bytes.size();
    return written;
  }

  Result<void> place(const std::string& path) {
    const std::string staged = directory_ + "/" + kUnfinishedName;
    const std::string file = directory_ + "/" + path;
    auto placed = makeDirectories(fs::path(path).parent_path().string());
    if (placed && ::rename(staged.c_str(), file.c_str()) != 0) {
      placed = failed("make", file, errno);
    }
    if (!placed) {
      ::unlink(staged.c_str());
      return placed;
    }
    files_ += 1;
    bytes_ += staged_bytes_;
    return {};
  }

  // Makes all durable that was written into the file system since this was opened.
  Result<void> sync() {
    if (::syncfs(fd_.get()) == 0) return {};
    return failed("sync", directory_, errno);
  }

  // The partial ones of a tile that is full.
  void removePartialTiles(const TileName& full) {
    const std::string folder = directory_ + "/" + tilePath(full) + ".p";
    std::error_code ignored;
    if (!fs::is_directory(fs::symlink_status(folder, ignored))) return;
    for (TileName partial = full; --partial.width > 0;) {
      ::unlink((directory_ + "/" + tilePath(partial)).c_str());
    }
    ::rmdir(folder.c_str());
  }

  std::uint64_t files() const { return files_; }
  std::uint64_t bytes() const { return bytes_; }

 private:
  TileWriter(std::string directory, Descriptor fd)
      : directory_(std::move(directory)), fd_(std::move(fd)) {}

  static Result<void> write(const std::string& file, BytesView bytes) {
    const Descriptor out(
        ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, kFileMode));
    if (!out.isOpen()) return failed("make", file, errno);
    if (::fchmod(out.get(), kFileMode) != 0) return failed("give everybody", file, errno);
    return writeAll(out.get(), bytes, file);
  }

  // Those of a path below the directory.
  Result<void> makeDirectories(const std::string& path) {
    if (path.empty() || made_.contains(path)) return {};
    auto parent = makeDirectories(fs::path(path).parent_path().string());
    if (!parent) return parent;
    const std::string folder = directory_ + "/" + path;
    if (::mkdir(folder.c_str(), kDirectoryMode) == 0) {
      if (::chmod(folder.c_str(), kDirectoryMode) != 0) return failed("open up", folder, errno);
    } else if (errno != EEXIST) {
      return failed("make", folder, errno);
    }
    made_.insert(path);
    return {};
  }

  const std::string directory_;
  const Descriptor fd_;
  std::set<std::string> made_;
  std::size_t staged_bytes_ = 0;
  std::uint64_t files_ = 0;
  std::uint64_t bytes_ = 0;
};

// Whether the note is of the checkpoint, and that is of the log.
Result<void> checkRequest(const LogStore& log, const std::string& note,
                          const Checkpoint& checkpoint) {
  const auto parsed = parseNote(note);
  if (!parsed) return parsed.error();
  const auto noted = parseCheckpoint(parsed->text);
  if (!noted) return noted.error();
  if (*noted != checkpoint) return invalid("the note is of another checkpoint");
  const TreeSize size = log.head().size;
  if (checkpoint.size > size) {
    return invalid("the checkpoint is of " + records(checkpoint.size) + ", and the log has " +
                   std::to_string(size.value));
  }
  const auto root = rootFromTiles(checkpoint.size, std::bind_front(&LogStore::hashTile, &log));
  if (!root) return root.error();
  if (*root == checkpoint.root) return {};
  return damaged("the log's root at " + records(checkpoint.size) + " is " + hex(*root) +
                 ", and the checkpoint's is " + hex(checkpoint.root));
}

// What is in a directory that is there.
struct Found {
  Note note;
  Checkpoint checkpoint;
};

// Nothing where it is empty, or where a first export was cut short.
Result<std::optional<Found>> lookInto(const std::string& directory) {
  auto note = readFileBelow(directory, kCheckpointName, kMaxNoteBytes);
  if (!note && note.error().code == ErrorCode::kNotFound) {
    std::error_code error;
    const bool is_begun = fs::exists(fs::path(directory) / kTreeName, error);
    const bool is_empty = !error && fs::is_empty(directory, error);
    if (error) return failed("look into", directory, error.value());
    if (is_begun || is_empty) return std::optional<Found>();
    return invalid(directory +
                   " has files in it and is no published log; name an empty directory "
                   "or a new one");
  }
  if (!note) return note.error();
  auto parsed = parseNote(*note);
  if (!parsed) return damaged(directory + "/checkpoint: " + parsed.error().message);
  auto checkpoint = parseCheckpoint(parsed->text);
  if (!checkpoint) return damaged(directory + "/checkpoint: " + checkpoint.error().message);
  return std::optional(Found{*std::move(parsed), *std::move(checkpoint)});
}

// Whether the tree that is there is a beginning of the one that is to be.
Result<void> checkGrows(const LogStore& log, const Checkpoint& there, const Checkpoint& next,
                        const std::string& directory) {
  if (there.origin != next.origin) {
    return invalid(directory + " has the log " + there.origin + ", not " + next.origin +
                   "; each log needs a directory of its own");
  }
  const TreeSize size = log.head().size;
  if (there.size > size) {
    return damaged(directory + " has " + records(there.size) + " of this log, and the log has " +
                   std::to_string(size.value) + ": it lost some, or an older copy was put back");
  }
  if (there.size > next.size) {
    return invalid(directory + " has " + records(there.size) + " already, and the checkpoint is " +
                   "of " + std::to_string(next.size.value));
  }
  const auto root = rootFromTiles(there.size, std::bind_front(&LogStore::hashTile, &log));
  if (!root) return root.error();
  if (*root == there.root) return {};
  return damaged("the log's root at " + records(there.size) + " is " + hex(*root) + ", and " +
                 directory + "/checkpoint has " + hex(there.root) + ": one of the two was changed");
}

bool isThere(const std::string& directory, const TileName& name) {
  struct stat info {};
  const std::string file = directory + "/" + tilePath(name);
  if (::lstat(file.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return false;
  return name.kind == TileKind::kEntries ? info.st_size > 0 : info.st_size == kTileBytes;
}

// The size up to which all full files of a tree of `size` are there.
TreeSize wholeUpTo(const std::string& directory, TreeSize size) {
  TreeSize whole = size;
  for (unsigned level = 0; level < kTileLevels; ++level) {
    for (TileId tile{level, 0}; tileWidth(tile, whole) == kTileWidth; ++tile.index) {
      const bool has_entries =
          level > 0 || isThere(directory, {tile, kTileWidth, TileKind::kEntries});
      if (has_entries && isThere(directory, {tile})) continue;
      whole = TreeSize{tile.index << (kTileHeight * (level + 1))};
      break;
    }
  }
  return whole;
}

Result<void> writeTree(const LogStore& log, TreeSize from, TreeSize size, TileWriter& out,
                       const ExportProgress& progress) {
  TreeSize done{from.value - from.value % kTileWidth};
  return writeTileTree(log, from, size, [&](const std::string& path, BytesView bytes) {
    auto put = out.putTile(path, bytes);
    const auto name = parseTilePath(path);
    if (put && name && name->kind == TileKind::kEntries) {
      done.value += name->width;
      if (progress) progress(done, size);
    }
    return put;
  });
}

// What the full tiles made needless that were written from `from` on.
void removeNeedless(TreeSize from, TreeSize size, TileWriter& out) {
  for (unsigned level = 0; level < kTileLevels; ++level) {
    TileId tile{level, hashesAtLevel(level, from) / kTileWidth};
    for (; tileWidth(tile, size) == kTileWidth; ++tile.index) {
      out.removePartialTiles({tile});
      if (level == 0) out.removePartialTiles({tile, kTileWidth, TileKind::kEntries});
    }
  }
}

// Whether what is there says the same with the same signatures; it may have witnesses' as well.
bool says(const Found& there, const std::string& note) {
  const auto next = parseNote(note);
  if (!next || next->text != there.note.text) return false;
  return std::ranges::all_of(next->signatures, [&](const NoteSignature& signature) {
    return std::ranges::find(there.note.signatures, signature) != there.note.signatures.end();
  });
}

// Makes durable what was written, and then has the note, which covers it, where it is read.
Result<void> publish(const std::string& note, const std::string& directory, TileWriter& out) {
  auto published = out.stage(note);
  if (published) published = out.sync();
  if (published) published = out.place(kCheckpointName);
  if (published) published = syncDirectory(directory);
  return published;
}

}  // namespace

Result<ExportedTiles> exportTiles(const LogStore& log, const std::string& note,
                                  const Checkpoint& checkpoint, const std::string& directory,
                                  const ExportProgress& progress) {
  if (auto fits = checkRequest(log, note, checkpoint); !fits) return fits.error();
  if (::mkdir(directory.c_str(), kDirectoryMode) == 0) {
    if (::chmod(directory.c_str(), kDirectoryMode) != 0) return failed("open up", directory, errno);
  } else if (errno != EEXIST) {
    return invalid("cannot make " + directory + ": " + std::strerror(errno));
  } else if (std::error_code error; !fs::is_directory(directory, error)) {
    return invalid(directory + " is no directory");
  }
  const auto out = TileWriter::open(directory);
  if (!out) return out.error();
  const auto there = lookInto(directory);
  if (!there) return there.error();
  TreeSize had;
  if (*there) {
    had = (*there)->checkpoint.size;
    auto grows = checkGrows(log, (*there)->checkpoint, checkpoint, directory);
    if (!grows) return grows.error();
  }

  const TreeSize from = wholeUpTo(directory, had);
  auto written = writeTree(log, from, checkpoint.size, **out, progress);
  if (!written) return written.error();
  const bool is_said = *there && says(**there, note);
  written = is_said ? (*out)->sync() : publish(note, directory, **out);
  if (!written) return written.error();
  removeNeedless(from, checkpoint.size, **out);
  return ExportedTiles{.had = had,
                       .size = checkpoint.size,
                       .files_written = (*out)->files(),
                       .bytes_written = (*out)->bytes()};
}

TileFileReader tileDirectoryReader(std::string directory) {
  return [directory = std::move(directory)](const std::string& path) {
    return readTileFile(directory, path);
  };
}

Result<TileDirectory> openTileDirectory(const std::string& directory, const VerifierKey& key) {
  auto note = readFileBelow(directory, kCheckpointName, kMaxNoteBytes);
  if (!note) return note.error();
  auto opened = openCheckpoint(*note, key);
  if (!opened) return damaged(directory + "/checkpoint: " + opened.error().message);
  const Checkpoint& checkpoint = opened->checkpoint;
  auto log = openTileLog(checkpoint.size, checkpoint.root, tileDirectoryReader(directory));
  return TileDirectory{*std::move(note), std::move(opened->checkpoint), std::move(log)};
}

}  // namespace robotledger
