// Signed notes (https://c2sp.org/signed-note): a text, an empty line, and lines of signatures.
//
//   ledger.example/robots
//   7
//   kTlgHMHKirKnoMLBNMBIRfKxulSag9bIRc/NpDnMWF0=
//
//   — ledger.example/robots Wrj1bdK/SRCKZpZMCt22…
//
// Who reads one knows some keys. Signatures by other keys are passed over, so that a note may
// gather witnesses and change keys; a bad one by a known key refuses the note, and so does it when
// no known key has signed.
//
//   auto note = openNote(bytes, known);
//   if (!note) return note.error();
//   use(note->text);
//
// All functions: any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/merkle/signing_key.h"
#include "core/merkle/verifier_key.h"

namespace robotledger {

// A line of signature as it stands there, by whatever key.
struct NoteSignature {
  std::string key_name;
  std::uint32_t key_id = 0;
  Bytes bytes;  // what follows the id, at least one
  bool operator==(const NoteSignature&) const = default;
};

struct Note {
  std::string text;  // with its last newline
  std::vector<NoteSignature> signatures;
  bool operator==(const Note&) const = default;
};

// A signature that was found to be good.
struct GoodSignature {
  VerifierKey key;
  std::optional<std::uint64_t> time_s;  // when a witness saw the note, in POSIX time
  bool operator==(const GoodSignature&) const = default;
};

struct OpenedNote {
  std::string text;
  std::vector<GoodSignature> signatures;  // at least one, in the note's order, one for each key
};

// The note with one signature, to which lines of others may be appended. kInvalidArgument where the
// text does not end with a newline, is no UTF-8 or has another control character.
Result<std::string> signNote(std::string_view text, const SigningKey& key);

// Splits a note and verifies nothing: for those who show what is there. kDamaged where it is none,
// or is longer than kMaxNoteBytes, or has more than kMaxNoteSignatures.
Result<Note> parseNote(std::string_view bytes);

// kDamaged as parseNote() says, for a bad signature by a known key, and where there is no good one;
// kInvalidArgument where two known keys have the same name and id.
Result<OpenedNote> openNote(std::string_view bytes, std::span<const VerifierKey> known);

}  // namespace robotledger
