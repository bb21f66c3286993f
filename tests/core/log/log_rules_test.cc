#include "core/log/log_rules.h"

#include <gtest/gtest.h>

#include "tests/core/log/log_testing.h"

namespace robotledger {
namespace {

const LogHead kHead{.size = TreeSize{300}, .root = {}, .batch = {}};

TEST(LogRules, AClosedStoreRefusesBeforeItLooksAtTheBatch) {
  const auto refused = refuseAppend(kHead, AppendState::kClosed, TreeSize{7}, {});
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->ending, AppendEnding::kNotWritten);
  EXPECT_EQ(refused->error.code, ErrorCode::kClosed);
  EXPECT_EQ(refused->head, kHead);
}

TEST(LogRules, ABatchOutOfBoundsIsRefusedBeforeItsSizeIsCompared) {
  const LogBatch batch{.id = {}, .entries = {"a", ""}};
  const auto refused = refuseAppend(kHead, AppendState::kOpen, TreeSize{7}, batch);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->ending, AppendEnding::kNotWritten);
  EXPECT_EQ(refused->error.message, "entry 1 of the batch has 0 bytes, not 1 to 65535");
}

TEST(LogRules, AConflictSaysBothSizes) {
  const auto refused = refuseAppend(kHead, AppendState::kOpen, TreeSize{7}, numberedBatch(7, 1));
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->ending, AppendEnding::kConflict);
  EXPECT_EQ(refused->error.message, "the log has 300 records, not 7 as expected");
  EXPECT_FALSE(refuseAppend(kHead, AppendState::kOpen, TreeSize{300}, numberedBatch(300, 1)));
}

TEST(LogRules, AnEntryIsComparedWithTheHashThatIsStoredWithIt) {
  EXPECT_FALSE(checkEntry(Sequence{7}, naiveLeafHash("abc"), "abc"));
  const auto damage = checkEntry(Sequence{7}, naiveLeafHash("abc"), "abd");
  ASSERT_TRUE(damage);
  EXPECT_EQ(damage->code, ErrorCode::kDamaged);
  EXPECT_NE(damage->message.find(toHex(digestBytes(naiveLeafHash("abc")))), std::string::npos);
}

}  // namespace
}  // namespace robotledger
