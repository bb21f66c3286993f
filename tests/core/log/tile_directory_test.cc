#include "core/log/tile_directory.h"

#include <fstream>
#include <map>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/limits.h"
#include "core/log/memory_log_store.h"
#include "tests/core/log/log_testing.h"
#include "tests/core/log/published_store.h"
#include "tests/core/merkle/test_keys.h"

namespace robotledger {
namespace {

namespace fs = std::filesystem;

Bytes contents(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void put(const fs::path& file, BytesView bytes) {
  fs::create_directories(file.parent_path());
  std::ofstream out(file, std::ios::binary);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  ASSERT_TRUE(out.good());
}

class TileDirectoryTest : public testing::Test {
 protected:
  Checkpoint checkpointAt(std::size_t size) const {
    return {.origin = kLogName, .size = TreeSize{size}, .root = naiveRoot(numberedLeaves(size))};
  }
  std::string noteAt(std::size_t size) const { return *signCheckpoint(checkpointAt(size), *key_); }

  Result<ExportedTiles> exportAt(std::size_t size) {
    return exportTiles(log_, noteAt(size), checkpointAt(size), path().string(), {});
  }
  ExportedTiles exported(std::size_t size) {
    const auto done = exportAt(size);
    EXPECT_TRUE(done) << done.error().message;
    return done ? *done : ExportedTiles{};
  }
  Error refused(std::size_t size) {
    const auto before = all();
    const auto done = exportAt(size);
    EXPECT_FALSE(done);
    EXPECT_EQ(all(), before) << "nothing is changed";
    return done ? Error{} : done.error();
  }

  // Everything below the directory, by path.
  std::map<std::string, Bytes> all() const {
    std::map<std::string, Bytes> files;
    if (!fs::exists(path())) return files;
    for (const auto& entry : fs::recursive_directory_iterator(path())) {
      if (!entry.is_regular_file()) continue;
      files[fs::relative(entry.path(), path()).string()] = contents(entry.path());
    }
    return files;
  }
  // What a directory has that was exported at that size in one go.
  std::map<std::string, Bytes> wholeAt(std::size_t size) const {
    PublishedFiles files;
    EXPECT_TRUE(writeTileTree(log_, TreeSize{0}, TreeSize{size}, files.writer()));
    files.files()["checkpoint"] = noteAt(size);
    return std::move(files.files());
  }

  fs::path path() const { return directory_.path() / "tiles"; }

  TestDirectory directory_;
  MemoryLogStore log_;
  std::unique_ptr<SigningKey> key_ = logKey();
};

TEST_F(TileDirectoryTest, HasTheWholeTreeAndOpensUnderItsKey) {
  fillTo(log_, 700);
  const ExportedTiles done = exported(700);
  EXPECT_EQ(all(), wholeAt(700));
  std::uint64_t bytes = 0;
  for (const auto& [file, content] : all()) bytes += content.size();
  EXPECT_EQ(done, (ExportedTiles{.had = {},
                                 .size = TreeSize{700},
                                 .files_written = all().size(),
                                 .bytes_written = bytes}));
  const auto opened = openTileDirectory(path().string(), key_->verifierKey());
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ(opened->checkpoint, checkpointAt(700));
  EXPECT_EQ(opened->note, noteAt(700));
  expectNumbered(*opened->log, 700);
}

TEST_F(TileDirectoryTest, GrowsFromAnySizeToAnyAndWritesOnlyWhatIsNew) {
  fillTo(log_, 66000);
  std::size_t size = 0;
  for (const std::size_t next :
       {0U, 1U, 5U, 255U, 256U, 300U, 511U, 512U, 1000U, 65535U, 65536U, 65900U, 66000U}) {
    std::map<std::string, Bytes> before = all();
    const ExportedTiles done = exported(next);
    EXPECT_EQ(done.had.value, size);
    size = next;
    std::map<std::string, Bytes> after = all();
    std::size_t new_files = 0;
    for (const auto& [file, bytes] : after) new_files += before[file] == bytes ? 0 : 1;
    EXPECT_EQ(done.files_written, new_files) << next;
    // Of the tiles that are not full yet, those of older checkpoints are there as well.
    std::map<std::string, Bytes> whole = wholeAt(next);
    for (const auto& [file, bytes] : whole) EXPECT_EQ(after[file], bytes) << file;
    for (const auto& [file, bytes] : after) {
      if (whole.contains(file)) continue;
      const std::size_t partial = file.find(".p/");
      ASSERT_NE(partial, std::string::npos) << file;
      EXPECT_FALSE(after.contains(file.substr(0, partial))) << file << " is replaced by a full one";
    }
    const auto opened = openTileDirectory(path().string(), key_->verifierKey());
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_EQ(opened->checkpoint.size.value, next);
  }
  expectNumbered(*openTileDirectory(path().string(), key_->verifierKey())->log, 66000);
}

TEST_F(TileDirectoryTest, WritesNothingWhenNothingIsNew) {
  fillTo(log_, 700);
  exported(700);
  const auto before = all();
  EXPECT_EQ(exported(700), (ExportedTiles{.had = TreeSize{700}, .size = TreeSize{700}}));
  EXPECT_EQ(all(), before);
}

TEST_F(TileDirectoryTest, KeepsTheSignaturesThatOthersAddedToTheSameCheckpoint) {
  fillTo(log_, 300);
  exported(300);
  const auto witness = witnessKey();
  const std::string text = formatCheckpoint(checkpointAt(300));
  const std::string witnessed = noteAt(300) + cosignatureLine(text, kWitnessTime, *witness);
  put(path() / "checkpoint", witnessed);
  exported(300);
  EXPECT_EQ(contents(path() / "checkpoint"), witnessed);
  // One that the log has not signed does not say the same.
  put(path() / "checkpoint", text + "\n" + cosignatureLine(text, kWitnessTime, *witness));
  exported(300);
  EXPECT_EQ(contents(path() / "checkpoint"), noteAt(300));
}

TEST_F(TileDirectoryTest, FinishesWhatAKilledExportLeft) {
  fillTo(log_, 1200);
  for (const std::size_t had : {0U, 300U}) {
    fs::remove_all(path());
    if (had > 0) exported(had);
    const auto before = all();
    const auto whole = wholeAt(1200);
    // Killed after each file, with one of them half written, and one that the disk lost again.
    for (const auto& [last, last_bytes] : whole) {
      if (last == "checkpoint") continue;
      fs::remove_all(path());
      for (const auto& [file, bytes] : before) put(path() / file, bytes);
      for (const auto& [file, bytes] : whole) {
        if (file == "checkpoint") continue;
        put(path() / file, bytes);
        if (file == last) break;
      }
      put(path() / "tile/unfinished", "half");
      put(path() / last, before.contains(last) ? before.at(last) : last_bytes.substr(0, 20));
      exported(1200);
      auto after = all();
      for (const auto& [file, bytes] : whole) ASSERT_EQ(after[file], bytes) << file;
      ASSERT_FALSE(after.contains("tile/unfinished"));
    }
  }
}

TEST_F(TileDirectoryTest, StillReadsByTheOldCheckpointWhileANewOneIsBeingWritten) {
  fillTo(log_, 1200);
  exported(300);
  const auto opened = openTileDirectory(path().string(), key_->verifierKey());
  ASSERT_TRUE(opened);
  const std::string note = noteAt(1200);
  std::size_t told = 0;
  const auto done =
      exportTiles(log_, note, checkpointAt(1200), path().string(), [&](TreeSize at, TreeSize of) {
        ++told;
        EXPECT_EQ(of.value, 1200U);
        EXPECT_EQ(at.value, std::min<std::uint64_t>(1200, 256 + told * 256));
        EXPECT_EQ(contents(path() / "checkpoint"), noteAt(300));
      });
  ASSERT_TRUE(done);
  EXPECT_EQ(told, 4U);
  // Its partial tiles are gone, and the full ones have all that it asks for but the tile above.
  expectNumbered(*opened->log, 300);
}

TEST_F(TileDirectoryTest, WritesAgainWhatIsGoneOrCutShort) {
  fillTo(log_, 66000);
  exported(66000);
  const auto whole = all();
  for (const char* file : {"tile/0/003", "tile/entries/200", "tile/1/000", "tile/0/257.p/208",
                           "tile/1/001.p/1", "checkpoint"}) {
    fs::remove(path() / file);
    const ExportedTiles done = exported(66000);
    EXPECT_EQ(done.files_written, 1U) << file;
    EXPECT_EQ(all(), whole) << file;
  }
  fs::resize_file(path() / "tile/0/003", 8191);
  fs::resize_file(path() / "tile/entries/003", 0);
  EXPECT_EQ(exported(66000).files_written, 2U);
  EXPECT_EQ(all(), whole);
}

TEST_F(TileDirectoryTest, LeavesFilesOfOthersAlone) {
  fillTo(log_, 700);
  exported(300);
  put(path() / "index.html", "hello");
  put(path() / "tile/0/001.p/notes.txt", "hello");
  put(path() / "tile/0/001.p/300", "no width");
  exported(700);
  auto after = all();
  EXPECT_EQ(after["index.html"], "hello");
  EXPECT_EQ(after["tile/0/001.p/notes.txt"], "hello");
  EXPECT_EQ(after["tile/0/001.p/300"], "no width");
  EXPECT_FALSE(after.contains("tile/0/001.p/44"));
}

TEST_F(TileDirectoryTest, IsReadableForAllWhateverTheUmaskIs) {
  fillTo(log_, 300);
  const mode_t old = ::umask(0077);
  exported(300);
  ::umask(old);
  const auto mode = [](const fs::path& at) {
    struct stat info {};
    EXPECT_EQ(::stat(at.c_str(), &info), 0);
    return info.st_mode & 0777U;
  };
  EXPECT_EQ(mode(path()), 0755U);
  for (const auto& entry : fs::recursive_directory_iterator(path())) {
    EXPECT_EQ(mode(entry.path()), entry.is_directory() ? 0755U : 0644U) << entry.path();
  }
}

TEST_F(TileDirectoryTest, RefusesADirectoryThatIsSomethingElse) {
  fillTo(log_, 300);
  put(path() / "holiday.jpg", "x");
  EXPECT_EQ(refused(300),
            (Error{ErrorCode::kInvalidArgument,
                   path().string() + " has files in it and is no published log; name an empty "
                                     "directory or a new one"}));
  fs::remove(path() / "holiday.jpg");
  exported(300);
  fs::remove_all(path());
  put(path(), "a file");
  EXPECT_EQ(exportAt(300).error(),
            (Error{ErrorCode::kInvalidArgument, path().string() + " is no directory"}));
  EXPECT_EQ(contents(path()), "a file");
  const auto nowhere = exportTiles(log_, noteAt(300), checkpointAt(300),
                                   (directory_.path() / "no" / "tiles").string(), {});
  EXPECT_EQ(nowhere.error().code, ErrorCode::kInvalidArgument);
}

TEST_F(TileDirectoryTest, RefusesTheTreeOfAnotherLog) {
  fillTo(log_, 300);
  const auto other = *SigningKey::generate("other.example/robots");
  Checkpoint checkpoint = checkpointAt(300);
  checkpoint.origin = "other.example/robots";
  ASSERT_TRUE(
      exportTiles(log_, *signCheckpoint(checkpoint, *other), checkpoint, path().string(), {}));
  const Error error = refused(300);
  EXPECT_EQ(error.code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(error.message, path().string() + " has the log other.example/robots, not " + kLogName +
                               "; each log needs a directory of its own");
}

TEST_F(TileDirectoryTest, RefusesALargerTreeAndOneThatIsNoPrefix) {
  fillTo(log_, 300);
  exported(300);
  EXPECT_EQ(refused(299).code, ErrorCode::kInvalidArgument);

  MemoryLogStore older;
  fillTo(older, 299);
  const auto lost = exportTiles(older, noteAt(299), checkpointAt(299), path().string(), {});
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error(),
            (Error{ErrorCode::kDamaged, path().string() +
                                            " has 300 records of this log, and the log has "
                                            "299: it lost some, or an older copy was put back"}));

  MemoryLogStore fork;
  fillTo(fork, 299);
  ASSERT_EQ(fork.append(TreeSize{299}, {.id = {}, .entries = {"another", "more"}}).ending,
            AppendEnding::kCommitted);
  const Checkpoint forked{.origin = kLogName, .size = TreeSize{301}, .root = fork.head().root};
  const auto before = all();
  const auto differs =
      exportTiles(fork, *signCheckpoint(forked, *key_), forked, path().string(), {});
  ASSERT_FALSE(differs);
  EXPECT_EQ(differs.error().code, ErrorCode::kDamaged);
  EXPECT_NE(differs.error().message.find("one of the two was changed"), std::string::npos);
  EXPECT_EQ(all(), before);
}

TEST_F(TileDirectoryTest, RefusesACheckpointThatIsNotTheLogs) {
  fillTo(log_, 300);
  EXPECT_EQ(exportTiles(log_, noteAt(200), checkpointAt(300), path().string(), {}).error(),
            (Error{ErrorCode::kInvalidArgument, "the note is of another checkpoint"}));
  EXPECT_EQ(refused(301).code, ErrorCode::kInvalidArgument);
  Checkpoint changed = checkpointAt(300);
  changed.root[0] ^= 1;
  const auto done =
      exportTiles(log_, *signCheckpoint(changed, *key_), changed, path().string(), {});
  EXPECT_EQ(done.error().code, ErrorCode::kDamaged);
  EXPECT_FALSE(fs::exists(path()));
}

TEST_F(TileDirectoryTest, RefusesADirectoryWhoseCheckpointIsNone) {
  fillTo(log_, 300);
  exported(300);
  put(path() / "checkpoint", "hello\n");
  const Error error = refused(300);
  EXPECT_EQ(error.code, ErrorCode::kDamaged);
  EXPECT_TRUE(error.message.starts_with(path().string() + "/checkpoint: ")) << error.message;
}

TEST_F(TileDirectoryTest, IsWrittenByOneAtATime) {
  fillTo(log_, 300);
  exported(300);
  const int fd = ::open(path().c_str(), O_RDONLY | O_DIRECTORY);
  ASSERT_EQ(::flock(fd, LOCK_EX), 0);
  EXPECT_EQ(refused(300).code, ErrorCode::kInUse);
  ::close(fd);
  exported(300);
}

TEST_F(TileDirectoryTest, SaysWhatTheDiskRefusedAndLeavesNothingHalfWritten) {
  fillTo(log_, 300);
  fs::create_directories(path() / "tile/0/000");  // where a file has to be
  put(path() / "tile/0/000/x", "x");
  const auto done = exportAt(300);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::kIo);
  EXPECT_TRUE(done.error().message.starts_with("cannot make " + path().string() + "/tile/0/000: "))
      << done.error().message;
  EXPECT_FALSE(fs::exists(path() / "tile/unfinished"));
  EXPECT_FALSE(fs::exists(path() / "checkpoint"));
}

TEST_F(TileDirectoryTest, ReadsNothingOutsideOfTheDirectoryAndNoPaths) {
  fillTo(log_, 300);
  exported(300);
  put(directory_.path() / "secret", "secret");
  const TileFileReader read = tileDirectoryReader(path().string());
  for (const char* file : {"../secret", "tile/../../secret", "/etc/passwd", "checkpoint", "tile/0",
                           "tile/0/000/", "tile/0/0", "", "tile//000", "tile/entries/000.p/0"}) {
    EXPECT_EQ(read(file).error().code, ErrorCode::kInvalidArgument) << file;
  }
  EXPECT_EQ(read("tile/0/007").error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(read("tile/0/000"));

  fs::remove(path() / "tile/0/000");
  fs::create_symlink(directory_.path() / "secret", path() / "tile/0/000");
  EXPECT_EQ(read("tile/0/000").error().code, ErrorCode::kDamaged);
  fs::rename(path() / "tile/entries", path() / "elsewhere");
  fs::create_directory_symlink(path() / "elsewhere", path() / "tile/entries");
  EXPECT_EQ(read("tile/entries/000").error().code, ErrorCode::kDamaged);
}

TEST_F(TileDirectoryTest, ReadsNoFilesThatAreLargerThanTheyCanBe) {
  const TileFileReader read = tileDirectoryReader(path().string());
  put(path() / "tile/0/001.p/3", Bytes(97, 'x'));
  EXPECT_EQ(read("tile/0/001.p/3").error(),
            (Error{ErrorCode::kDamaged, (path() / "tile/0/001.p/3").string() +
                                            " has 97 bytes, and cannot have more than 96"}));
  put(path() / "tile/entries/000.p/2", Bytes(2 * (2 + kMaxEntryBytes), 'x'));
  EXPECT_TRUE(read("tile/entries/000.p/2"));
  put(path() / "tile/entries/000.p/2", Bytes(2 * (2 + kMaxEntryBytes) + 1, 'x'));
  EXPECT_EQ(read("tile/entries/000.p/2").error().code, ErrorCode::kDamaged);
}

TEST_F(TileDirectoryTest, DoesNotOpenWithoutACheckpointOfTheKey) {
  fillTo(log_, 300);
  EXPECT_EQ(openTileDirectory(path().string(), key_->verifierKey()).error().code,
            ErrorCode::kNotFound);
  exported(300);
  const auto other = *SigningKey::generate(kLogName);
  const auto opened = openTileDirectory(path().string(), other->verifierKey());
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kDamaged);
  EXPECT_TRUE(opened.error().message.starts_with(path().string() + "/checkpoint: "));
  put(path() / "checkpoint", Bytes(kMaxNoteBytes + 1, 'x'));
  EXPECT_EQ(openTileDirectory(path().string(), key_->verifierKey()).error().code,
            ErrorCode::kDamaged);
}

}  // namespace
}  // namespace robotledger
