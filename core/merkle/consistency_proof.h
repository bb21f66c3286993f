// The proof that the log of an old checkpoint is the beginning of that of a new one, in a file:
// what a C2SP tlog-witness is sent as add-checkpoint (https://c2sp.org/tlog-witness):
//
//   old 4000
//   VEJ8NnlxZSzlj2j3TzKz2xuSYXZSgFIKOhSYbLpx4Pc=     the hashes of RFC 6962, section 2.1.2
//   …
//                                                    an empty line
//   ledger.example/robots                            the new checkpoint, verbatim
//   …
//
//   auto proof = parseConsistencyProof(file);
//   if (!proof) return proof.error();
//   auto now = checkConsistencyProof(*proof, old_checkpoint_note, log_key);
//
// All functions: any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/base/sha256.h"
#include "core/merkle/checkpoint.h"
#include "core/merkle/verifier_key.h"

namespace robotledger {

struct ConsistencyProof {
  TreeSize old_size;
  std::vector<Digest> path;
  std::string checkpoint;  // the new one, a signed note
  bool operator==(const ConsistencyProof&) const = default;
};

std::string formatConsistencyProof(const ConsistencyProof& proof);

// Splits the file and checks no hash, no signature. kDamaged for what formatConsistencyProof() does
// not write, and for more than kMaxNoteBytes.
Result<ConsistencyProof> parseConsistencyProof(std::string_view file);

// Checks both signatures, and that the path leads from the old root to the new one; gives the new
// checkpoint. kDamaged for what is not so, also where the old checkpoint is of another size than
// the proof's.
Result<Checkpoint> checkConsistencyProof(const ConsistencyProof& proof, std::string_view old_note,
                                         const VerifierKey& log);

}  // namespace robotledger
