#include "core/log/guard.h"

#include <filesystem>
#include <fstream>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "core/log/memory_log_store.h"
#include "tests/core/log/log_testing.h"

namespace robotledger {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kSlotBytes = 512;

GuardState stateAt(std::size_t size) {
  return {.first = naiveRoot(numberedLeaves(1)),
          .size = TreeSize{size},
          .root = naiveRoot(numberedLeaves(size))};
}

struct GuardFile {
  TestDirectory room;
  std::string path = (room.path() / "guard").string();

  std::unique_ptr<Guard> opened() const {
    auto guard = Guard::open(path);
    EXPECT_TRUE(guard) << guard.error().message;
    return guard ? *std::move(guard) : nullptr;
  }
  Error refused() const {
    const auto guard = Guard::open(path);
    EXPECT_FALSE(guard);
    return guard ? Error{} : guard.error();
  }
  std::string bytes() const {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void put(const std::string& bytes) const {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
  }
};

TEST(Guard, RemembersTheNewestOfWhatItWasTold) {
  const GuardFile file;
  ASSERT_TRUE(Guard::create(file.path, stateAt(1)));
  EXPECT_EQ(file.opened()->state(), stateAt(1));
  for (std::size_t size = 2; size < 9; ++size) {
    const auto guard = file.opened();
    EXPECT_EQ(guard->state(), stateAt(size - 1));
    ASSERT_TRUE(guard->advance(TreeSize{size}, naiveRoot(numberedLeaves(size))));
    EXPECT_EQ(guard->state(), stateAt(size));
    // In the file at once: a killed process writes nothing more.
    EXPECT_EQ(file.opened()->state(), stateAt(size));
  }
  EXPECT_EQ(fs::file_size(file.path), 2 * kSlotBytes);
  EXPECT_EQ(fs::status(file.path).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

GuardedCheckpoint checkpointAt(std::size_t size) {
  GuardedCheckpoint checkpoint{.size = TreeSize{size}, .root = naiveRoot(numberedLeaves(size))};
  checkpoint.signature.fill(static_cast<std::uint8_t>(size));
  return checkpoint;
}

TEST(Guard, KeepsTheNewestCheckpointWhileItMovesOn) {
  const GuardFile file;
  ASSERT_TRUE(Guard::create(file.path, stateAt(1)));
  {
    const auto guard = file.opened();
    ASSERT_TRUE(guard->keep(checkpointAt(1)));
    EXPECT_EQ(file.opened()->state().checkpoint, checkpointAt(1));
    ASSERT_TRUE(guard->advance(TreeSize{300}, naiveRoot(numberedLeaves(300))));
    EXPECT_EQ(guard->state().checkpoint, checkpointAt(1));
    ASSERT_TRUE(guard->keep(checkpointAt(299)));
  }
  GuardState expected = stateAt(300);
  expected.checkpoint = checkpointAt(299);
  EXPECT_EQ(file.opened()->state(), expected);
}

TEST(Guard, IsNotMadeOverAnother) {
  const GuardFile file;
  ASSERT_TRUE(Guard::create(file.path, stateAt(1)));
  const auto again = Guard::create(file.path, stateAt(2));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(file.opened()->state(), stateAt(1));
  fs::create_symlink("elsewhere", file.room.path() / "link");
  EXPECT_FALSE(Guard::create((file.room.path() / "link").string(), stateAt(1)));
  EXPECT_FALSE(Guard::create((file.room.path() / "no" / "folder").string(), stateAt(1)));
}

TEST(Guard, ThatIsMissingIsDamage) {
  const GuardFile file;
  EXPECT_EQ(file.refused().code, ErrorCode::kDamaged);
  EXPECT_NE(file.refused().message.find("is missing"), std::string::npos);
}

// A torn write leaves one place as it was.
TEST(Guard, IsBelievedInOnePlaceWhereTheOtherIsTorn) {
  const GuardFile file;
  ASSERT_TRUE(Guard::create(file.path, stateAt(1)));
  ASSERT_TRUE(file.opened()->advance(TreeSize{2}, stateAt(2).root));
  ASSERT_TRUE(file.opened()->advance(TreeSize{3}, stateAt(3).root));
  const std::string good = file.bytes();
  std::size_t older = 0;
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ (1 << at % 8));
    file.put(bad);
    const GuardState state = file.opened()->state();
    ASSERT_TRUE(state == stateAt(3) || state == stateAt(2)) << at;
    older += state == stateAt(2) ? 1 : 0;
  }
  EXPECT_EQ(older, kSlotBytes) << "each byte of the newer place counts";
}

TEST(Guard, ThatIsDamagedInBothPlacesIsRefused) {
  const GuardFile file;
  ASSERT_TRUE(Guard::create(file.path, stateAt(1)));
  const std::string good = file.bytes();
  std::string bad = good;
  bad[100] = static_cast<char>(bad[100] ^ 1);
  bad[kSlotBytes + 100] = static_cast<char>(bad[kSlotBytes + 100] ^ 1);
  for (const std::string& bytes : {bad, std::string(), good.substr(0, kSlotBytes - 1),
                                   std::string(2 * kSlotBytes, '\0'), std::string("nonsense")}) {
    file.put(bytes);
    EXPECT_EQ(file.refused().code, ErrorCode::kDamaged) << bytes.size();
  }
  file.put(good.substr(0, kSlotBytes));
  EXPECT_EQ(file.opened()->state(), stateAt(1));
}

// What a log of so many records answers to a guard, "" where it fits.
std::string answer(const GuardState& guard, std::size_t size) {
  const LogHead head{.size = TreeSize{size}, .root = naiveRoot(numberedLeaves(size)), .batch = {}};
  const auto fits = checkAgainst(
      guard, head, [](TreeSize at) { return Result<Digest>(naiveRoot(numberedLeaves(at.value))); });
  if (fits) return "";
  EXPECT_EQ(fits.error().code, ErrorCode::kDamaged);
  return fits.error().message;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(CheckAgainst, TakesALogThatHasWhatTheGuardSawOrMore) {
  for (const std::size_t seen : {1U, 2U, 255U, 256U, 257U, 600U}) {
    for (const std::size_t size : {seen, seen + 1, seen + 300}) {
      EXPECT_EQ(answer(stateAt(seen), size), "");
    }
  }
}

TEST(CheckAgainst, RefusesALogThatLostItsEnd) {
  EXPECT_TRUE(has(answer(stateAt(7), 6), "the log has 6 events, and its guard saw 7"));
  EXPECT_TRUE(has(answer(stateAt(300), 256), "saw 300 events"));
  EXPECT_TRUE(has(answer(stateAt(1), 0), "the log has 0 events"));
}

TEST(CheckAgainst, RefusesALogThatIsAnother) {
  GuardState other = stateAt(7);
  other.first[0] ^= 1;
  EXPECT_TRUE(has(answer(other, 7), "of another log"));
  GuardState rewritten = stateAt(7);
  rewritten.root[31] ^= 1;
  for (const std::size_t size : {7U, 8U, 400U}) {
    const std::string said = answer(rewritten, size);
    EXPECT_TRUE(has(said, "not those that were written")) << said;
    EXPECT_TRUE(has(said, toHex(digestBytes(rewritten.root)))) << said;
    EXPECT_TRUE(has(said, toHex(digestBytes(stateAt(7).root)))) << said;
  }
}

TEST(CheckAgainst, RefusesALogThatIsNotWhatWasSigned) {
  GuardState state = stateAt(7);
  state.checkpoint = checkpointAt(5);
  EXPECT_EQ(answer(state, 7), "");
  EXPECT_EQ(answer(state, 300), "");
  state.checkpoint->root[0] ^= 1;
  EXPECT_TRUE(has(answer(state, 7), "not those that were signed"));
  state.checkpoint = checkpointAt(9);
  EXPECT_TRUE(has(answer(state, 8), "a checkpoint of 9 events was signed"));
}

TEST(CheckAgainst, PassesOnThatARootCannotBeRead) {
  const LogHead head{.size = TreeSize{9}, .root = {}, .batch = {}};
  const auto broken = checkAgainst(stateAt(7), head, [](TreeSize) {
    return Result<Digest>(Error{ErrorCode::kIo, "no disk"});
  });
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().message, "no disk");
}

TEST(GuardedLog, MovesItsGuardWithEachAppend) {
  const GuardFile file;
  auto memory = std::make_unique<MemoryLogStore>();
  fillTo(*memory, 3);
  ASSERT_TRUE(Guard::create(file.path, stateAt(3)));
  const auto log = guardLog(std::move(memory), file.opened());
  for (std::size_t size = 4; size < 9; ++size) {
    fillTo(*log, size);
    EXPECT_EQ(file.opened()->state(), stateAt(size));
  }
  EXPECT_EQ(log->append(TreeSize{5}, numberedBatch(5, 1)).ending, AppendEnding::kConflict);
  EXPECT_EQ(file.opened()->state(), stateAt(8));
}

// The number under which this process has the file open, or -1.
int descriptorOf(const std::string& path) {
  for (const auto& entry : fs::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    if (fs::read_symlink(entry.path(), gone) == path) return std::stoi(entry.path().filename());
  }
  return -1;
}

// The guard's file is put aside for a device that is always full.
TEST(GuardedLog, TakesNothingMoreWhereItsGuardCannotBeWritten) {
  if (!fs::exists("/dev/full")) GTEST_SKIP() << "there is no /dev/full";
  const GuardFile file;
  auto memory = std::make_unique<MemoryLogStore>();
  fillTo(*memory, 3);
  ASSERT_TRUE(Guard::create(file.path, stateAt(3)));
  auto guard = file.opened();
  const int descriptor = descriptorOf(file.path);
  ASSERT_GE(descriptor, 0);
  const int full = ::open("/dev/full", O_RDWR | O_CLOEXEC);
  ASSERT_EQ(::dup2(full, descriptor), descriptor);
  ::close(full);
  const auto log = guardLog(std::move(memory), std::move(guard));
  const LogHead before = log->head();
  const AppendOutcome unknown = log->append(TreeSize{3}, numberedBatch(3, 2));
  EXPECT_EQ(unknown.ending, AppendEnding::kUnknown);
  EXPECT_EQ(unknown.error.code, ErrorCode::kOutcomeUnknown);
  EXPECT_NE(unknown.error.message.find("guard"), std::string::npos);
  EXPECT_EQ(log->head(), before);
  EXPECT_EQ(log->read(Sequence{3}).error().code, ErrorCode::kNotFound);
  const AppendOutcome refused = log->append(TreeSize{3}, numberedBatch(3, 2));
  EXPECT_EQ(refused.ending, AppendEnding::kNotWritten);
  EXPECT_EQ(refused.error.code, ErrorCode::kClosed);
}

}  // namespace
}  // namespace robotledger
