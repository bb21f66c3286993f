#include "core/ledger/verifier.h"

#include <algorithm>

#include "core/merkle/tree.h"
#include "tests/core/ledger/verifier_testing.h"

namespace robotledger {
namespace {

TEST(Verifier, FindsNothingWrongWithAnHonestLogOfAnySize) {
  MemoryLogStore log;
  for (const std::uint64_t size : {1, 2, 255, 256, 257, 4095, 4096, 4097, 65535, 65536, 65793}) {
    SCOPED_TRACE(size);
    appendEvents(log, size);
    std::uint64_t tiles = 0;
    for (std::uint64_t hashes = size; hashes > 0; hashes /= 256) tiles += (hashes + 255) / 256;
    for (const unsigned workers : {0U, 1U, 2U, 7U}) {
      const auto verified = verifyLog(log, {.workers = workers});
      ASSERT_TRUE(verified) << verified.error().message;
      EXPECT_EQ(*verified, (VerifiedLog{TreeSize{size}, log.head().root, tiles, std::nullopt}));
    }
  }
}

TEST(Verifier, TellsHowFarItIs) {
  std::vector<std::uint64_t> told;
  ASSERT_TRUE(verifyLog(manyEvents(), {.progress = [&](TreeSize done, TreeSize all) {
                          EXPECT_EQ(all.value, kManyEvents);
                          told.push_back(done.value);
                        }}));
  EXPECT_TRUE(std::ranges::is_sorted(told));
  EXPECT_GT(told.size(), 10u);
  EXPECT_EQ(told.back(), kManyEvents);
}

TEST(Verifier, NamesARecordThatWasChanged) {
  for (const std::uint64_t sequence :
       {std::uint64_t{7}, std::uint64_t{785}, std::uint64_t{65535}}) {
    LyingLog log(manyEvents());
    log.change(sequence, otherEntry(sequence));
    EXPECT_EQ(shortFaultOf(log), "record " + std::to_string(sequence) + " was changed");
  }
}

TEST(Verifier, NamesTheHashesOfWhatDoesNotFit) {
  LyingLog log(manyEvents());
  log.change(785, otherEntry(785));
  const auto hex = [](const Digest& digest) { return toHex(digestBytes(digest)); };
  EXPECT_EQ(faultOf(log), "record 785 was changed: hash 17 of tile 0/3 is " +
                              hex(leafHash(encodeEvent(eventNumber(785)))) +
                              ", and that of record 785 is " + hex(leafHash(otherEntry(785))));
}

// Nothing above a tile that is not full vouches for it, or for its records.
TEST(Verifier, NamesARecordThatWasChangedInTheLastTile) {
  LyingLog log(manyEvents());
  log.change(kManyEvents - 1, otherEntry(kManyEvents - 1));
  EXPECT_EQ(shortFaultOf(log), "record 66235 and tile 0/258 do not fit together");
}

TEST(Verifier, NamesARecordThatIsMissing) {
  for (const std::uint64_t sequence : {std::uint64_t{0}, std::uint64_t{300}}) {
    LyingLog log(manyEvents());
    log.drop(sequence);
    EXPECT_EQ(shortFaultOf(log),
              "record " + std::to_string(sequence) + " of the log is no event of that place");
  }
  LyingLog log(manyEvents());
  log.drop(kManyEvents - 1);
  EXPECT_EQ(faultOf(log), "record 66235 is missing");
}

TEST(Verifier, NamesTheFirstOfTwoRecordsThatWereSwapped) {
  LyingLog log(manyEvents());
  log.swap(9000, 50);
  EXPECT_EQ(shortFaultOf(log), "record 50 of the log is no event of that place");
}

TEST(Verifier, NamesARecordThatIsNoEvent) {
  LyingLog log(manyEvents());
  log.change(20000, Bytes(64, 'x'));
  EXPECT_EQ(shortFaultOf(log), "record 20000 of the log is no event of that place");
}

TEST(Verifier, NamesARecordThatItsOwnStoreFindsDamaged) {
  MemoryLogStore log;
  appendEvents(log, 3000);
  log.damageRecord(Sequence{2500}, otherEntry(2500));
  EXPECT_EQ(shortFaultOf(log), "record 2500 was changed");
}

TEST(Verifier, NamesATileThatWasChanged) {
  for (const TileId tile : {TileId{0, 0}, TileId{0, 100}, TileId{1, 0}}) {
    LyingLog log(manyEvents());
    log.changeHash(tile, 3, Digest{});
    EXPECT_EQ(shortFaultOf(log), "tile " + std::to_string(tile.level) + "/" +
                                     std::to_string(tile.index) + " was changed");
  }
  LyingLog log(manyEvents());
  log.changeHash(TileId{2, 0}, 0, Digest{});
  EXPECT_EQ(shortFaultOf(log), "records 0 to 65535 and tile 2/0 do not fit together");
}

// Who changes a record and its leaf as well is found by the tile above, and so on up to the head.
TEST(Verifier, NamesTheTileOfRecordsWhoseLeavesWereChangedWithThem) {
  LyingLog log(manyEvents());
  Bytes leaves = *manyEvents().hashTile(0, 3, kTileWidth);
  const Digest leaf = leafHash(otherEntry(785));
  log.change(785, otherEntry(785));
  log.changeHash(TileId{0, 3}, 17, leaf);
  EXPECT_EQ(shortFaultOf(log), "records 768 to 1023 were changed");

  leaves.replace(17 * kDigestBytes, kDigestBytes, digestBytes(leaf));
  Bytes roots = *manyEvents().hashTile(1, 0, kTileWidth);
  log.changeHash(TileId{1, 0}, 3, tileRoot(leaves));
  EXPECT_EQ(shortFaultOf(log), "records 0 to 65535 and tile 2/0 do not fit together");

  roots.replace(3 * kDigestBytes, kDigestBytes, digestBytes(tileRoot(leaves)));
  log.changeHash(TileId{2, 0}, 0, tileRoot(roots));
  EXPECT_TRUE(faultOf(log).starts_with("the root of the records is ")) << faultOf(log);
}

TEST(Verifier, FindsAHeadThatIsNotThatOfTheRecords) {
  LyingLog log(manyEvents());
  log.changeRoot(Digest{});
  EXPECT_TRUE(faultOf(log).ends_with("and the log's head has " + toHex(digestBytes(Digest{}))));
}

TEST(Verifier, NamesWhatIsWrongFirst) {
  LyingLog log(manyEvents());
  log.change(60000, otherEntry(60000));
  log.changeHash(TileId{0, 2}, 10, Digest{});
  log.change(525, otherEntry(525));
  log.drop(9000);
  EXPECT_EQ(shortFaultOf(log), "record 522 and tile 0/2 do not fit together");
}

// Logs that were made so, with all their hashes right.
std::string faultOfLogWith(const Event& odd) {
  MemoryLogStore log;
  appendEvents(log, 6);
  append(log, {encodeEvent(odd)});
  return faultOf(log);
}

TEST(Verifier, NamesAnEventThatCannotBe) {
  Event twice = eventNumber(6);
  twice.body = AccountDisabled{AccountId{1}};
  EXPECT_TRUE(faultOfLogWith(twice).starts_with(
      "event 6, account_disabled, cannot follow on what came before it: "));
  Event nobody = eventNumber(6);
  nobody.body = AccountDeleted{AccountId{2}};
  EXPECT_EQ(faultOfLogWith(nobody),
            "event 6, account_deleted, cannot follow on what came before it: no such account "
            "lives");
}

TEST(Verifier, NamesAnEventWhoseTimeGoesBack) {
  Event early = eventNumber(6);
  early.time = Instant{4};
  EXPECT_EQ(faultOfLogWith(early),
            "event 6, account_enabled, cannot follow on what came before it: its time is before "
            "that of the event before it");
}

TEST(Verifier, NamesAnEventThatSkipsASequence) {
  Event ahead = eventNumber(6);
  ahead.sequence = Sequence{7};
  EXPECT_EQ(faultOfLogWith(ahead), "record 6 of the log is no event of that place");
}

TEST(Verifier, NamesAnImpossibleEventBeforeARecordThatWasChangedAfterIt) {
  MemoryLogStore made;
  appendEvents(made, 6);
  Event early = eventNumber(6);
  early.time = Instant{4};
  append(made, {encodeEvent(early)});
  appendEvents(made, 400);
  LyingLog log(made);
  log.change(200, otherEntry(200));
  EXPECT_TRUE(faultOf(log).starts_with("event 6, ")) << faultOf(log);
  log.change(5, otherEntry(5));
  EXPECT_EQ(shortFaultOf(log), "record 5 was changed");
}

}  // namespace
}  // namespace robotledger
