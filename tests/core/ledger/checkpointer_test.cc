#include "core/ledger/checkpointer.h"

#include <atomic>
#include <chrono>
#include <thread>

#include <gtest/gtest.h>

#include "tests/core/ledger/ledger_testing.h"
#include "tests/core/log/log_testing.h"
#include "tests/core/merkle/test_keys.h"

namespace robotledger {
namespace {

const VerifierKey kLog = *parseVerifierKey(kLogVerifierKey);

// A log in memory that is signed, and what was kept.
struct SignedLog {
  MemoryLogStore log;
  std::mutex mutex;
  std::vector<SignedCheckpoint> kept;

  KeepCheckpoint keep() {
    return [this](const SignedCheckpoint& made) -> Result<void> {
      const std::lock_guard lock(mutex);
      kept.push_back(made);
      return {};
    };
  }
};

void expectGood(const SignedCheckpoint& made, std::size_t size) {
  const auto opened = openCheckpoint(made.note, kLog);
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ(opened->checkpoint, made.checkpoint);
  EXPECT_EQ(made.checkpoint.size.value, size);
  EXPECT_EQ(made.checkpoint.root, naiveRoot(numberedLeaves(size)));
}

// An observer is told of events, and looks at none of them.
const CommittedEvents kSomething = std::make_shared<const std::vector<Event>>(1);

TEST(Checkpointer, SignsWhatIsThereAndAFreshOneCoversAllThatWasCommitted) {
  SignedLog made;
  fillTo(made.log, 3);
  Checkpointer checkpointer(made.log, logKey(), made.keep());
  for (const std::size_t size : {3U, 4U, 255U, 256U, 257U, 700U}) {
    fillTo(made.log, size);
    checkpointer.onCommitted(kSomething);
    const auto fresh = checkpointer.fresh();
    ASSERT_TRUE(fresh) << fresh.error().message;
    expectGood(*fresh, size);
  }
  EXPECT_EQ(checkpointer.newest()->checkpoint.size.value, 700U);
}

TEST(Checkpointer, SignsByItselfAndTheRestWhenItEnds) {
  SignedLog made;
  fillTo(made.log, 1);
  {
    Checkpointer checkpointer(made.log, logKey(), made.keep());
    fillTo(made.log, 5);
    checkpointer.onCommitted(kSomething);
    while (!checkpointer.newest() || checkpointer.newest()->checkpoint.size.value < 5) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    fillTo(made.log, 9);
    checkpointer.onCommitted(kSomething);
  }
  ASSERT_FALSE(made.kept.empty());
  expectGood(made.kept.back(), 9);
  for (std::size_t i = 1; i < made.kept.size(); ++i) {
    EXPECT_LT(made.kept[i - 1].checkpoint.size, made.kept[i].checkpoint.size);
  }
}

TEST(Checkpointer, UnderLoadManyAppendsShareACheckpoint) {
  SignedLog made;
  fillTo(made.log, 1);
  Checkpointer checkpointer(made.log, logKey(), made.keep());
  for (std::size_t size = 2; size <= 400; ++size) {
    fillTo(made.log, size);
    checkpointer.onCommitted(kSomething);
  }
  const auto fresh = checkpointer.fresh();
  ASSERT_TRUE(fresh);
  expectGood(*fresh, 400);
  const std::lock_guard lock(made.mutex);
  EXPECT_LT(made.kept.size(), 200U);
}

TEST(Checkpointer, GivesManyWhoAskAtOnceWhatCoversTheirs) {
  SignedLog made;
  fillTo(made.log, 1);
  Checkpointer checkpointer(made.log, logKey(), made.keep());
  std::atomic<std::size_t> acknowledged = 1;
  std::vector<std::thread> askers;
  for (int i = 0; i < 4; ++i) {
    askers.emplace_back([&] {
      for (int times = 0; times < 50; ++times) {
        const std::size_t before = acknowledged;
        const auto fresh = checkpointer.fresh();
        ASSERT_TRUE(fresh);
        EXPECT_GE(fresh->checkpoint.size.value, before);
      }
    });
  }
  for (std::size_t size = 2; size < 300; ++size) {
    fillTo(made.log, size);
    checkpointer.onCommitted(kSomething);
    acknowledged = size;
  }
  for (std::thread& asker : askers) asker.join();
}

TEST(Checkpointer, SignsThePastTheSameWheneverItIsAsked) {
  SignedLog made;
  fillTo(made.log, 300);
  Checkpointer checkpointer(made.log, logKey(), made.keep());
  const auto then = checkpointer.at(TreeSize{300});
  ASSERT_TRUE(then);
  expectGood(*then, 300);
  fillTo(made.log, 1000);
  const auto later = checkpointer.at(TreeSize{300});
  ASSERT_TRUE(later);
  EXPECT_EQ(later->note, then->note);
  for (const std::size_t size : {1U, 2U, 255U, 256U, 257U, 999U, 1000U}) {
    const auto past = checkpointer.at(TreeSize{size});
    ASSERT_TRUE(past) << past.error().message;
    expectGood(*past, size);
  }
  EXPECT_EQ(checkpointer.at(TreeSize{0}).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(checkpointer.at(TreeSize{1001}).error().code, ErrorCode::kNotFound);
}

// A log one of whose tiles was changed behind its back.
class ChangedTile final : public LogStore {
 public:
  explicit ChangedTile(const LogStore& log) : log_(log) {}
  LogHead head() const override { return log_.head(); }
  AppendOutcome append(TreeSize, const LogBatch&) override { return {}; }
  Result<Bytes> read(Sequence sequence) const override { return log_.read(sequence); }
  Result<std::unique_ptr<LogCursor>> scan(Sequence from, TreeSize until) const override {
    return log_.scan(from, until);
  }
  Result<Bytes> hashTile(unsigned level, std::uint64_t index, unsigned width) const override {
    auto tile = log_.hashTile(level, index, width);
    if (tile && level == 0 && index == 0) (*tile)[40] = static_cast<char>((*tile)[40] ^ 1);
    return tile;
  }

 private:
  const LogStore& log_;
};

TEST(Checkpointer, SignsNoPastThatIsNotTheBeginningOfToday) {
  SignedLog made;
  fillTo(made.log, 300);
  const ChangedTile changed(made.log);
  Checkpointer checkpointer(changed, logKey(), {});
  const auto past = checkpointer.at(TreeSize{100});
  ASSERT_FALSE(past);
  EXPECT_EQ(past.error().code, ErrorCode::kDamaged);
}

TEST(Checkpointer, SaysWhyWhatItSignedCouldNotBeKept) {
  SignedLog made;
  fillTo(made.log, 2);
  std::atomic<bool> full = true;
  Checkpointer checkpointer(made.log, logKey(), [&](const SignedCheckpoint&) -> Result<void> {
    if (full) return Error{ErrorCode::kIo, "no room"};
    return {};
  });
  const auto failed = checkpointer.fresh();
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().message, "no room");
  EXPECT_FALSE(checkpointer.newest());
  full = false;
  const auto fresh = checkpointer.fresh();
  ASSERT_TRUE(fresh) << fresh.error().message;
  expectGood(*fresh, 2);
}

TEST(Checkpointer, SignsTextsThatCanBeNoCheckpoint) {
  SignedLog made;
  fillTo(made.log, 2);
  Checkpointer checkpointer(made.log, logKey(), {});
  const auto note = checkpointer.signText("robotledger evidence v1\nsomething\n");
  ASSERT_TRUE(note) << note.error().message;
  EXPECT_TRUE(openNote(*note, std::span(&kLog, 1)));
  const auto lie = checkpointer.signText(std::string(kLogName) + "\n7\nAAAA\n");
  ASSERT_FALSE(lie);
  EXPECT_EQ(lie.error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace robotledger
