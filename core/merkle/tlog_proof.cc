#include "core/merkle/tlog_proof.h"

#include <limits>
#include <utility>

#include "core/base/base64.h"
#include "core/base/limits.h"
#include "core/base/parse.h"
#include "core/merkle/proof.h"
#include "core/merkle/tree.h"

namespace robotledger {
namespace {

constexpr std::string_view kHeader = "c2sp.org/tlog-proof@v1";
constexpr std::string_view kExtra = "extra ";
constexpr std::string_view kIndex = "index ";
// A tree of fewer than 2^64 leaves is not deeper.
constexpr std::size_t kMaxPath = std::numeric_limits<std::uint64_t>::digits;

Error noProof(const std::string& why) {
  return Error{ErrorCode::kDamaged, "this is no tlog-proof: " + why};
}

}  // namespace

std::string formatTlogProof(const TlogProof& proof) {
  std::string file = std::string(kHeader) + "\n";
  if (proof.extra) file += std::string(kExtra) + toBase64(*proof.extra) + "\n";
  file += std::string(kIndex) + std::to_string(proof.index.value) + "\n";
  for (const Digest& hash : proof.path) file += toBase64(digestBytes(hash)) + "\n";
  return file + "\n" + proof.checkpoint;
}

Result<TlogProof> parseTlogProof(std::string_view file) {
  if (file.size() > kMaxNoteBytes) {
    return noProof("it has " + std::to_string(file.size()) + " bytes, more than " +
                   std::to_string(kMaxNoteBytes));
  }
  TlogProof proof;
  if (takeLine(file) != kHeader) return noProof("it does not begin with " + std::string(kHeader));
  auto line = takeLine(file);
  if (line && line->starts_with(kExtra)) {
    proof.extra = fromBase64(line->substr(kExtra.size()));
    if (!proof.extra) return noProof("its extra line is no base64");
    line = takeLine(file);
  }
  const auto index =
      line && line->starts_with(kIndex) ? parseDecimal(line->substr(kIndex.size())) : std::nullopt;
  if (!index) return noProof("it has no line of an index, a decimal number");
  proof.index = Sequence{*index};
  for (line = takeLine(file); line && !line->empty(); line = takeLine(file)) {
    const auto hash = digestFromBase64(*line);
    const std::string number = std::to_string(proof.path.size() + 1);
    if (!hash) return noProof("hash " + number + " of the path is not the base64 of 32 bytes");
    if (proof.path.size() == kMaxPath) return noProof("its path is longer than any tree is deep");
    proof.path.push_back(*hash);
  }
  if (!line) return noProof("it has no empty line, and no checkpoint after it");
  proof.checkpoint = file;
  return proof;
}

Result<OpenedCheckpoint> checkTlogProof(const TlogProof& proof, BytesView entry,
                                        const VerifierKey& log,
                                        std::span<const VerifierKey> witnesses) {
  auto opened = openCheckpoint(proof.checkpoint, log, witnesses);
  if (!opened) return opened;
  const Checkpoint& checkpoint = opened->checkpoint;
  auto included =
      checkInclusion(leafHash(entry), proof.index, checkpoint.size, proof.path, checkpoint.root);
  if (!included) return Error{ErrorCode::kDamaged, included.error().message};
  return opened;
}

}  // namespace robotledger
