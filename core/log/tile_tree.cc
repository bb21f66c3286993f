#include "core/log/tile_tree.h"

#include <list>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "core/log/log_rules.h"
#include "core/log/tile_check.h"
#include "core/merkle/entry_bundle.h"
#include "core/merkle/proof.h"
#include "core/merkle/tiles.h"
#include "core/merkle/tree.h"

namespace robotledger {
namespace {

// What is kept in memory of the files that were read last.
constexpr std::size_t kRecentFiles = 64;
constexpr std::size_t kRecentBytes = std::size_t{16} << 20;

// A file of the tree. It does not move: the entries are views into its bytes.
struct TileFile {
  TileName name;
  Bytes bytes;                     // of hashes, as many as the tree has of them
  std::vector<BytesView> entries;  // of a bundle, up to what is wrong with it
  std::optional<Error> fault;      // what is wrong with a bundle, at its last entry at the latest
};
using SharedFile = std::shared_ptr<const TileFile>;

// The files that were read last, the newest first. Any thread.
class RecentFiles {
 public:
  SharedFile find(const TileName& name) {
    const std::lock_guard lock(mutex_);
    for (auto at = files_.begin(); at != files_.end(); ++at) {
      if ((*at)->name != name) continue;
      files_.splice(files_.begin(), files_, at);
      return files_.front();
    }
    return nullptr;
  }

  void keep(const SharedFile& file) {
    const std::lock_guard lock(mutex_);
    files_.push_front(file);
    bytes_ += file->bytes.size();
    while (files_.size() > 1 && (files_.size() > kRecentFiles || bytes_ > kRecentBytes)) {
      bytes_ -= files_.back()->bytes.size();
      files_.pop_back();
    }
  }

 private:
  std::mutex mutex_;
  std::list<SharedFile> files_;
  std::size_t bytes_ = 0;
};

// The entries of a bundle as far as they can be told apart, and why no further.
void splitBundle(TileFile& file, unsigned width) {
  auto whole = readEntryBundle(file.bytes, width);
  if (whole) {
    file.entries = *std::move(whole);
    return;
  }
  file.fault = whole.error();
  ByteReader in(file.bytes);
  while (file.entries.size() + 1 < width) {
    const BytesView entry = in.take(in.bigEndian16());
    if (!in.ok()) return;
    file.entries.push_back(entry);
  }
}

class TileLog final : public LogStore {
 public:
  TileLog(TreeSize size, const Digest& root, TileFileReader read)
      : head_{.size = size, .root = root, .batch = {}}, read_(std::move(read)) {}

  LogHead head() const override { return head_; }

  AppendOutcome append(TreeSize, const LogBatch&) override {
    return {.ending = AppendEnding::kNotWritten,
            .head = head_,
            .error = {ErrorCode::kInvalidArgument, "a published tree takes no records"}};
  }

  Result<Bytes> read(Sequence sequence) const override {
    if (auto refused = refuseRead(head_, sequence)) return *refused;
    const auto bundle = bundleOf(sequence);
    if (!bundle) return bundle.error();
    const auto entry = checkedEntry(**bundle, sequence);
    if (!entry) return entry.error();
    return Bytes(*entry);
  }

  Result<std::unique_ptr<LogCursor>> scan(Sequence from, TreeSize until) const override;

  Result<Bytes> hashTile(unsigned level, std::uint64_t index, unsigned width) const override {
    if (auto refused = refuseTile(head_, level, index, width)) return *refused;
    const auto tile = file(nameOf({level, index}, TileKind::kHashes));
    if (!tile) return tile.error();
    return (*tile)->bytes.substr(0, width * kDigestBytes);
  }

  // The bundle that has the record, which is one of the log's.
  Result<SharedFile> bundleOf(Sequence sequence) const {
    return file(nameOf({0, sequence.value / kTileWidth}, TileKind::kEntries));
  }

  // A view into the bundle, which is the one that has the record.
  Result<BytesView> checkedEntry(const TileFile& bundle, Sequence sequence) const {
    const std::size_t place = sequence.value % kTileWidth;
    if (place >= bundle.entries.size()) {
      return damagedRecord(
          sequence, "cannot be read from " + tilePath(bundle.name) + ": " + bundle.fault->message);
    }
    const auto tile = file(nameOf(bundle.name.tile, TileKind::kHashes));
    if (!tile) return tile.error();
    const BytesView entry = bundle.entries[place];
    const Digest leaf = leafHash(entry);
    const BytesView hashes = (*tile)->bytes;
    if (hashes.substr(place * kDigestBytes, kDigestBytes) != digestBytes(leaf)) {
      Bytes computed(hashes);
      computed.replace(place * kDigestBytes, kDigestBytes, digestBytes(leaf));
      if (auto fault = checkTile(*this, bundle.name.tile, computed)) return fault->error;
    }
    if (entry.empty()) return damagedRecord(sequence, "has no bytes");
    return entry;
  }

 private:
  // The tile as wide as this tree has it.
  TileName nameOf(TileId tile, TileKind kind) const {
    return {.tile = tile, .width = tileWidth(tile, head_.size), .kind = kind};
  }

  Result<SharedFile> file(const TileName& name) const {
    if (auto known = recent_.find(name)) return known;
    TileName published = name;
    auto bytes = read_(tilePath(published));
    if (!bytes && bytes.error().code == ErrorCode::kNotFound && name.width < kTileWidth) {
      published.width = kTileWidth;
      bytes = read_(tilePath(published));
    }
    if (!bytes && bytes.error().code == ErrorCode::kNotFound) {
      return Error{ErrorCode::kDamaged, tilePath(name) + " is missing"};
    }
    if (!bytes) return bytes.error();
    auto made = std::make_shared<TileFile>();
    made->name = name;
    made->bytes = *std::move(bytes);
    if (name.kind == TileKind::kEntries) {
      splitBundle(*made, published.width);
    } else if (made->bytes.size() != published.width * kDigestBytes) {
      return Error{ErrorCode::kDamaged, tilePath(published) + " has " +
                                            std::to_string(made->bytes.size()) + " bytes, not " +
                                            std::to_string(published.width * kDigestBytes)};
    } else {
      made->bytes.resize(name.width * kDigestBytes);
    }
    recent_.keep(made);
    return SharedFile(std::move(made));
  }

  const LogHead head_;
  const TileFileReader read_;
  mutable RecentFiles recent_;
};

class TileCursor final : public LogCursor {
 public:
  TileCursor(const TileLog& log, Sequence from, TreeSize until)
      : log_(log), next_(from), until_(until) {}

  Result<std::optional<BytesView>> next() override {
    if (next_.value == until_.value) return std::optional<BytesView>();
    if (bundle_ == nullptr || bundle_->name.tile.index != next_.value / kTileWidth) {
      auto bundle = log_.bundleOf(next_);
      if (!bundle) return bundle.error();
      bundle_ = *std::move(bundle);
    }
    const auto entry = log_.checkedEntry(*bundle_, next_);
    if (!entry) return entry.error();
    ++next_.value;
    return std::optional<BytesView>(*entry);
  }

 private:
  const TileLog& log_;
  Sequence next_;
  TreeSize until_;
  SharedFile bundle_;
};

Result<std::unique_ptr<LogCursor>> TileLog::scan(Sequence from, TreeSize until) const {
  if (auto refused = refuseScan(head_, from, until)) return *refused;
  return std::unique_ptr<LogCursor>(std::make_unique<TileCursor>(*this, from, until));
}

// The next `width` records of the cursor, as the two files that they are in.
struct Leaves {
  Bytes bundle;
  Bytes tile;
  std::vector<Digest> hashes;
};

Result<Leaves> readLeaves(LogCursor& cursor, Sequence first, unsigned width) {
  Leaves leaves;
  leaves.hashes.reserve(width);
  for (unsigned i = 0; i < width; ++i) {
    const auto record = cursor.next();
    if (!record) return record.error();
    if (!record->has_value()) return damagedRecord(Sequence{first.value + i}, "is missing");
    if (auto put = putEntry(leaves.bundle, **record); !put) return put.error();
    leaves.hashes.push_back(leafHash(**record));
    leaves.tile += digestBytes(leaves.hashes.back());
  }
  return leaves;
}

Result<void> compareTile(const LogStore& log, TileId tile, BytesView hashes) {
  const auto width = static_cast<unsigned>(hashes.size() / kDigestBytes);
  const auto stored = log.hashTile(tile.level, tile.index, width);
  if (!stored) return stored.error();
  if (*stored == hashes) return {};
  return damagedTile(tile.level, tile.index,
                     "is not what the records give; 'verify' names what was changed");
}

Result<void> writeTile(const LogStore& log, TileId tile, BytesView hashes,
                       const TileFileWriter& write) {
  if (auto fits = compareTile(log, tile, hashes); !fits) return fits;
  const auto width = static_cast<unsigned>(hashes.size() / kDigestBytes);
  return write(tilePath({tile, width}), hashes);
}

// The tree of the full tiles of level 0 that a tree of `size` has.
Result<TreeBuilder> treeOfFullTiles(const LogStore& log, TreeSize size) {
  return TreeBuilder::restore(TreeSize{size.value - size.value % kTileWidth}, {}, [&](TileId tile) {
    return log.hashTile(tile.level, tile.index, kTileWidth);
  });
}

}  // namespace

std::unique_ptr<LogStore> openTileLog(TreeSize size, const Digest& root, TileFileReader read) {
  return std::make_unique<TileLog>(size, root, std::move(read));
}

Result<void> writeTileTree(const LogStore& log, TreeSize from, TreeSize size,
                           const TileFileWriter& write) {
  if (auto refused = refuseScan(log.head(), Sequence{from.value}, size)) return *refused;
  auto tree = treeOfFullTiles(log, from);
  if (!tree) return tree.error();
  const auto cursor = log.scan(Sequence{tree->size().value}, size);
  if (!cursor) return cursor.error();
  while (tree->size() < size) {
    const TileId tile{0, tree->size().value / kTileWidth};
    const unsigned width = tileWidth(tile, size);
    auto leaves = readLeaves(**cursor, Sequence{tree->size().value}, width);
    if (!leaves) return leaves.error();
    if (auto fits = compareTile(log, tile, leaves->tile); !fits) return fits;
    TreeGrowth growth = tree->grow(leaves->hashes);
    auto written = write(tilePath({tile, width, TileKind::kEntries}), leaves->bundle);
    if (!written) return written;
    for (const FinishedTile& finished : growth.finishedTiles()) {
      written = writeTile(log, finished.id, finished.hashes, write);
      if (!written) return written;
    }
    tree->commit(std::move(growth));
  }
  for (unsigned level = 0; level < kTileLevels; ++level) {
    const BytesView hashes = tree->unfinishedTile(level);
    if (hashes.empty()) continue;
    const TileId tile{level, hashesAtLevel(level, size) / kTileWidth};
    if (auto written = writeTile(log, tile, hashes, write); !written) return written;
  }
  return {};
}

}  // namespace robotledger
