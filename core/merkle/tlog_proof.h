// The proof that one entry is in a log, in a file that stands for itself
// (https://c2sp.org/tlog-proof):
//
//   c2sp.org/tlog-proof@v1
//   index 12345
//   VEJ8NnlxZSzlj2j3TzKz2xuSYXZSgFIKOhSYbLpx4Pc=     the inclusion path, from the leaf up
//   …
//                                                    an empty line
//   ledger.example/robots                            the checkpoint, verbatim
//   …
//
//   auto proof = parseTlogProof(file);
//   if (!proof) return proof.error();
//   auto checkpoint = checkTlogProof(*proof, entry, log_key);
//
// All functions: any thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/base/sha256.h"
#include "core/merkle/checkpoint.h"
#include "core/merkle/verifier_key.h"

namespace robotledger {

struct TlogProof {
  Sequence index;
  std::vector<Digest> path;
  std::string checkpoint;      // the signed note
  std::optional<Bytes> extra;  // a line that others may add; nothing vouches for it
  bool operator==(const TlogProof&) const = default;
};

std::string formatTlogProof(const TlogProof& proof);

// Splits the file and checks no hash, no signature. kDamaged for what formatTlogProof() does not
// write, and for more than kMaxNoteBytes.
Result<TlogProof> parseTlogProof(std::string_view file);

// Checks the signatures of the checkpoint, and that the path leads from the entry to its root.
// Fails as openCheckpoint() and checkInclusion() do; kDamaged also where the tree is too small for
// the index.
Result<OpenedCheckpoint> checkTlogProof(const TlogProof& proof, BytesView entry,
                                        const VerifierKey& log,
                                        std::span<const VerifierKey> witnesses = {});

}  // namespace robotledger
