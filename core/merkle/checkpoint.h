// Checkpoints (https://c2sp.org/tlog-checkpoint): what a log says of its tree, in a signed note of
// three lines.
//
//   ledger.example/robots                            the origin, which is the name of the log's key
//   70000                                            how many leaves the tree has
//   pipUvjMpT/1aXExjf9dUYwtxqJLoNW46Zmpcin/9FRg=     its root
//
//   auto checkpoint = openCheckpoint(bytes, log_key, witness_keys);
//   if (!checkpoint) return checkpoint.error();
//   auto included = checkInclusion(leaf, sequence, checkpoint->size, path, checkpoint->root);
//
// All functions: any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/base/sha256.h"
#include "core/merkle/signed_note.h"
#include "core/merkle/signing_key.h"
#include "core/merkle/verifier_key.h"

namespace robotledger {

struct Checkpoint {
  std::string origin;
  TreeSize size;
  Digest root{};
  bool operator==(const Checkpoint&) const = default;
};

struct OpenedCheckpoint {
  Checkpoint checkpoint;
  std::vector<GoodSignature> signatures;  // the log's is among them
};

// The three lines, which are what is signed.
std::string formatCheckpoint(const Checkpoint& checkpoint);

// Reads the text of a note. Lines that others may have put after the three are passed over, if they
// are not empty. kDamaged for any other spelling of the three.
Result<Checkpoint> parseCheckpoint(std::string_view text);

// The signed note. Never sign two that disagree: that is for the caller to see to.
// kInvalidArgument where the origin is not the key's name.
Result<std::string> signCheckpoint(const Checkpoint& checkpoint, const SigningKey& key);

// kDamaged as openNote() and parseCheckpoint() say, where `log` has not signed, whoever else has,
// and where the origin is not its name. Which witnesses are enough is for the caller to say.
Result<OpenedCheckpoint> openCheckpoint(std::string_view note, const VerifierKey& log,
                                        std::span<const VerifierKey> witnesses = {});

}  // namespace robotledger
