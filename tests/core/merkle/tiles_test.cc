#include "core/merkle/tiles.h"

#include <limits>

#include <gtest/gtest.h>

namespace robotledger {
namespace {

TEST(Tiles, WidthIsWhatTheTreeHasOfATile) {
  const TreeSize size{70000};
  EXPECT_EQ(tileWidth({0, 0}, size), 256U);
  EXPECT_EQ(tileWidth({0, 272}, size), 256U);
  EXPECT_EQ(tileWidth({0, 273}, size), 112U);
  EXPECT_EQ(tileWidth({0, 274}, size), 0U);
  EXPECT_EQ(tileWidth({1, 0}, size), 256U);
  EXPECT_EQ(tileWidth({1, 1}, size), 17U);
  EXPECT_EQ(tileWidth({2, 0}, size), 1U);
  EXPECT_EQ(tileWidth({3, 0}, size), 0U);
  EXPECT_EQ(tileWidth({0, 0}, TreeSize{0}), 0U);
  const TreeSize most{std::numeric_limits<std::uint64_t>::max()};
  EXPECT_EQ(tileWidth({7, 0}, most), 255U);
  EXPECT_EQ(tileWidth({8, 0}, most), 0U);
  EXPECT_EQ(tileWidth({63, 0}, most), 0U);
}

TEST(Tiles, PathsAreWrittenInGroupsOfThreeDigits) {
  EXPECT_EQ(tilePath({{0, 1234067}, 256}), "tile/0/x001/x234/067");
  EXPECT_EQ(tilePath({{0, 1234067}, 17}), "tile/0/x001/x234/067.p/17");
  EXPECT_EQ(tilePath({{2, 0}, 1}), "tile/2/000.p/1");
  EXPECT_EQ(tilePath({{0, 1000}, 256, TileKind::kEntries}), "tile/entries/x001/000");
}

TEST(Tiles, PathsAreReadAsTheyAreWritten) {
  for (const std::uint64_t index :
       {std::uint64_t{0}, std::uint64_t{999}, std::uint64_t{1000}, std::uint64_t{1234067},
        std::uint64_t{1} << 56, std::numeric_limits<std::uint64_t>::max()}) {
    for (const unsigned width : {1U, 255U, 256U}) {
      for (const TileKind kind : {TileKind::kHashes, TileKind::kEntries}) {
        const TileName name{{kind == TileKind::kHashes ? 3U : 0U, index}, width, kind};
        const auto read = parseTilePath(tilePath(name));
        ASSERT_TRUE(read) << tilePath(name);
        EXPECT_EQ(*read, name);
      }
    }
  }
}

TEST(Tiles, NoOtherSpellingOfAPathIsTaken) {
  for (const char* path : {"",
                           "tile",
                           "tile/",
                           "tile/0",
                           "tile/0/",
                           "tile/0/0",
                           "tile/0/0000",
                           "tile/00/000",
                           "tile/64/000",
                           "tile/-1/000",
                           "tile/+1/000",
                           "tile/0/x000/000",
                           "tile/0/x000",
                           "tile/0/001/000",
                           "tile/0/x001",
                           "tile/0/x001/",
                           "tile/0/x001//000",
                           "tile/0/000/",
                           "tile/0/000.p",
                           "tile/0/000.p/",
                           "tile/0/000.p/0",
                           "tile/0/000.p/256",
                           "tile/0/000.p/01",
                           "tile/0/000.p/1/",
                           "tile/0/000.p/1.p/1",
                           "tile/0/00a",
                           "tile/x/000",
                           "tile/entries",
                           "tile/entriess/000",
                           "/tile/0/000",
                           "tile/0/ 00",
                           "tile/0/000 ",
                           "tile/0/X001/000",
                           "tile/0/x018/x446/x744/x073/x709/x551/616"}) {
    EXPECT_FALSE(parseTilePath(path)) << path;
  }
}

}  // namespace
}  // namespace robotledger
