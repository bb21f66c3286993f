#include "core/merkle/checkpoint.h"

#include <algorithm>
#include <utility>

#include "core/base/base64.h"
#include "core/base/parse.h"

namespace robotledger {
namespace {

Error noCheckpoint(const std::string& why) {
  return Error{ErrorCode::kDamaged, "this is no checkpoint: " + why};
}

}  // namespace

std::string formatCheckpoint(const Checkpoint& checkpoint) {
  return checkpoint.origin + "\n" + std::to_string(checkpoint.size.value) + "\n" +
         toBase64(digestBytes(checkpoint.root)) + "\n";
}

Result<Checkpoint> parseCheckpoint(std::string_view text) {
  const auto origin = takeLine(text);
  const auto size_line = takeLine(text);
  const auto root_line = takeLine(text);
  if (!root_line) return noCheckpoint("it has fewer than three lines");
  if (origin->empty()) return noCheckpoint("its first line, the origin, is empty");
  const auto size = parseDecimal(*size_line);
  if (!size) return noCheckpoint("its second line is no size of a tree, a decimal number");
  const auto root = digestFromBase64(*root_line);
  if (!root) return noCheckpoint("its third line is no root, the base64 of 32 bytes");
  while (const auto extension = takeLine(text)) {
    if (extension->empty()) return noCheckpoint("it has an empty line among the extensions");
  }
  if (!text.empty()) return noCheckpoint("its last line has no newline");
  return Checkpoint{.origin = std::string(*origin), .size = TreeSize{*size}, .root = *root};
}

Result<std::string> signCheckpoint(const Checkpoint& checkpoint, const SigningKey& key) {
  if (checkpoint.origin != key.verifierKey().name) {
    return Error{ErrorCode::kInvalidArgument, "the key of " + key.verifierKey().name +
                                                  " signs no checkpoint of " + checkpoint.origin};
  }
  return signNote(formatCheckpoint(checkpoint), key);
}

Result<OpenedCheckpoint> openCheckpoint(std::string_view note, const VerifierKey& log,
                                        std::span<const VerifierKey> witnesses) {
  std::vector<VerifierKey> known{log};
  known.insert(known.end(), witnesses.begin(), witnesses.end());
  auto opened = openNote(note, known);
  if (!opened) return opened.error();
  const bool by_log = std::ranges::any_of(
      opened->signatures, [&](const GoodSignature& signature) { return signature.key == log; });
  if (!by_log) {
    return Error{ErrorCode::kDamaged,
                 "the checkpoint has no signature by its log, " + formatVerifierKey(log)};
  }
  auto checkpoint = parseCheckpoint(opened->text);
  if (!checkpoint) return checkpoint.error();
  if (checkpoint->origin != log.name) {
    return Error{ErrorCode::kDamaged,
                 "the checkpoint's origin is " + checkpoint->origin + ", not " + log.name};
  }
  return OpenedCheckpoint{.checkpoint = *std::move(checkpoint),
                          .signatures = std::move(opened->signatures)};
}

}  // namespace robotledger
