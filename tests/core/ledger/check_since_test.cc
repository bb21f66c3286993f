#include "core/ledger/check_since.h"

#include "core/log/memory_log_store.h"
#include "tests/core/log/log_testing.h"
#include "tests/core/merkle/mutations.h"
#include "tests/core/merkle/test_keys.h"

namespace robotledger {
namespace {

class CheckSince : public testing::Test {
 protected:
  std::string noteOf(std::size_t size, const Digest& root) const {
    return *signCheckpoint({.origin = kLogName, .size = TreeSize{size}, .root = root}, *key_);
  }
  std::string noteAt(std::size_t size) const {
    return noteOf(size, naiveRoot(numberedLeaves(size)));
  }
  Error refused(const std::string& note) const {
    const auto since = checkSince(log_, note, key_->verifierKey());
    EXPECT_FALSE(since);
    return since ? Error{} : since.error();
  }
  MemoryLogStore log_;
  std::unique_ptr<SigningKey> key_ = logKey();
};

TEST_F(CheckSince, TakesACheckpointOfEveryEarlierSize) {
  fillTo(log_, 600);
  for (const std::size_t size : {0U, 1U, 255U, 256U, 257U, 512U, 599U, 600U}) {
    const auto since = checkSince(log_, noteAt(size), key_->verifierKey());
    ASSERT_TRUE(since) << since.error().message;
    EXPECT_EQ(since->size.value, size);
    EXPECT_EQ(since->origin, kLogName);
  }
}

TEST_F(CheckSince, SaysWhatWasExpectedOfALogThatLostItsEnd) {
  fillTo(log_, 599);
  const Digest root = naiveRoot(numberedLeaves(600));
  EXPECT_EQ(refused(noteAt(600)),
            (Error{ErrorCode::kDamaged, "the checkpoint is of 600 events with the root " +
                                            toHex(digestBytes(root)) +
                                            ", and the log has 599 events: it lost some"}));
}

TEST_F(CheckSince, SaysWhatWasFoundInALogWhoseHistoryIsAnother) {
  fillTo(log_, 300);
  ASSERT_EQ(log_.append(TreeSize{300}, {.id = {}, .entries = {"other"}}).ending,
            AppendEnding::kCommitted);
  const Digest forked = log_.head().root;
  fillTo(log_, 302);
  const Digest root = naiveRoot(numberedLeaves(301));
  EXPECT_EQ(refused(noteAt(301)),
            (Error{ErrorCode::kDamaged,
                   "the checkpoint is of 301 events with the root " + toHex(digestBytes(root)) +
                       ", and the log's root at that size is " + toHex(digestBytes(forked)) +
                       ": its history was changed since"}));
}

TEST_F(CheckSince, TakesNoNoteThatTheKeyDidNotSign) {
  fillTo(log_, 300);
  const std::string note = noteAt(200);
  const auto other = *SigningKey::generate(kLogName);
  EXPECT_EQ(checkSince(log_, note, other->verifierKey()).error().code, ErrorCode::kDamaged);
  forEachFlippedBit(note, [&](const std::string& changed, std::size_t) {
    EXPECT_FALSE(checkSince(log_, changed, key_->verifierKey())) << changed;
  });
  EXPECT_EQ(refused("").code, ErrorCode::kDamaged);
}

}  // namespace
}  // namespace robotledger
