#include "core/merkle/tlog_proof.h"

#include <utility>

#include "core/base/base64.h"
#include "core/base/limits.h"
#include "core/base/parse.h"
#include "core/merkle/hash_lines.h"
#include "core/merkle/proof.h"
#include "core/merkle/tree.h"

namespace robotledger {
namespace {

constexpr std::string_view kHeader = "c2sp.org/tlog-proof@v1";
constexpr std::string_view kExtra = "extra ";
constexpr std::string_view kIndex = "index ";

Error noProof(const std::string& why) {
  return Error{ErrorCode::kDamaged, "this is no tlog-proof: " + why};
}

}  // namespace

std::string formatTlogProof(const TlogProof& proof) {
  std::string file = std::string(kHeader) + "\n";
  if (proof.extra) file += std::string(kExtra) + toBase64(*proof.extra) + "\n";
  file += std::string(kIndex) + std::to_string(proof.index.value) + "\n";
  return file + formatHashLines(proof.path) + "\n" + proof.checkpoint;
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
  auto path = takeHashLines(file);
  if (!path) return noProof(path.error().message);
  proof.path = *std::move(path);
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
