#include "core/ledger/check_since.h"

#include <string>

#include "core/ledger/saved_state.h"

namespace robotledger {

Result<Checkpoint> checkSince(const LogStore& log, std::string_view note, const VerifierKey& key) {
  auto opened = openCheckpoint(note, key);
  if (!opened) return opened.error();
  const Checkpoint& old = opened->checkpoint;
  const std::string expected = "the checkpoint is of " + std::to_string(old.size.value) +
                               " events with the root " + toHex(digestBytes(old.root));
  const TreeSize size = log.head().size;
  if (old.size > size) {
    return Error{ErrorCode::kDamaged, expected + ", and the log has " + std::to_string(size.value) +
                                          " events: it lost some"};
  }
  const auto root = rootAt(log, old.size);
  if (!root) return root.error();
  if (*root == old.root) return std::move(opened->checkpoint);
  return Error{ErrorCode::kDamaged, expected + ", and the log's root at that size is " +
                                        toHex(digestBytes(*root)) +
                                        ": its history was changed since"};
}

}  // namespace robotledger
