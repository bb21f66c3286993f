#include "core/merkle/checkpoint.h"

#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/merkle/tree.h"
#include "tests/core/merkle/mutations.h"
#include "tests/core/merkle/naive_tree.h"
#include "tests/core/merkle/test_keys.h"

namespace robotledger {
namespace {

using testing::HasSubstr;

const VerifierKey kLog = *parseVerifierKey(kLogVerifierKey);
const VerifierKey kWitness = *parseVerifierKey(kWitnessVerifierKey);

const Checkpoint kOfSeven{
    .origin = kLogName, .size = TreeSize{7}, .root = naiveRoot(numberedLeaves(7))};

std::string damage(std::string_view note, const VerifierKey& log = kLog,
                   const std::vector<VerifierKey>& witnesses = {}) {
  const auto opened = openCheckpoint(note, log, witnesses);
  if (opened) return "opened";
  EXPECT_EQ(opened.error().code, ErrorCode::kDamaged) << opened.error().message;
  return opened.error().message;
}

TEST(Checkpoint, IsThreeLines) {
  EXPECT_EQ(formatCheckpoint(kOfSeven), kCheckpointText);
  const auto read = parseCheckpoint(kCheckpointText);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, kOfSeven);
  EXPECT_EQ(formatCheckpoint({.origin = "a", .size = {}, .root = emptyRoot()}),
            "a\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n");
  const Checkpoint largest{.origin = "a", .size = TreeSize{~std::uint64_t{0}}, .root = {}};
  EXPECT_EQ(*parseCheckpoint(formatCheckpoint(largest)), largest);
}

TEST(Checkpoint, IsSignedByTheKeyOfItsOrigin) {
  EXPECT_EQ(*signCheckpoint(kOfSeven, *logKey()), kSignedCheckpoint);
  const auto other = signCheckpoint(kOfSeven, *witnessKey());
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(other.error().message,
            "the key of witness.example/w1 signs no checkpoint of ledger.example/robots");
}

TEST(Checkpoint, IsOpenedByItsLogsKey) {
  const auto opened = openCheckpoint(kWitnessedCheckpoint, kLog);
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ(opened->checkpoint, kOfSeven);
  ASSERT_EQ(opened->signatures.size(), 1U);
  EXPECT_EQ(opened->signatures[0].key, kLog);
}

TEST(Checkpoint, TellsWhichWitnessesHaveSeenItAndWhen) {
  const auto opened = openCheckpoint(kWitnessedCheckpoint, kLog, std::vector{kWitness});
  ASSERT_TRUE(opened) << opened.error().message;
  ASSERT_EQ(opened->signatures.size(), 2U);
  EXPECT_EQ(opened->signatures[1].key, kWitness);
  EXPECT_EQ(opened->signatures[1].time_s, kWitnessTime);
}

TEST(Checkpoint, OfWitnessesAloneIsNoneOfTheLog) {
  const std::string note = std::string(kCheckpointText) + "\n" + kWitnessLine;
  EXPECT_EQ(damage(note, kLog, {kWitness}),
            std::string("the checkpoint has no signature by its log, ") + kLogVerifierKey);
}

TEST(Checkpoint, OfAnotherOriginIsRefusedThoughTheKeyHasSignedIt) {
  Checkpoint other = kOfSeven;
  other.origin = "ledger.example/other";
  const std::string note = *signNote(formatCheckpoint(other), *logKey());
  EXPECT_EQ(damage(note),
            "the checkpoint's origin is ledger.example/other, not ledger.example/robots");
}

TEST(Checkpoint, MayHaveLinesOfOthers) {
  for (const std::string lines : {"timestamp 1\n", "a\nb\n", " \n"}) {
    const auto opened = openCheckpoint(*signNote(kCheckpointText + lines, *logKey()), kLog);
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_EQ(opened->checkpoint, kOfSeven);
  }
  EXPECT_THAT(damage(*signNote(std::string(kCheckpointText) + "\n", *logKey())),
              HasSubstr("empty line"));
  EXPECT_THAT(damage(*signNote(std::string(kCheckpointText) + "a\n\nb\n", *logKey())),
              HasSubstr("empty line"));
}

TEST(Checkpoint, HasItsFormOrIsRefused) {
  const std::string root = "kTlgHMHKirKnoMLBNMBIRfKxulSag9bIRc/NpDnMWF0=\n";
  const std::pair<std::string, const char*> texts[] = {
      {"", "three lines"},
      {"a\n", "three lines"},
      {"a\n7\n", "three lines"},
      {"a\n7\n" + root.substr(0, 44), "three lines"},
      {"\n7\n" + root, "origin"},
      {"a\n\n" + root, "size"},
      {"a\n07\n" + root, "size"},
      {"a\n+7\n" + root, "size"},
      {"a\n-7\n" + root, "size"},
      {"a\n7 \n" + root, "size"},
      {"a\n 7\n" + root, "size"},
      {"a\n0x7\n" + root, "size"},
      {"a\n18446744073709551616\n" + root, "size"},
      {"a\n7\r\n" + root, "size"},
      {"a\n7\n\n", "root"},
      {"a\n7\n" + root.substr(0, 43) + "\n", "root"},
      {"a\n7\n" + root.substr(0, 42) + "1=\n", "root"},
      {"a\n7\nAAAA" + root, "root"},
      {"a\n7\n" + root.substr(4), "root"},
      {"a\n7\n " + root, "root"},
      {"a\n7\n" + root + "extension", "newline"},
  };
  for (const auto& [text, what] : texts) {
    const auto read = parseCheckpoint(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, ErrorCode::kDamaged);
    EXPECT_THAT(read.error().message, HasSubstr(what)) << text;
  }
}

TEST(Checkpoint, EveryBitOfOneThatIsSignedOnceMatters) {
  forEachFlippedBit(kSignedCheckpoint, [](const Bytes& changed, std::size_t at) {
    EXPECT_NE(damage(changed), "opened") << at;
  });
}

TEST(Checkpoint, RandomChangesGiveTheSameOrNone) {
  std::mt19937 random(2);
  for (int round = 0; round < 4000; ++round) {
    const auto opened =
        openCheckpoint(mutated(kWitnessedCheckpoint, random), kLog, std::vector{kWitness});
    if (opened) {
      EXPECT_EQ(opened->checkpoint, kOfSeven);
    }
    const Bytes text = mutated(kCheckpointText, random);
    const auto read = parseCheckpoint(text);
    if (read) {
      EXPECT_TRUE(text.starts_with(formatCheckpoint(*read)));
    }
  }
}

}  // namespace
}  // namespace robotledger
