#include "core/ledger/verifier.h"

#include <algorithm>
#include <map>

#include "core/log/memory_log_store.h"
#include "core/merkle/tree.h"
#include "core/wire/event_codec.h"
#include "core/wire/state_codec.h"
#include "tests/core/ledger/ledger_testing.h"

namespace robotledger {
namespace {

constexpr std::uint64_t kManyEvents = 65536 + 700;  // tiles of three levels
constexpr std::size_t kEventsABatch = 4096;

// The events of a small history by hand: a project, an account, and that one disabled and enabled
// for ever after.
Event eventNumber(std::uint64_t sequence) {
  Event event{.sequence = Sequence{sequence},
              .time = Instant{static_cast<std::int64_t>(sequence)},
              .actor = "admin",
              .channel = Embedder{"test"},
              .reason = "as ever"};
  if (sequence == 0) {
    event.body = LedgerInitialized{"verify.example", {7}, 30, "admin", ""};
  } else if (sequence == 1) {
    event.body = ProjectCreated{ProjectId{1}, "web"};
  } else if (sequence == 2) {
    event.body = AccountCreated{.account = AccountId{1}, .project = ProjectId{1}, .name = "ci"};
  } else if (sequence % 2 == 1) {
    event.body = AccountDisabled{AccountId{1}};
  } else {
    event.body = AccountEnabled{AccountId{1}};
  }
  return event;
}

void append(LogStore& log, std::vector<Bytes> entries) {
  const auto id = newBatchId();
  ASSERT_TRUE(id);
  const AppendOutcome appended = log.append(log.head().size, LogBatch{*id, std::move(entries)});
  ASSERT_EQ(appended.ending, AppendEnding::kCommitted) << appended.error.message;
}

void appendEvents(LogStore& log, std::uint64_t until) {
  std::vector<Bytes> entries;
  for (std::uint64_t sequence = log.head().size.value; sequence < until; ++sequence) {
    entries.push_back(encodeEvent(eventNumber(sequence)));
    if (entries.size() == kEventsABatch || sequence + 1 == until) {
      append(log, std::exchange(entries, {}));
    }
  }
}

// Made once; nobody changes it.
const LogStore& manyEvents() {
  static const auto log = [] {
    auto made = std::make_unique<MemoryLogStore>();
    appendEvents(*made, kManyEvents);
    return made;
  }();
  return *log;
}

// An entry that is an event of that place, and not the one that is there.
Bytes otherEntry(std::uint64_t sequence) {
  Event event = eventNumber(sequence);
  event.reason = "for another reason";
  return encodeEvent(event);
}

// A store that gives other bytes than those it was given, and thinks nothing of it.
class LyingLog final : public LogStore {
 public:
  explicit LyingLog(const LogStore& log) : log_(log), head_(log.head()) {}

  void change(std::uint64_t sequence, Bytes entry) { records_[sequence] = std::move(entry); }
  void drop(std::uint64_t sequence) { records_[sequence] = std::nullopt; }
  void swap(std::uint64_t one, std::uint64_t other) {
    change(one, *log_.read(Sequence{other}));
    change(other, *log_.read(Sequence{one}));
  }
  void changeHash(TileId tile, std::size_t place, const Digest& hash) {
    tiles_[{tile.level, tile.index}][place] = hash;
  }
  void changeRoot(const Digest& root) { head_.root = root; }

  LogHead head() const override { return head_; }
  AppendOutcome append(TreeSize, const LogBatch&) override { return {}; }
  Result<Bytes> read(Sequence sequence) const override { return log_.read(sequence); }

  Result<std::unique_ptr<LogCursor>> scan(Sequence from, TreeSize until) const override {
    auto cursor = log_.scan(from, until);
    if (!cursor) return cursor.error();
    return std::unique_ptr<LogCursor>(std::make_unique<Cursor>(*this, *std::move(cursor), from));
  }

  Result<Bytes> hashTile(unsigned level, std::uint64_t index, unsigned width) const override {
    auto hashes = log_.hashTile(level, index, width);
    const auto changed = tiles_.find({level, index});
    if (!hashes || changed == tiles_.end()) return hashes;
    for (const auto& [place, hash] : changed->second) {
      if (place < width) hashes->replace(place * kDigestBytes, kDigestBytes, digestBytes(hash));
    }
    return hashes;
  }

 private:
  class Cursor final : public LogCursor {
   public:
    Cursor(const LyingLog& log, std::unique_ptr<LogCursor> cursor, Sequence from)
        : log_(log), cursor_(std::move(cursor)), at_(from.value) {}
    Result<std::optional<BytesView>> next() override {
      while (true) {
        auto record = cursor_->next();
        if (!record || !record->has_value()) return record;
        const auto changed = log_.records_.find(at_++);
        if (changed == log_.records_.end()) return record;
        if (changed->second) return std::optional<BytesView>(*changed->second);
      }
    }

   private:
    const LyingLog& log_;
    std::unique_ptr<LogCursor> cursor_;
    std::uint64_t at_;
  };

  const LogStore& log_;
  LogHead head_;
  std::map<std::uint64_t, std::optional<Bytes>> records_;
  std::map<std::pair<unsigned, std::uint64_t>, std::map<std::size_t, Digest>> tiles_;
};

std::string faultOf(const LogStore& log, SavedStates* copies = nullptr) {
  const auto verified = verifyLog(log, {.copies = copies});
  if (verified) return "none";
  EXPECT_EQ(verified.error().code, ErrorCode::kDamaged);
  return verified.error().message;
}

// What is wrong, without the hashes that are told with it.
std::string shortFaultOf(const LogStore& log) {
  const std::string fault = faultOf(log);
  return fault.substr(0, fault.find(':'));
}

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

// ---- the saved state --------------------------------------------------------------------------

class GivenCopy final : public SavedStates {
 public:
  explicit GivenCopy(std::optional<Bytes> bytes) : bytes_(std::move(bytes)) {}
  Result<std::optional<Bytes>> load() override { return bytes_; }
  Result<void> save(BytesView) override { return {}; }

 private:
  std::optional<Bytes> bytes_;
};

StateImage imageAt(std::uint64_t size) {
  State state;
  for (std::uint64_t sequence = 0; sequence < size; ++sequence) {
    EXPECT_TRUE(state.apply(eventNumber(sequence)));
  }
  return state.image();
}

std::string faultOfCopy(const Bytes& bytes) {
  GivenCopy copy(bytes);
  return faultOf(manyEvents(), &copy);
}

std::string faultOfCopy(const StateImage& image) {
  return faultOfCopy(encodeState(image, *rootAt(manyEvents(), image.size)));
}

TEST(VerifierOfCopies, FindsNothingWrongWithACopyOfAnySize) {
  for (const std::uint64_t size : {std::uint64_t{1}, std::uint64_t{5000}, kManyEvents}) {
    const StateImage image = imageAt(size);
    GivenCopy copy(encodeState(image, *rootAt(manyEvents(), image.size)));
    const auto verified = verifyLog(manyEvents(), {.copies = &copy});
    ASSERT_TRUE(verified) << verified.error().message;
    EXPECT_EQ(verified->copy, TreeSize{size});
  }
  GivenCopy none(std::nullopt);
  EXPECT_EQ(faultOf(manyEvents(), &none), "none");
}

TEST(VerifierOfCopies, SaysThatACopyIsDamaged) {
  Bytes bytes = encodeState(imageAt(5000), Digest{});
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  EXPECT_TRUE(faultOfCopy(bytes).starts_with("the saved state is damaged: "));
  EXPECT_TRUE(faultOfCopy(Bytes()).starts_with("the saved state is damaged: "));
}

TEST(VerifierOfCopies, NamesWhatACopyHasThatTheEventsDoNotGive) {
  const std::string differs = "the saved state differs from what the first 5000 events give, in ";
  StateImage image = imageAt(5000);
  image.accounts[0].status = AccountStatus::kEnabled;
  EXPECT_EQ(faultOfCopy(image), differs + "account 1");
  image = imageAt(5000);
  image.accounts.push_back(image.accounts[0]);
  image.accounts[1].id = AccountId{9};
  image.accounts[1].name = "one-more";
  EXPECT_EQ(faultOfCopy(image), differs + "account 9");
  image.accounts.clear();
  EXPECT_EQ(faultOfCopy(image), differs + "account 1");
  image = imageAt(5000);
  image.projects[0].name = "other";
  EXPECT_EQ(faultOfCopy(image), differs + "project 1");
  image = imageAt(5000);
  image.operators[0].roles.insert(Role::kAuditor);
  EXPECT_EQ(faultOfCopy(image), differs + "operator 1");
  image = imageAt(5000);
  image.verifier_key = "another";
  EXPECT_EQ(faultOfCopy(image), differs + "the origins or the key");
  image = imageAt(5000);
  image.former_origins = {"ledger.example/before"};
  EXPECT_EQ(faultOfCopy(image), differs + "the origins or the key");
  image = imageAt(5000);
  image.settings[0].days = 31;
  EXPECT_EQ(faultOfCopy(image), differs + "the settings or the counters");
}

TEST(VerifierOfCopies, SaysThatACopyIsOfAnotherLedgerOrLog) {
  StateImage image = imageAt(5000);
  image.ledger_id = {8};
  EXPECT_EQ(faultOfCopy(image), "the saved state is of another ledger");
  EXPECT_TRUE(faultOfCopy(encodeState(imageAt(5000), Digest{}))
                  .starts_with("the saved state is of another log: its root at 5000 events is "));
}

TEST(VerifierOfCopies, SaysThatACopyHasMoreEventsThanTheLog) {
  EXPECT_EQ(faultOfCopy(encodeState(imageAt(kManyEvents + 3), Digest{})),
            "the saved state was made of 66239 events, and the log has 66236");
}

TEST(VerifierOfCopies, SpeaksOfTheLogFirst) {
  GivenCopy copy{Bytes()};
  LyingLog log(manyEvents());
  log.change(785, otherEntry(785));
  EXPECT_TRUE(faultOf(log, &copy).starts_with("record 785 was changed"));
}

}  // namespace
}  // namespace robotledger
