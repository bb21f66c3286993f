// Bundles of evidence: an answer, everything that shows that it is right, and how to check that, in
// one ZIP file. Whoever has the ledger's public key can check it without the ledger.
//
//   EvidenceRequest request{.question = WhoCouldQuestion{...}, .size = log.head().size, ...};
//   auto written = writeEvidence(log, request, signer, "evidence.zip", {});
//   if (!written) return written.error();
//   if (auto* refusal = std::get_if<Refusal>(&*written)) return *refusal;
//
// The answer is derived from the log: the log is verified as far as the question goes, rows are
// built from it, and the question is asked of those. What stands in a ledger's views counts for
// nothing. The same question on the same prefix of the log, asked by one who may read as much,
// gives the same bytes whenever it is asked.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <variant>

#include "api/evidence/statement.h"
#include "core/log/log_store.h"

namespace robotledger {

// Who signs, and with what. The key's name is the log's origin.
struct EvidenceSigner {
  VerifierKey key;
  std::function<Result<std::string>(const Checkpoint&)> checkpoint;  // the signed note
  std::function<Result<std::string>(const std::string& text)> note;  // text as a signed note
};

struct EvidenceRequest {
  Question question;
  TreeSize size;  // as if the log ended there: one more than the sequence of `as_of`
  Completeness completeness = Completeness::kFull;
  Reader reader;  // who asks
};

enum class EvidenceStep : std::uint8_t { kVerifyingLog, kBuildingRows, kWritingFiles };
// How far a step is, on the caller's thread.
using EvidenceProgress = std::function<void(EvidenceStep, std::uint64_t done, std::uint64_t all)>;

struct WrittenEvidence {
  Checkpoint checkpoint;
  AsOf as_of;
  std::string verdict;       // of the answer
  std::uint64_t events = 0;  // that are proven one by one
  std::uint64_t files = 0;   // in the bundle
  std::uint64_t bytes = 0;   // of it
};

// Writes the bundle into a new file: it is there whole, or not at all.
//
// Refused is he who may not ask the question, and with kFull who may not read everything. kDamaged
// where the log is not what was written, and names what is wrong; kNotFound where the log was never
// that long, and where the directory of `path` is missing; kInvalidArgument where there is
// something at `path`, where the question cannot be, or rests on too many events; else as the disk
// or the signer fails.
Result<std::variant<Refusal, WrittenEvidence>> writeEvidence(const LogStore& log,
                                                             const EvidenceRequest& request,
                                                             const EvidenceSigner& signer,
                                                             const std::string& path,
                                                             const EvidenceProgress& progress);

}  // namespace robotledger
