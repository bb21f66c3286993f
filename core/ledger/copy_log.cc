#include "core/ledger/copy_log.h"

#include <string>
#include <utility>

#include "core/base/limits.h"

namespace robotledger {
namespace {

constexpr std::size_t kMaxBatchBytes = std::size_t{4} << 20;

// The next records, as many as make a batch; none at the end.
Result<std::vector<Bytes>> readBatch(LogCursor& cursor) {
  std::vector<Bytes> entries;
  std::size_t bytes = 0;
  while (entries.size() < kMaxBatchEvents && bytes < kMaxBatchBytes) {
    const auto record = cursor.next();
    if (!record) return record.error();
    if (!record->has_value()) break;
    entries.emplace_back(**record);
    bytes += entries.back().size();
  }
  return entries;
}

}  // namespace

Result<LogHead> copyLog(const LogStore& from, LogStore& to, const CopyProgress& progress) {
  if (to.head().size.value > 0) {
    return Error{ErrorCode::kInvalidArgument, "the log to copy into has " +
                                                  std::to_string(to.head().size.value) +
                                                  " records already; a copy needs an empty one"};
  }
  const LogHead head = from.head();
  const auto cursor = from.scan(Sequence{0}, head.size);
  if (!cursor) return cursor.error();
  while (true) {
    auto entries = readBatch(**cursor);
    if (!entries) return entries.error();
    if (entries->empty()) break;
    const auto id = newBatchId();
    if (!id) return id.error();
    const AppendOutcome appended = to.append(to.head().size, {*id, *std::move(entries)});
    if (appended.ending != AppendEnding::kCommitted) return appended.error;
    if (progress) progress(appended.head.size, head.size);
  }
  const LogHead copied = to.head();
  if (copied.size == head.size && copied.root == head.root) return copied;
  return Error{ErrorCode::kDamaged, "what was copied is " + std::to_string(copied.size.value) +
                                        " records with the root " +
                                        toHex(digestBytes(copied.root)) + ", and the log says " +
                                        std::to_string(head.size.value) + " with the root " +
                                        toHex(digestBytes(head.root))};
}

}  // namespace robotledger
