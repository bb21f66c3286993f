#include "core/base/base64.h"
#include "core/base/check.h"
#include "core/base/limits.h"
#include "core/merkle/checkpoint.h"
#include "core/merkle/signed_note.h"
#include "tests/fuzz/tried.h"

namespace robotledger {
namespace {

// Of RFC 8032, section 7.1, test 1: some notes of the corpus are signed with it.
constexpr std::string_view kKnownKey =
    "ledger.example/robots+951a0bec+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea";

std::string lineOf(const NoteSignature& signature) {
  Bytes payload;
  putBigEndian32(payload, signature.key_id);
  return "— " + signature.key_name + " " + toBase64(payload + signature.bytes) + "\n";
}

void tryCheckpoint(const std::string& text) {
  const auto checkpoint = parseCheckpoint(text);
  if (!checkpoint) return;
  // Lines of others may follow.
  RL_CHECK(text.starts_with(formatCheckpoint(*checkpoint)), "checkpoints have one spelling");
}

}  // namespace

Tried tryNote(BytesView bytes) {
  tryCheckpoint(std::string(bytes));
  const auto note = parseNote(bytes);
  const auto known = parseVerifierKey(kKnownKey);
  RL_CHECK(known.has_value(), "the known key is one");
  const auto opened = openNote(bytes, {&*known, 1});
  if (!note) {
    RL_CHECK(note.error().code == ErrorCode::kDamaged, "bytes that are no note are damage");
    RL_CHECK(!opened, "what is no note is not opened");
    return Tried::kRefused;
  }
  RL_CHECK(!note->signatures.empty() && note->signatures.size() <= kMaxNoteSignatures,
           "a note has signatures, a bounded number");
  std::string again = note->text + "\n";
  for (const NoteSignature& signature : note->signatures) again += lineOf(signature);
  RL_CHECK(again == bytes, "notes have one spelling");
  if (opened) RL_CHECK(opened->text == note->text, "a note is opened as it stands");
  tryCheckpoint(note->text);
  return Tried::kTaken;
}

}  // namespace robotledger
