// The verifier over a log that is published as files: it finds whatever is changed in any of them.
// ROBOTLEDGER_LONG_TESTS=1 changes every bit of the larger tree, too.
#include <cstdlib>
#include <random>

#include <gtest/gtest.h>

#include "core/ledger/verifier.h"
#include "core/log/memory_log_store.h"
#include "core/log/tile_tree.h"
#include "core/merkle/tiles.h"
#include "core/wire/event_codec.h"
#include "tests/core/ledger/verifier_testing.h"
#include "tests/core/log/published_store.h"
#include "tests/core/merkle/mutations.h"

namespace robotledger {
namespace {

class PublishedHistory {
 public:
  explicit PublishedHistory(std::uint64_t size) {
    appendEvents(log_, size);
    EXPECT_TRUE(writeTileTree(log_, TreeSize{0}, TreeSize{size}, files_.writer()));
    whole_ = files_.files();
  }
  const MemoryLogStore& log() const { return log_; }
  const std::map<std::string, Bytes>& whole() const { return whole_; }

  Result<VerifiedLog> verify(unsigned workers = 1) const {
    const LogHead head = log_.head();
    return verifyLog(*openTileLog(head.size, head.root, files_.reader()), {.workers = workers});
  }
  // What is found where that file is another; "none" where nothing is.
  std::string faultWith(const std::string& path, Bytes bytes) {
    files_.files()[path] = std::move(bytes);
    const auto verified = verify();
    files_.files()[path] = whole_.at(path);
    if (verified) return "none";
    EXPECT_EQ(verified.error().code, ErrorCode::kDamaged);
    return verified.error().message;
  }

 private:
  MemoryLogStore log_;
  PublishedFiles files_;
  std::map<std::string, Bytes> whole_;
};

TEST(TileLogVerify, FindsTheSameAsInTheLogItself) {
  for (const std::uint64_t size : {1U, 2U, 255U, 256U, 257U, 4097U, 66000U}) {
    const PublishedHistory published(size);
    const auto of_the_log = verifyLog(published.log(), {});
    ASSERT_TRUE(of_the_log) << of_the_log.error().message;
    for (const unsigned workers : {1U, 4U}) {
      const auto of_the_files = published.verify(workers);
      ASSERT_TRUE(of_the_files) << of_the_files.error().message;
      EXPECT_EQ(*of_the_files, *of_the_log);
    }
  }
}

TEST(TileLogVerify, FindsEveryChangedBitOfASmallTree) {
  for (const std::uint64_t size : {1U, 6U}) {
    PublishedHistory published(size);
    for (const auto& [path, bytes] : published.whole()) {
      forEachFlippedBit(bytes, [&, &path = path](const Bytes& changed, std::size_t at) {
        EXPECT_NE(published.faultWith(path, changed), "none") << path << " at " << at;
      });
    }
  }
}

// A tree with full and partial files at two levels.
TEST(TileLogVerify, FindsChangedBitsOfEveryFileOfATreeOfTwoLevels) {
  PublishedHistory published(300);
  ASSERT_EQ(published.whole().size(), 5U);
  const std::size_t step = std::getenv("ROBOTLEDGER_LONG_TESTS") != nullptr ? 1 : 61;
  for (const auto& [path, bytes] : published.whole()) {
    for (std::size_t bit = 0; bit < bytes.size() * 8; bit += step) {
      Bytes changed = bytes;
      changed[bit / 8] = static_cast<char>(bytes[bit / 8] ^ 1 << bit % 8);
      EXPECT_NE(published.faultWith(path, changed), "none") << path << ", bit " << bit;
    }
  }
}

TEST(TileLogVerify, FindsChangesOfAllKinds) {
  PublishedHistory published(300);
  std::mt19937 random(11);
  for (const auto& [path, bytes] : published.whole()) {
    for (int i = 0; i < 300; ++i) {
      const Bytes changed = mutated(bytes, random);
      EXPECT_EQ(published.faultWith(path, changed) == "none", changed == bytes) << path << ' ' << i;
    }
  }
}

TEST(TileLogVerify, NamesTheRecordOrTheTileThatWasChanged) {
  PublishedHistory published(700);
  const auto with = [&](const std::string& path, std::size_t place) {
    Bytes changed = published.whole().at(path);
    changed[place] = static_cast<char>(changed[place] ^ 1);
    const std::string fault = published.faultWith(path, changed);
    return fault.substr(0, fault.find(':'));
  };
  const Bytes& bundle = published.whole().at("tile/entries/001");
  EXPECT_EQ(with("tile/entries/001", bundle.size() - 9), "record 511 was changed");
  EXPECT_EQ(with("tile/0/001", 255 * kDigestBytes), "tile 0/1 was changed");
  // Nothing above vouches for a tile that is not full.
  EXPECT_EQ(with("tile/0/002.p/188", 7 * kDigestBytes),
            "record 519 and tile 0/2 do not fit together");
  EXPECT_EQ(with("tile/1/000.p/2", kDigestBytes),
            "records 256 to 511 and tile 1/0 do not fit together");
}

TEST(TileLogVerify, NamesAFileThatIsMissing) {
  PublishedHistory published(300);
  for (const auto& [path, bytes] : published.whole()) {
    const auto verified = verifyLog(
        *openTileLog(published.log().head().size, published.log().head().root,
                     [&, &missing = path](const std::string& file) -> Result<Bytes> {
                       const auto found = published.whole().find(file);
                       const bool is_there = found != published.whole().end() && file != missing;
                       if (is_there) return found->second;
                       return Error{ErrorCode::kNotFound, "there is no " + file};
                     }),
        {});
    ASSERT_FALSE(verified);
    EXPECT_EQ(verified.error(), (Error{ErrorCode::kDamaged, path + " is missing"}));
  }
}

TEST(TileLogVerify, FindsARootThatIsNotTheTrees) {
  const PublishedHistory published(300);
  Digest root = published.log().head().root;
  root[31] ^= 1;
  const auto verified = verifyLog(*openTileLog(TreeSize{300}, root,
                                               [&](const std::string& path) -> Result<Bytes> {
                                                 return published.whole().at(path);
                                               }),
                                  {});
  ASSERT_FALSE(verified);
  EXPECT_EQ(verified.error().code, ErrorCode::kDamaged);
  EXPECT_TRUE(verified.error().message.starts_with("the root of the records is "));
}

// A checkpoint may claim any size; nothing is then believed, or waited for.
TEST(TileLogVerify, DoesNotBelieveATreeOfAnAbsurdSize) {
  for (const std::uint64_t size :
       {~std::uint64_t{0}, std::uint64_t{1} << 63, ~std::uint64_t{4095}}) {
    // Every hash that is asked for is there: zeros.
    const auto zeros = [](const std::string& path) -> Result<Bytes> {
      const auto name = parseTilePath(path);
      if (!name || name->kind == TileKind::kEntries) {
        return Error{ErrorCode::kNotFound, "there is no " + path};
      }
      return Bytes(name->width * kDigestBytes, '\0');
    };
    const auto log = openTileLog(TreeSize{size}, {}, zeros);
    const auto root = rootAt(*log, TreeSize{size});
    ASSERT_TRUE(root) << root.error().message;
    const auto verified = verifyLog(*openTileLog(TreeSize{size}, *root, zeros), {});
    ASSERT_FALSE(verified);
    EXPECT_EQ(verified.error(), (Error{ErrorCode::kDamaged, "tile/entries/000 is missing"}));
  }
}

}  // namespace
}  // namespace robotledger
