#include "core/merkle/signed_note.h"

#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "tests/core/merkle/mutations.h"
#include "tests/core/merkle/test_keys.h"

namespace robotledger {
namespace {

using testing::HasSubstr;
using Keys = std::vector<VerifierKey>;

const VerifierKey kLog = *parseVerifierKey(kLogVerifierKey);
const VerifierKey kWitness = *parseVerifierKey(kWitnessVerifierKey);
const std::string kStranger = signatureLine("stranger.example", 7, "whatever");

std::string damage(std::string_view note, const Keys& known = {kLog, kWitness}) {
  const auto opened = openNote(note, known);
  if (opened) return "opened";
  EXPECT_EQ(opened.error().code, ErrorCode::kDamaged) << opened.error().message;
  return opened.error().message;
}

bool opens(std::string_view note, const Keys& known = {kLog}) {
  return openNote(note, known).has_value();
}

TEST(SignedNote, IsSignedAsGoSignsIt) {
  const auto note = signNote(kCheckpointText, *logKey());
  ASSERT_TRUE(note) << note.error().message;
  EXPECT_EQ(*note, kSignedCheckpoint);
}

TEST(SignedNote, IsOpenedByItsKeys) {
  const auto opened = openNote(kWitnessedCheckpoint, Keys{kWitness, kLog});
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ(opened->text, kCheckpointText);
  ASSERT_EQ(opened->signatures.size(), 2U);
  EXPECT_EQ(opened->signatures[0], (GoodSignature{.key = kLog, .time_s = {}}));
  EXPECT_EQ(opened->signatures[1], (GoodSignature{.key = kWitness, .time_s = kWitnessTime}));
}

TEST(SignedNote, UnknownKeysArePassedOver) {
  const auto opened = openNote(kWitnessedCheckpoint + kStranger, Keys{kLog});
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ(opened->signatures.size(), 1U);
  // The name or the id alone does not make a key known.
  EXPECT_TRUE(opens(kSignedCheckpoint + signatureLine(kLogName, 7, "x")));
  EXPECT_TRUE(opens(kSignedCheckpoint + signatureLine("other", keyId(kLog), "x")));
}

TEST(SignedNote, WithoutAGoodSignatureByAKnownKeyIsRefused) {
  constexpr char kNone[] = "the note has no signature by a known key";
  EXPECT_EQ(damage(kSignedCheckpoint, {}), kNone);
  EXPECT_EQ(damage(kSignedCheckpoint, {kWitness}), kNone);
  EXPECT_EQ(damage(std::string(kCheckpointText) + "\n" + kStranger), kNone);
  VerifierKey other_type = kLog;
  other_type.type = KeyType::kCosignature;
  EXPECT_EQ(damage(kSignedCheckpoint, {other_type}), kNone);
}

TEST(SignedNote, WithABadSignatureByAKnownKeyIsRefusedWhoeverElseHasSigned) {
  const std::string bad_log = signatureLine(kLogName, keyId(kLog), Bytes(kSignatureBytes, 'x'));
  const std::string bad_witness = signatureLine(kWitnessName, keyId(kWitness), Bytes(72, '\0'));
  const std::string text = std::string(kCheckpointText) + "\n";
  const std::string of_log = std::string("the note has a bad signature by ") + kLogVerifierKey;
  EXPECT_EQ(damage(text + bad_log), of_log);
  EXPECT_EQ(damage(text + bad_log + kWitnessLine), of_log);
  EXPECT_EQ(damage(text + kLogLine + bad_log), of_log);
  EXPECT_EQ(damage(text + bad_log + kLogLine), of_log);
  EXPECT_EQ(damage(kSignedCheckpoint + bad_witness),
            std::string("the note has a bad signature by ") + kWitnessVerifierKey);
  // A good one, of another text.
  EXPECT_EQ(damage("other\n\n" + std::string(kLogLine)), of_log);
  EXPECT_EQ(damage("other\n\n" + std::string(kWitnessLine)),
            std::string("the note has a bad signature by ") + kWitnessVerifierKey);
}

TEST(SignedNote, AKeyThatSignsTwiceCountsOnce) {
  const std::string later = cosignatureLine(kCheckpointText, kWitnessTime + 1, *witnessKey());
  const auto opened = openNote(kWitnessedCheckpoint + later + kLogLine, Keys{kLog, kWitness});
  ASSERT_TRUE(opened) << opened.error().message;
  ASSERT_EQ(opened->signatures.size(), 2U);
  EXPECT_EQ(opened->signatures[1].time_s, kWitnessTime);
}

TEST(SignedNote, KnownKeysAreToldApartByNameAndId) {
  const auto twice = openNote(kSignedCheckpoint, Keys{kLog, kWitness, kLog});
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(twice.error().message, HasSubstr(kLogVerifierKey));
}

TEST(Cosignature, CoversItsTimeAndTheText) {
  EXPECT_EQ(cosignatureLine(kCheckpointText, kWitnessTime, *witnessKey()), kWitnessLine);
  const std::string text = std::string(kCheckpointText) + "\n";
  for (const std::uint64_t time_s :
       {std::uint64_t{0}, std::uint64_t{1} << 62, ~std::uint64_t{0} >> 1}) {
    const auto opened =
        openNote(text + cosignatureLine(kCheckpointText, time_s, *witnessKey()), Keys{kWitness});
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_EQ(opened->signatures[0].time_s, time_s);
  }
  const std::string bad = std::string("the note has a bad signature by ") + kWitnessVerifierKey;
  EXPECT_EQ(damage(text + cosignatureLine(kCheckpointText, std::uint64_t{1} << 63, *witnessKey())),
            bad);
  // Of the text alone, as a log's key signs; and of the right message, without its time.
  EXPECT_EQ(damage(text + signatureLine(kWitnessName, keyId(kWitness),
                                        *witnessKey()->sign(kCheckpointText))),
            bad);
  EXPECT_EQ(damage(text + signatureLine(kWitnessName, keyId(kWitness), "short")), bad);
}

TEST(Cosignature, SignsNothingForALog) {
  // The same key pair as a log's: the bytes of one kind are no signature of the other.
  const Bytes payload = Bytes(8, '\0') + *logKey()->sign("cosignature/v1\ntime 0\nother\n");
  EXPECT_FALSE(opens("other\n\n" + signatureLine(kLogName, keyId(kLog), payload)));
  EXPECT_FALSE(opens("other\n\n" + signatureLine(kLogName, keyId(kLog), payload.substr(8))));
}

TEST(SignedNote, TextMayHaveEmptyLinesAndAnyLanguage) {
  for (const std::string text :
       {"\n", "\n\n", "a\n\nb\n", "a\n\n\n", "\n\na\n", "été\n", "—\n", "— a b\n", "\x7f\n"}) {
    const auto note = signNote(text, *logKey());
    ASSERT_TRUE(note) << note.error().message;
    const auto opened = openNote(*note, Keys{kLog});
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_EQ(opened->text, text);
  }
}

TEST(SignedNote, TextThatNoNoteCanHaveIsNotSigned) {
  for (const std::string_view text :
       {std::string_view(""), std::string_view("a"), std::string_view("a\r\n"),
        std::string_view("a\tb\n"), std::string_view("a\0\n", 3), std::string_view("\xff\n"),
        std::string_view("\xed\xa0\x80\n")}) {
    const auto note = signNote(text, *logKey());
    ASSERT_FALSE(note);
    EXPECT_EQ(note.error().code, ErrorCode::kInvalidArgument);
  }
}

TEST(SignedNote, HasItsFormOrIsRefused) {
  const std::string line = kLogLine;
  const std::string base64 = line.substr(line.rfind(' ') + 1);
  const std::string name = "— ledger.example/robots ";
  const std::pair<std::string, const char*> notes[] = {
      {"", "no empty line"},
      {"\n", "no empty line"},
      {kCheckpointText, "no empty line"},
      {kCheckpointText + line, "no empty line"},
      {"\n" + line, "no empty line"},
      {std::string(kCheckpointText) + "\n", "no signatures"},
      {kSignedCheckpoint.substr(0, kSignedCheckpoint.size() - 1), "last line has no newline"},
      {kSignedCheckpoint + "— a", "last line has no newline"},
      {kSignedCheckpoint + "\n", "no signatures"},
      {kSignedCheckpoint + "\n" + "a\n", "line 1 after"},
      {kSignedCheckpoint + "a\n", "line 2 after"},
      {"a\n\n- ledger.example/robots " + base64, "line 1 after"},
      {"a\n\n—ledger.example/robots " + base64, "line 1 after"},
      {"a\n\n—  ledger.example/robots " + base64, "line 1 after"},
      {"a\n\n " + line, "line 1 after"},
      {"a\n\n" + name + " " + base64, "line 1 after"},
      {"a\n\n" + name + "\n", "line 1 after"},
      {"a\n\n— ledger.example/robots\n", "line 1 after"},
      {"a\n\n— \n", "line 1 after"},
      {"a\n\n—\n", "line 1 after"},
      {"a\n\n— a+b " + base64, "line 1 after"},
      {"a\n\n— a\xc2\xa0"
       "b " +
           base64,
       "line 1 after"},
      {"a\n\n" + name + base64.substr(0, base64.size() - 2) + "\n", "line 1 after"},
      {"a\n\n" + name + base64.substr(0, base64.size() - 1) + " \n", "line 1 after"},
      {"a\n\n" + name + "AAAAAB==\n", "line 1 after"},
      {"a\n\n" + name + toBase64("1234") + "\n", "line 1 after"},
      {"a\r\n\r\n" + line, "control characters"},
      {"a\tb\n\n" + line, "control characters"},
      {"a\xff\n\n" + line, "no UTF-8"},
      {kSignedCheckpoint + std::string("\0", 1), "control characters"},
  };
  for (const auto& [note, what] : notes) EXPECT_THAT(damage(note), HasSubstr(what)) << note;
}

TEST(SignedNote, IsSplitWithoutBeingVerified) {
  const auto note = parseNote(kWitnessedCheckpoint + kStranger);
  ASSERT_TRUE(note) << note.error().message;
  EXPECT_EQ(note->text, kCheckpointText);
  ASSERT_EQ(note->signatures.size(), 3U);
  EXPECT_EQ(note->signatures[0].key_name, kLogName);
  EXPECT_EQ(note->signatures[1].key_id, keyId(kWitness));
  EXPECT_EQ(note->signatures[2],
            (NoteSignature{.key_name = "stranger.example", .key_id = 7, .bytes = "whatever"}));
}

TEST(SignedNote, HasABoundedNumberOfSignaturesAndBytes) {
  std::string note = kSignedCheckpoint;
  for (std::size_t i = 1; i < kMaxNoteSignatures; ++i) note += kStranger;
  EXPECT_TRUE(opens(note));
  EXPECT_EQ(damage(note + kStranger), "this is no signed note: it has more than 100 signatures");

  const std::string longest(
      kMaxNoteBytes - kSignedCheckpoint.size() + std::string(kCheckpointText).size() - 1, 'a');
  const std::string full = *signNote(longest + "\n", *logKey());
  ASSERT_EQ(full.size(), kMaxNoteBytes);
  EXPECT_TRUE(opens(full));
  EXPECT_THAT(damage(*signNote(longest + "a\n", *logKey())), HasSubstr("1048577 bytes"));
}

// Where a changed bit lands in the line of a key that is not known, or makes its name or id
// unknown, it is passed over, and the note is open without that signature. Everywhere else it
// refuses it.
TEST(SignedNote, EveryBitMatters) {
  const std::size_t witness_at = kSignedCheckpoint.size();
  std::size_t passed_over = 0;
  forEachFlippedBit(kWitnessedCheckpoint, [&](const Bytes& changed, std::size_t at) {
    const auto opened = openNote(changed, Keys{kLog, kWitness});
    if (!opened) return;
    ++passed_over;
    EXPECT_EQ(opened->signatures.size(), 1U) << at;
    // Either the witness is left, or the log: of the other nothing is known any more.
    const bool of_witness = at >= witness_at;
    EXPECT_EQ(opened->signatures[0].key, of_witness ? kLog : kWitness) << at;
    EXPECT_GE(at, std::string(kCheckpointText).size()) << "a bit of the text was changed";
  });
  // Those of two names and ids, where it still is a name and base64.
  EXPECT_GT(passed_over, 200U);
  EXPECT_LT(passed_over, 400U);
}

TEST(SignedNote, RandomChangesGiveTheSameTextOrNone) {
  std::mt19937 random(1);
  int opened_some = 0;
  for (int round = 0; round < 4000; ++round) {
    const auto opened = openNote(mutated(kWitnessedCheckpoint, random), Keys{kLog, kWitness});
    if (!opened) continue;
    ++opened_some;
    EXPECT_EQ(opened->text, kCheckpointText);
  }
  EXPECT_GT(opened_some, 0);
}

}  // namespace
}  // namespace robotledger
