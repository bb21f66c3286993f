#include "core/log/tile_tree.h"

#include <set>

#include <gtest/gtest.h>

#include "core/log/memory_log_store.h"
#include "core/merkle/entry_bundle.h"
#include "core/merkle/proof.h"
#include "core/merkle/tiles.h"
#include "core/merkle/tree.h"
#include "tests/core/log/log_testing.h"
#include "tests/core/log/published_store.h"

namespace robotledger {
namespace {

std::map<std::string, Bytes> treeOf(const LogStore& log, std::size_t from, std::size_t size) {
  PublishedFiles files;
  const auto written = writeTileTree(log, TreeSize{from}, TreeSize{size}, files.writer());
  EXPECT_TRUE(written) << written.error().message;
  return std::move(files.files());
}

// The tree by its definition: every tile of the naive tree, and every bundle.
std::map<std::string, Bytes> naiveTreeFiles(std::size_t size) {
  std::map<std::string, Bytes> files;
  const std::vector<Digest> leaves = numberedLeaves(size);
  for (unsigned level = 0; level < kTileLevels; ++level) {
    for (std::uint64_t index = 0;; ++index) {
      const Bytes tile = naiveTile(leaves, level, index);
      if (tile.empty()) break;
      const auto width = static_cast<unsigned>(tile.size() / kDigestBytes);
      files[tilePath({{level, index}, width})] = tile;
      if (level > 0) continue;
      Bytes bundle;
      for (std::size_t i = 0; i < width; ++i) {
        EXPECT_TRUE(putEntry(bundle, numberedEntry(index * kTileWidth + i)));
      }
      files[tilePath({{0, index}, width, TileKind::kEntries})] = bundle;
    }
  }
  return files;
}

bool isFull(const std::string& path) { return path.find(".p/") == std::string::npos; }

class TileTree : public testing::Test {
 protected:
  // The published tree, read as a log of `size` records.
  std::unique_ptr<LogStore> opened(std::size_t size) {
    return openTileLog(TreeSize{size}, naiveRoot(numberedLeaves(size)), files_.reader());
  }
  void publish(std::size_t size) {
    fillTo(log_, size);
    files_.files() = treeOf(log_, 0, size);
  }
  MemoryLogStore log_;
  PublishedFiles files_;
};

TEST_F(TileTree, HasTheFilesOfTheDefinitionAtEverySize) {
  fillTo(log_, 66000);
  for (const std::size_t size :
       {0U, 1U, 2U, 255U, 256U, 257U, 511U, 512U, 65535U, 65536U, 66000U}) {
    EXPECT_EQ(treeOf(log_, 0, size), naiveTreeFiles(size)) << size;
  }
}

TEST_F(TileTree, LeavesOutWhatWasFullBefore) {
  fillTo(log_, 66000);
  for (const auto& [from, size] : {std::pair(0U, 0U),
                                   {1U, 1U},
                                   {255U, 256U},
                                   {256U, 256U},
                                   {256U, 257U},
                                   {300U, 700U},
                                   {512U, 65536U},
                                   {65500U, 65600U},
                                   {65536U, 65536U},
                                   {65536U, 66000U},
                                   {66000U, 66000U}}) {
    std::map<std::string, Bytes> expected = naiveTreeFiles(size);
    for (const auto& [path, bytes] : naiveTreeFiles(from)) {
      if (isFull(path)) expected.erase(path);
    }
    EXPECT_EQ(treeOf(log_, from, size), expected) << from << " to " << size;
  }
}

TEST_F(TileTree, IsToldInTheSameOrderBundlesBeforeTheirTilesAndTilesBeforeThoseAbove) {
  fillTo(log_, 513);
  std::vector<std::string> paths;
  const auto written = writeTileTree(log_, TreeSize{0}, TreeSize{513},
                                     [&](const std::string& path, BytesView) -> Result<void> {
                                       paths.push_back(path);
                                       return {};
                                     });
  ASSERT_TRUE(written);
  EXPECT_EQ(paths, (std::vector<std::string>{"tile/entries/000", "tile/0/000", "tile/entries/001",
                                             "tile/0/001", "tile/entries/002.p/1", "tile/0/002.p/1",
                                             "tile/1/000.p/2"}));
}

TEST_F(TileTree, EndsWhereItsWriterFails) {
  fillTo(log_, 300);
  int told = 0;
  const auto written = writeTileTree(log_, TreeSize{0}, TreeSize{300},
                                     [&](const std::string&, BytesView) -> Result<void> {
                                       if (++told < 3) return {};
                                       return Error{ErrorCode::kIo, "the disk is full"};
                                     });
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().message, "the disk is full");
  EXPECT_EQ(told, 3);
}

TEST_F(TileTree, RefusesSizesThatTheLogDoesNotHave) {
  fillTo(log_, 10);
  for (const auto& [from, size] : {std::pair(0U, 11U), {5U, 4U}, {11U, 11U}}) {
    const auto written = writeTileTree(log_, TreeSize{from}, TreeSize{size}, files_.writer());
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, ErrorCode::kInvalidArgument);
  }
  EXPECT_TRUE(files_.files().empty());
}

TEST_F(TileTree, IsNotWrittenFromARecordThatWasChanged) {
  fillTo(log_, 600);
  log_.damageRecord(Sequence{300}, "other");
  const auto written = writeTileTree(log_, TreeSize{0}, TreeSize{600}, files_.writer());
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::kDamaged);
  EXPECT_TRUE(written.error().message.starts_with("record 300 was changed"))
      << written.error().message;
  EXPECT_FALSE(files_.files().contains("tile/entries/001"));
}

// A log one of whose tiles, or its records with their leaf hashes, are not what was written.
class ChangedTileLog final : public LogStore {
 public:
  ChangedTileLog(const LogStore& log, TileId changed) : log_(log), changed_(changed) {}
  LogHead head() const override { return log_.head(); }
  AppendOutcome append(TreeSize, const LogBatch&) override { return {}; }
  Result<Bytes> read(Sequence sequence) const override { return log_.read(sequence); }
  Result<std::unique_ptr<LogCursor>> scan(Sequence from, TreeSize until) const override {
    return log_.scan(from, until);
  }
  Result<Bytes> hashTile(unsigned level, std::uint64_t index, unsigned width) const override {
    auto tile = log_.hashTile(level, index, width);
    if (tile && TileId{level, index} == changed_) tile->front() ^= 1;
    return tile;
  }

 private:
  const LogStore& log_;
  TileId changed_;
};

TEST_F(TileTree, IsNotWrittenFromTilesThatWereChanged) {
  fillTo(log_, 66000);
  for (const TileId tile :
       {TileId{0, 3}, TileId{0, 257}, TileId{1, 0}, TileId{1, 1}, TileId{2, 0}}) {
    files_.files().clear();
    const ChangedTileLog changed(log_, tile);
    const auto written = writeTileTree(changed, TreeSize{0}, TreeSize{66000}, files_.writer());
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, ErrorCode::kDamaged);
    const std::string name =
        "tile " + std::to_string(tile.level) + "/" + std::to_string(tile.index);
    EXPECT_TRUE(written.error().message.starts_with(name + " is not what the records give"))
        << written.error().message;
    for (const auto& [path, bytes] : files_.files()) {
      const auto parsed = parseTilePath(path);
      ASSERT_TRUE(parsed);
      EXPECT_NE(parsed->tile, tile) << path;
    }
  }
}

TEST_F(TileTree, TakesNoRecords) {
  publish(10);
  const auto log = opened(10);
  const AppendOutcome outcome = log->append(TreeSize{10}, numberedBatch(10, 1));
  EXPECT_EQ(outcome.ending, AppendEnding::kNotWritten);
  EXPECT_EQ(outcome.error.code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(outcome.head, log->head());
  EXPECT_EQ(log->head(), (LogHead{.size = TreeSize{10}, .root = log_.head().root, .batch = {}}));
}

TEST_F(TileTree, GivesRootsAndProofsOfAnySmallerTree) {
  publish(700);
  const auto log = opened(700);
  const HashTileReader read = std::bind_front(&LogStore::hashTile, log.get());
  const std::vector<Digest> leaves = numberedLeaves(700);
  for (const std::size_t size : {0U, 1U, 255U, 256U, 257U, 511U, 600U, 700U}) {
    const auto root = rootFromTiles(TreeSize{size}, read);
    ASSERT_TRUE(root) << root.error().message;
    EXPECT_EQ(*root, naiveRoot(std::span(leaves).first(size)));
    if (size == 0) continue;
    const auto path = proveInclusion(Sequence{size / 2}, TreeSize{size}, read);
    ASSERT_TRUE(path) << path.error().message;
    EXPECT_EQ(*path, naivePath(size / 2, std::span(leaves).first(size)));
    const auto grown = proveConsistency(TreeSize{size}, TreeSize{700}, read);
    ASSERT_TRUE(grown) << grown.error().message;
    EXPECT_EQ(*grown, naiveSubproof(size, leaves, Known::kYes));
  }
}

TEST_F(TileTree, ReadsFromATreeThatGrewWhosePartialTilesAreGone) {
  publish(1000);
  std::erase_if(files_.files(), [](const auto& file) { return !isFull(file.first); });
  expectNumbered(*opened(700), 700);
  const auto log = opened(700);
  EXPECT_EQ(*log->hashTile(0, 2, 188), naiveTile(numberedLeaves(700), 0, 2));
  EXPECT_EQ(log->hashTile(0, 2, 189).error().code, ErrorCode::kNotFound);
  // Nothing replaces the tile above.
  const auto above = log->hashTile(1, 0, 1);
  ASSERT_FALSE(above);
  EXPECT_EQ(above.error(), (Error{ErrorCode::kDamaged, "tile/1/000.p/2 is missing"}));
}

TEST_F(TileTree, ReadsAFileOnceForAllItsRecords) {
  publish(600);
  std::map<std::string, int> reads;
  const auto log = openTileLog(TreeSize{600}, log_.head().root, [&](const std::string& path) {
    ++reads[path];
    return files_.reader()(path);
  });
  expectNumbered(*log, 600);
  for (std::size_t i = 0; i < 600; ++i) ASSERT_EQ(*log->read(Sequence{i}), numberedEntry(i));
  EXPECT_EQ(reads.size(), 6U);
  for (const auto& [path, times] : reads) EXPECT_EQ(times, 1) << path;
}

TEST_F(TileTree, FailsAsItsReaderDoesAndReadsAgainLater) {
  publish(300);
  int failures = 1;
  const auto log =
      openTileLog(TreeSize{300}, log_.head().root, [&](const std::string& path) -> Result<Bytes> {
        if (failures-- > 0) return Error{ErrorCode::kIo, "the disk failed"};
        return files_.reader()(path);
      });
  EXPECT_EQ(log->read(Sequence{7}).error(), (Error{ErrorCode::kIo, "the disk failed"}));
  EXPECT_EQ(*log->read(Sequence{7}), numberedEntry(7));
}

// What read() and scan() say of the first record that is wrong; nothing where none is.
std::string firstWrong(const LogStore& log) {
  const auto cursor = log.scan(Sequence{0}, log.head().size);
  for (std::uint64_t i = 0; i < log.head().size.value; ++i) {
    const auto record = log.read(Sequence{i});
    const auto scanned = (*cursor)->next();
    EXPECT_EQ(record.has_value(), scanned.has_value());
    if (record) continue;
    EXPECT_EQ(record.error(), scanned.error());
    EXPECT_EQ(record.error().code, ErrorCode::kDamaged);
    return record.error().message;
  }
  return "";
}

TEST_F(TileTree, NamesTheRecordThatWasChangedAndReadsTheOthers) {
  publish(300);
  Bytes& bundle = files_.files()["tile/entries/000"];
  bundle[bundle.find("entry-77") + 7] = '8';
  const auto log = opened(300);
  EXPECT_TRUE(firstWrong(*log).starts_with("record 77 was changed: ")) << firstWrong(*log);
  EXPECT_EQ(*log->read(Sequence{78}), numberedEntry(78));
}

TEST_F(TileTree, NamesTheRecordFromWhichOnABundleCannotBeRead) {
  publish(300);
  const auto whole = files_.files();
  const auto wrong = [&](const std::string& path, const Bytes& bytes) {
    files_.files() = whole;
    files_.files()[path] = bytes;
    return firstWrong(*opened(300));
  };
  const Bytes& full = whole.at("tile/entries/000");
  EXPECT_EQ(wrong("tile/entries/000", full.substr(0, full.size() - 1)),
            "record 255 cannot be read from tile/entries/000: the bundle is cut off in entry 255 "
            "of 256");
  EXPECT_EQ(wrong("tile/entries/000", full + "x"),
            "record 255 cannot be read from tile/entries/000: the bundle has 1 bytes behind its "
            "256 entries");
  EXPECT_EQ(wrong("tile/entries/000", ""),
            "record 0 cannot be read from tile/entries/000: the bundle is cut off in entry 0 of "
            "256");
  const std::string partial = "tile/entries/001.p/44";
  EXPECT_EQ(wrong(partial, whole.at(partial).substr(0, 24)),
            "record 258 cannot be read from " + partial +
                ": the bundle is cut off in entry 2 of "
                "44");
  // An entry that is longer takes the next one's length with it.
  Bytes longer = full;
  longer[1] = static_cast<char>(longer[1] + 1);
  EXPECT_TRUE(wrong("tile/entries/000", longer).starts_with("record 0 was changed: "));
}

TEST_F(TileTree, NamesFilesThatAreMissingOrOfAnotherLength) {
  publish(300);
  const auto whole = files_.files();
  for (const auto& [path, bytes] : whole) {
    files_.files() = whole;
    files_.files().erase(path);
    const auto log = opened(300);
    const auto above = log->hashTile(1, 0, 1);
    const std::string said = above ? firstWrong(*log) : above.error().message;
    EXPECT_EQ(said, path + " is missing");
    if (parseTilePath(path)->kind == TileKind::kEntries) continue;
    files_.files()[path] = bytes + "x";
    const auto longer = opened(300);
    const auto still_above = longer->hashTile(1, 0, 1);
    EXPECT_EQ(still_above ? firstWrong(*longer) : still_above.error().message,
              path + " has " + std::to_string(bytes.size() + 1) + " bytes, not " +
                  std::to_string(bytes.size()));
  }
}

TEST_F(TileTree, HasNoEmptyRecords) {
  // As somebody might publish it who is not a log of ours.
  files_.files() = {{"tile/entries/000.p/1", Bytes(2, '\0')},
                    {"tile/0/000.p/1", Bytes(digestBytes(leafHash("")))}};
  const auto log = openTileLog(TreeSize{1}, leafHash(""), files_.reader());
  EXPECT_EQ(firstWrong(*log), "record 0 has no bytes");
}

}  // namespace
}  // namespace robotledger
