#include "core/merkle/consistency_proof.h"

#include <utility>

#include "core/base/limits.h"
#include "core/base/parse.h"
#include "core/merkle/hash_lines.h"
#include "core/merkle/proof.h"

namespace robotledger {
namespace {

constexpr std::string_view kOld = "old ";

Error noProof(const std::string& why) {
  return Error{ErrorCode::kDamaged, "this is no consistency proof: " + why};
}

}  // namespace

std::string formatConsistencyProof(const ConsistencyProof& proof) {
  return std::string(kOld) + std::to_string(proof.old_size.value) + "\n" +
         formatHashLines(proof.path) + "\n" + proof.checkpoint;
}

Result<ConsistencyProof> parseConsistencyProof(std::string_view file) {
  if (file.size() > kMaxNoteBytes) {
    return noProof("it has " + std::to_string(file.size()) + " bytes, more than " +
                   std::to_string(kMaxNoteBytes));
  }
  ConsistencyProof proof;
  const auto line = takeLine(file);
  const auto size =
      line && line->starts_with(kOld) ? parseDecimal(line->substr(kOld.size())) : std::nullopt;
  if (!size) return noProof("it does not begin with 'old' and a decimal number");
  proof.old_size = TreeSize{*size};
  auto path = takeHashLines(file);
  if (!path) return noProof(path.error().message);
  proof.path = *std::move(path);
  proof.checkpoint = file;
  return proof;
}

Result<Checkpoint> checkConsistencyProof(const ConsistencyProof& proof, std::string_view old_note,
                                         const VerifierKey& log) {
  const auto old_one = openCheckpoint(old_note, log);
  if (!old_one)
    return Error{old_one.error().code, "the old checkpoint: " + old_one.error().message};
  auto new_one = openCheckpoint(proof.checkpoint, log);
  if (!new_one)
    return Error{new_one.error().code, "the new checkpoint: " + new_one.error().message};
  const Checkpoint& before = old_one->checkpoint;
  const Checkpoint& now = new_one->checkpoint;
  if (before.size != proof.old_size) {
    return Error{ErrorCode::kDamaged, "the proof is from " + std::to_string(proof.old_size.value) +
                                          " events on, and the old checkpoint has " +
                                          std::to_string(before.size.value)};
  }
  auto fits = checkConsistency(before.size, before.root, now.size, now.root, proof.path);
  if (!fits) return Error{ErrorCode::kDamaged, fits.error().message};
  return std::move(new_one->checkpoint);
}

}  // namespace robotledger
