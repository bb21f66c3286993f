#include "core/merkle/signed_note.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "core/base/base64.h"
#include "core/base/limits.h"
#include "core/base/parse.h"
#include "core/base/utf8.h"

namespace robotledger {
namespace {

constexpr std::string_view kBeforeSignature = "\u2014 ";
constexpr std::size_t kIdBytes = 4;
constexpr std::size_t kTimeBytes = 8;
constexpr auto kLatestTime = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());

Error noNote(const std::string& why) {
  return Error{ErrorCode::kDamaged, "this is no signed note: " + why};
}

// UTF-8 with no control characters below U+0020 but the newline.
bool isNoteText(std::string_view text) {
  while (!text.empty()) {
    const Utf8Character character = firstCharacter(text);
    if (character.length == 0 || (character.code < 0x20 && character.code != '\n')) return false;
    text.remove_prefix(character.length);
  }
  return true;
}

// "— NAME BASE64", without the newline.
std::optional<NoteSignature> parseSignature(std::string_view line) {
  if (!line.starts_with(kBeforeSignature)) return std::nullopt;
  line.remove_prefix(kBeforeSignature.size());
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos || !isKeyName(line.substr(0, space))) return std::nullopt;
  const auto bytes = fromBase64(line.substr(space + 1));
  if (!bytes || bytes->size() <= kIdBytes) return std::nullopt;
  return NoteSignature{.key_name = std::string(line.substr(0, space)),
                       .key_id = ByteReader(*bytes).bigEndian32(),
                       .bytes = bytes->substr(kIdBytes)};
}

bool signedBy(const NoteSignature& signature, const VerifierKey& key) {
  return signature.key_name == key.name && signature.key_id == keyId(key);
}

// Nothing where the signature is bad.
std::optional<GoodSignature> check(const NoteSignature& signature, const std::string& text,
                                   const VerifierKey& key) {
  if (key.type == KeyType::kNote) {
    if (!verifies(key.public_key, text, signature.bytes)) return std::nullopt;
    return GoodSignature{.key = key, .time_s = {}};
  }
  if (signature.bytes.size() != kTimeBytes + kSignatureBytes) return std::nullopt;
  const std::uint64_t time_s = ByteReader(signature.bytes).bigEndian64();
  const std::string message = "cosignature/v1\ntime " + std::to_string(time_s) + "\n" + text;
  if (time_s > kLatestTime ||
      !verifies(key.public_key, message, BytesView(signature.bytes).substr(kTimeBytes))) {
    return std::nullopt;
  }
  return GoodSignature{.key = key, .time_s = time_s};
}

Result<void> checkNoneTwice(std::span<const VerifierKey> known) {
  for (std::size_t i = 0; i < known.size(); ++i) {
    for (const VerifierKey& other : known.first(i)) {
      if (known[i].name != other.name || keyId(known[i]) != keyId(other)) continue;
      return Error{ErrorCode::kInvalidArgument,
                   "two known keys have the same name and id: " + formatVerifierKey(other)};
    }
  }
  return {};
}

}  // namespace

Result<std::string> signNote(std::string_view text, const SigningKey& key) {
  if (!text.ends_with('\n') || !isNoteText(text)) {
    return Error{ErrorCode::kInvalidArgument,
                 "the text of a note is UTF-8 without control characters and ends with a newline"};
  }
  auto signature = key.sign(text);
  if (!signature) return signature.error();
  Bytes bytes;
  putBigEndian32(bytes, keyId(key.verifierKey()));
  bytes += *signature;
  std::string note(text);
  note += "\n";
  note += kBeforeSignature;
  return note + key.verifierKey().name + " " + toBase64(bytes) + "\n";
}

Result<Note> parseNote(std::string_view bytes) {
  if (bytes.size() > kMaxNoteBytes) {
    return noNote("it has " + std::to_string(bytes.size()) + " bytes, more than " +
                  std::to_string(kMaxNoteBytes));
  }
  if (!isNoteText(bytes)) return noNote("it is no UTF-8, or has control characters");
  const std::size_t text_end = bytes.rfind("\n\n");
  if (text_end == std::string_view::npos) return noNote("it has no empty line");

  Note note{.text = std::string(bytes.substr(0, text_end + 1)), .signatures = {}};
  std::string_view rest = bytes.substr(text_end + 2);
  while (const auto line = takeLine(rest)) {
    auto signature = parseSignature(*line);
    const std::size_t number = note.signatures.size() + 1;
    if (!signature) {
      return noNote("line " + std::to_string(number) +
                    " after its last empty line is no signature, '\u2014 NAME BASE64'");
    }
    if (number > kMaxNoteSignatures) {
      return noNote("it has more than " + std::to_string(kMaxNoteSignatures) + " signatures");
    }
    note.signatures.push_back(*std::move(signature));
  }
  if (!rest.empty()) return noNote("its last line has no newline");
  if (note.signatures.empty()) return noNote("it has no signatures");
  return note;
}

Result<OpenedNote> openNote(std::string_view bytes, std::span<const VerifierKey> known) {
  if (auto once = checkNoneTwice(known); !once) return once.error();
  auto note = parseNote(bytes);
  if (!note) return note.error();
  OpenedNote opened{.text = std::move(note->text), .signatures = {}};
  for (const NoteSignature& signature : note->signatures) {
    const auto key = std::ranges::find_if(
        known, [&](const VerifierKey& candidate) { return signedBy(signature, candidate); });
    if (key == known.end()) continue;
    auto good = check(signature, opened.text, *key);
    if (!good) {
      return Error{ErrorCode::kDamaged,
                   "the note has a bad signature by " + formatVerifierKey(*key)};
    }
    // A witness that signed twice is one witness.
    const bool again = std::ranges::any_of(
        opened.signatures, [&](const GoodSignature& other) { return other.key == *key; });
    if (!again) opened.signatures.push_back(*std::move(good));
  }
  if (opened.signatures.empty()) {
    return Error{ErrorCode::kDamaged, "the note has no signature by a known key"};
  }
  return opened;
}

}  // namespace robotledger
