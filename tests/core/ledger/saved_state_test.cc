#include "core/ledger/saved_state.h"

#include <filesystem>
#include <fstream>

#include <sys/stat.h>

#include "core/ledger/verifier.h"
#include "core/merkle/tree.h"
#include "core/wire/state_codec.h"
#include "tests/core/ledger/ledger_testing.h"
#include "tests/core/log/log_testing.h"

namespace robotledger {
namespace {

// In memory, and counts.
class MemoryCopies final : public SavedStates {
 public:
  std::optional<Bytes> bytes;
  int saves = 0;
  bool broken = false;

  Result<std::optional<Bytes>> load() override {
    if (broken) return Error{ErrorCode::kIo, "the copy cannot be read"};
    return bytes;
  }
  Result<void> save(BytesView fresh) override {
    saves += 1;
    if (broken) return Error{ErrorCode::kIo, "the copy cannot be written"};
    bytes = Bytes(fresh);
    return {};
  }
};

// Events of a project with accounts, and a copy of the state at some of them.
struct Copied {
  MemoryLedger made;
  MemoryCopies copies;
  StateImage newest;

  explicit Copied(int accounts = 8) {
    const auto ledger = made.open();
    outcomeOf(*ledger, CreateProject{"web"});
    for (int i = 0; i < accounts; ++i) {
      if (i == accounts / 2) copies.bytes = copyOf(*ledger);
      outcomeOf(*ledger, newAccount("web", "ci-" + std::to_string(i)));
    }
    newest = imageOf(*ledger);
  }
  static Bytes copyOf(Ledger& ledger) { return encodeState(imageOf(ledger), ledger.head().root); }
  LoadedState load() {
    auto loaded = loadState(*made.log, &copies);
    EXPECT_TRUE(loaded) << (loaded ? "" : loaded.error().message);
    return loaded ? std::move(*loaded) : LoadedState{};
  }
};

TEST(SavedState, ACopyOfThisLogIsUsedAndTheEventsAfterItApplied) {
  Copied copied;
  const LoadedState loaded = copied.load();
  EXPECT_EQ(loaded.copied_at.value, 6u);
  EXPECT_EQ(loaded.state.image(), copied.newest);
}

// That it is used shows where what it covers cannot be read any more.
TEST(SavedState, WhatACopyCoversIsNotRead) {
  Copied copied;
  copied.made.log->damageRecord(Sequence{3}, "changed");
  EXPECT_EQ(copied.load().state.image(), copied.newest);
  copied.copies.bytes.reset();
  const auto folded = loadState(*copied.made.log, &copied.copies);
  ASSERT_FALSE(folded);
  EXPECT_EQ(folded.error().code, ErrorCode::kDamaged);
  EXPECT_NE(folded.error().message.find("record 3"), std::string::npos);
}

TEST(SavedState, ACopyOfAnotherLogIsPassedOver) {
  Copied copied;
  const Copied other;
  copied.copies.bytes = other.copies.bytes;
  const LoadedState loaded = copied.load();
  EXPECT_EQ(loaded.copied_at.value, 0u);
  EXPECT_EQ(loaded.state.image(), copied.newest);
}

TEST(SavedState, ACopyOfAnotherLogThatIsLongerIsPassedOver) {
  Copied copied(4);
  const Copied longer(20);
  copied.copies.bytes = longer.copies.bytes;
  EXPECT_EQ(copied.load().copied_at.value, 0u);
}

TEST(SavedState, ACopyOfMoreThanTheLogHasSaysThatTheLogLostSome) {
  Copied copied;
  auto saved = decodeState(*copied.copies.bytes);
  ASSERT_TRUE(saved);
  saved->image.size = TreeSize{copied.made.log->head().size.value + 1};
  copied.copies.bytes = encodeState(saved->image, saved->root);
  const auto loaded = loadState(*copied.made.log, &copied.copies);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, ErrorCode::kDamaged);
}

TEST(SavedState, ADamagedCopyIsPassedOverWhereverItIsDamaged) {
  Copied copied;
  const Bytes good = *copied.copies.bytes;
  for (std::size_t at = 0; at < good.size(); at += 7) {
    Bytes bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x10);
    copied.copies.bytes = bad;
    const LoadedState loaded = copied.load();
    ASSERT_EQ(loaded.copied_at.value, 0u) << at;
    ASSERT_EQ(loaded.state.image(), copied.newest) << at;
  }
  for (const std::size_t length : {std::size_t{0}, std::size_t{1}, good.size() - 1}) {
    copied.copies.bytes = good.substr(0, length);
    ASSERT_EQ(copied.load().state.image(), copied.newest) << length;
  }
}

TEST(SavedState, AnImpossibleImageWithTheRightRootIsPassedOver) {
  Copied copied;
  auto saved = decodeState(*copied.copies.bytes);
  ASSERT_TRUE(saved);
  saved->image.accounts.push_back(saved->image.accounts.front());
  copied.copies.bytes = encodeState(saved->image, saved->root);
  EXPECT_EQ(copied.load().copied_at.value, 0u);
}

TEST(SavedState, ACopyThatCannotBeReadCostsOnlyTime) {
  Copied copied;
  copied.copies.broken = true;
  EXPECT_EQ(copied.load().state.image(), copied.newest);
}

TEST(SavedState, IsSavedAfterSoManyEventsAndOpensTheLedger) {
  MemoryLedger made;
  MemoryCopies copies;
  auto ledger = made.open({}, &copies, 10);
  for (int i = 0; i < 32; ++i) outcomeOf(*ledger, CreateProject{"p" + std::to_string(i)});
  const StateImage image = imageOf(*ledger);
  ledger.reset();
  EXPECT_EQ(copies.saves, 3);
  ASSERT_TRUE(copies.bytes);
  const auto saved = decodeState(*copies.bytes);
  ASSERT_TRUE(saved);
  EXPECT_GE(saved->image.size.value, 10u);
  EXPECT_EQ(rootAt(*made.log, saved->image.size).value(), saved->root);
  EXPECT_EQ(imageOf(*made.open({}, &copies, 10)), image);
}

TEST(SavedState, KeepsTheOriginsAndTheKeyOfRollbacks) {
  MemoryLedger made;
  MemoryCopies copies;
  auto ledger = made.open();
  outcomeOf(*ledger, RollBackLedger{TreeSize{9}, {}, "test.example/2", "key 2", {}});
  outcomeOf(*ledger, RollBackLedger{TreeSize{9}, {}, "test.example/3", "key 3", {}});
  const StateImage image = imageOf(*ledger);
  EXPECT_EQ(image.origin, "test.example/3");
  EXPECT_EQ(image.former_origins, (std::set<std::string>{"test.example/robots", "test.example/2"}));
  EXPECT_EQ(image.verifier_key, "key 3");
  copies.bytes = Copied::copyOf(*ledger);
  ledger.reset();
  ledger = made.open({}, &copies);
  EXPECT_EQ(imageOf(*ledger), image);
  EXPECT_EQ(outcomeOf(*ledger, RollBackLedger{TreeSize{9}, {}, "test.example/2", "key 2", {}}),
            "invalid_name");
}

TEST(SavedState, ALedgerThatCannotSaveCopiesGoesOn) {
  MemoryLedger made;
  MemoryCopies copies;
  copies.broken = true;
  const auto ledger = made.open({}, &copies, 1);
  EXPECT_EQ(outcomeOf(*ledger, CreateProject{"web"}), "1 event from 1");
  EXPECT_EQ(outcomeOf(*ledger, CreateProject{"shop"}), "1 event from 2");
}

TEST(RootAt, IsTheRootThatTheLogHadAtThatSize) {
  MemoryLedger made;
  const auto ledger = made.open();
  std::vector<Digest> roots = {emptyRoot(), made.log->head().root};
  for (int i = 0; i < 600; ++i) {
    outcomeOf(*ledger, CreateProject{"p" + std::to_string(i)});
    roots.push_back(ledger->head().root);
  }
  for (std::size_t size = 0; size < roots.size(); ++size) {
    const auto root = rootAt(*made.log, TreeSize{size});
    ASSERT_TRUE(root) << size;
    ASSERT_EQ(*root, roots[size]) << size;
  }
  const auto beyond = rootAt(*made.log, TreeSize{roots.size()});
  ASSERT_FALSE(beyond);
  EXPECT_EQ(beyond.error().code, ErrorCode::kNotFound);
}

TEST(SavedStateFile, TakesTheOldOnesPlaceWhole) {
  const TestDirectory directory;
  const auto copies = savedStatesIn((directory.path() / "state").string());
  EXPECT_EQ(copies->load().value(), std::nullopt);
  ASSERT_TRUE(copies->save("the first copy"));
  ASSERT_TRUE(copies->save("another"));
  EXPECT_EQ(copies->load().value(), "another");
  // Nothing is left beside it.
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory.path()), {}), 1);
}

TEST(SavedStateFile, ThatCannotBeReplacedStaysAsItWas) {
  const TestDirectory directory;
  const auto copies = savedStatesIn((directory.path() / "state").string());
  ASSERT_TRUE(copies->save("the first copy"));
  // In the way of the file that is to be renamed.
  std::filesystem::create_directory(directory.path() / "state.new");
  EXPECT_FALSE(copies->save("another"));
  EXPECT_EQ(copies->load().value(), "the first copy");
}

TEST(SavedStateFile, LeftHalfWrittenByAKillIsOverwritten) {
  const TestDirectory directory;
  const auto copies = savedStatesIn((directory.path() / "state").string());
  std::ofstream(directory.path() / "state.new") << std::string(1000, 'x');
  ASSERT_TRUE(copies->save("whole"));
  EXPECT_EQ(copies->load().value(), "whole");
}

// A hole takes no room on the disk, and would take all there is in memory.
TEST(SavedStateFile, ThatIsLongerThanAnyIsNotReadAndCostsOnlyTime) {
  const TestDirectory directory;
  const auto file = directory.path() / "state";
  MemoryLedger made;
  std::ofstream(file) << "RLSTATE1";
  std::filesystem::resize_file(file, std::uintmax_t{1} << 40);
  const auto copies = savedStatesIn(file.string());
  const auto read = copies->load();
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::kDamaged);
  EXPECT_NE(read.error().message.find("1099511627776 bytes"), std::string::npos)
      << read.error().message;
  const auto loaded = loadState(*made.log, copies.get());
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->copied_at.value, 0U);
  EXPECT_EQ(verifyLog(*made.log, {.copies = copies.get()}).error(), read.error());
}

TEST(SavedStateFile, CutAnywhereOrNoFileAtAllIsPassedOver) {
  const TestDirectory directory;
  const auto file = directory.path() / "state";
  const auto copies = savedStatesIn(file.string());
  Copied copied;
  for (std::size_t kept = 0; kept < copied.copies.bytes->size(); kept += 5) {
    std::ofstream(file, std::ios::trunc) << copied.copies.bytes->substr(0, kept);
    const auto loaded = loadState(*copied.made.log, copies.get());
    ASSERT_TRUE(loaded) << loaded.error().message;
    ASSERT_EQ(loaded->copied_at.value, 0U) << kept;
    ASSERT_EQ(loaded->state.image(), copied.newest) << kept;
  }
  std::filesystem::remove(file);
  std::filesystem::create_directory(file);
  EXPECT_TRUE(loadState(*copied.made.log, copies.get()));
  std::filesystem::remove(file);
  ASSERT_EQ(::mkfifo(file.c_str(), 0600), 0);
  const auto loaded = loadState(*copied.made.log, copies.get());
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->state.image(), copied.newest);
}

TEST(ReadEvent, SaysWhatIsNotWhatItsPlaceSays) {
  MemoryLedger made;
  const auto ledger = made.open();
  outcomeOf(*ledger, CreateProject{"web"});
  EXPECT_EQ(readEvent(*made.log, Sequence{2}).error().code, ErrorCode::kNotFound);
  made.log->damageRecord(Sequence{1}, *made.log->read(Sequence{0}));
  const auto changed = readEvent(*made.log, Sequence{1});
  ASSERT_FALSE(changed);
  EXPECT_EQ(changed.error().code, ErrorCode::kDamaged);
  EXPECT_NE(changed.error().message.find("record 1"), std::string::npos);

  // Whole and in the tree, but of another place.
  MemoryLedger other;
  ASSERT_EQ(other.log->append(TreeSize{1}, {*newBatchId(), {*other.log->read(Sequence{0})}}).ending,
            AppendEnding::kCommitted);
  const auto misplaced = readEvent(*other.log, Sequence{1});
  ASSERT_FALSE(misplaced);
  EXPECT_EQ(misplaced.error().code, ErrorCode::kDamaged);
  EXPECT_EQ(loadState(*other.log, nullptr).error().code, ErrorCode::kDamaged);
}

TEST(ForEachEvent, VisitsARangeInOrderAndEndsWhereTheVisitorDoes) {
  MemoryLedger made;
  const auto ledger = made.open();
  for (int i = 0; i < 9; ++i) outcomeOf(*ledger, CreateProject{"p" + std::to_string(i)});
  std::string visited;
  const auto visit = [&](const Event& event) -> Result<void> {
    visited += std::to_string(event.sequence.value);
    if (event.sequence.value == 6) return Error{ErrorCode::kClosed, "enough"};
    return {};
  };
  EXPECT_TRUE(forEachEvent(*made.log, Sequence{2}, TreeSize{5}, visit));
  EXPECT_EQ(visited, "234");
  EXPECT_EQ(forEachEvent(*made.log, Sequence{5}, TreeSize{9}, visit).error().code,
            ErrorCode::kClosed);
  EXPECT_EQ(visited, "23456");
  EXPECT_FALSE(forEachEvent(*made.log, Sequence{5}, TreeSize{11}, visit));
}

}  // namespace
}  // namespace robotledger
