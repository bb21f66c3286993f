#include "core/log/log_rules.h"

#include "core/base/limits.h"
#include "core/merkle/tiles.h"
#include "core/merkle/tree.h"

namespace robotledger {
namespace {

std::string number(std::uint64_t value) { return std::to_string(value); }

AppendOutcome refused(AppendEnding ending, const LogHead& head, ErrorCode code,
                      std::string message) {
  return {.ending = ending, .head = head, .error = {code, std::move(message)}};
}

}  // namespace

std::optional<AppendOutcome> refuseAppend(const LogHead& head, AppendState state, TreeSize expected,
                                          const LogBatch& batch) {
  if (state == AppendState::kClosed) {
    return refused(AppendEnding::kNotWritten, head, ErrorCode::kClosed,
                   "the log takes no appends since one ended with its outcome unknown; open it "
                   "again to find out");
  }
  if (batch.entries.empty()) {
    return refused(AppendEnding::kNotWritten, head, ErrorCode::kInvalidArgument,
                   "a batch has at least one entry");
  }
  for (std::size_t i = 0; i < batch.entries.size(); ++i) {
    const std::size_t bytes = batch.entries[i].size();
    if (bytes >= 1 && bytes <= kMaxEntryBytes) continue;
    return refused(AppendEnding::kNotWritten, head, ErrorCode::kInvalidArgument,
                   "entry " + number(i) + " of the batch has " + number(bytes) +
                       " bytes, not 1 to " + number(kMaxEntryBytes));
  }
  if (expected != head.size) {
    return refused(AppendEnding::kConflict, head, ErrorCode::kInvalidArgument,
                   "the log has " + number(head.size.value) + " records, not " +
                       number(expected.value) + " as expected");
  }
  return std::nullopt;
}

std::optional<Error> refuseRead(const LogHead& head, Sequence sequence) {
  if (sequence.value < head.size.value) return std::nullopt;
  return Error{ErrorCode::kNotFound, "there is no record " + number(sequence.value) +
                                         "; the log has " + number(head.size.value)};
}

std::optional<Error> refuseScan(const LogHead& head, Sequence from, TreeSize until) {
  if (from.value <= until.value && until <= head.size) return std::nullopt;
  return Error{ErrorCode::kInvalidArgument, "records " + number(from.value) + " to " +
                                                number(until.value) + " are no range of a log of " +
                                                number(head.size.value)};
}

std::optional<Error> refuseTile(const LogHead& head, unsigned level, std::uint64_t index,
                                unsigned width) {
  if (width < 1 || width > kTileWidth) {
    return Error{ErrorCode::kInvalidArgument, "a tile has 1 to 256 hashes, not " + number(width)};
  }
  if (width <= tileWidth({level, index}, head.size)) return std::nullopt;
  return Error{ErrorCode::kNotFound, "tile " + number(level) + "/" + number(index) +
                                         " has fewer than " + number(width) +
                                         " hashes in a tree of " + number(head.size.value)};
}

Error damagedRecord(Sequence sequence, const std::string& what) {
  return {ErrorCode::kDamaged, "record " + number(sequence.value) + " " + what};
}

Error damagedTile(unsigned level, std::uint64_t index, const std::string& what) {
  return {ErrorCode::kDamaged, "tile " + number(level) + "/" + number(index) + " " + what};
}

std::optional<Error> checkEntry(Sequence sequence, const Digest& stored, BytesView entry) {
  const Digest found = leafHash(entry);
  if (found == stored) return std::nullopt;
  return damagedRecord(sequence, "was changed: its leaf hash is " + toHex(digestBytes(found)) +
                                     ", and " + toHex(digestBytes(stored)) + " was stored with it");
}

}  // namespace robotledger
