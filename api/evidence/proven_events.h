// A log of which only some events are at hand, each of them proven to be in it, and what can be
// asked of those alone: bundles without the log are checked so.
//
//   ProvenEvents events(size, root);
//   events.add(Sequence{7}, entry);                    whose proof was checked
//   MemoryRowStore rows;
//   auto view = viewOf(events, rows, as_of, EventsTaken::kAll);
//
// The view's answers follow from the events at hand. Whether there are more that would change them
// nobody can tell from these.
#pragma once

#include <map>
#include <memory>

#include "core/log/log_store.h"
#include "projections/memory_row_store.h"
#include "projections/view.h"

namespace robotledger {

// To be read alone; one thread adds, before others read.
class ProvenEvents final : public LogStore {
 public:
  ProvenEvents(TreeSize size, const Digest& root)
      : head_{.size = size, .root = root, .batch = {}} {}

  void add(Sequence sequence, Bytes entry) { entries_[sequence] = std::move(entry); }
  const std::map<Sequence, Bytes>& entries() const { return entries_; }

  LogHead head() const override { return head_; }
  AppendOutcome append(TreeSize expected, const LogBatch& batch) override;
  // kDamaged for an event that is not at hand.
  Result<Bytes> read(Sequence sequence) const override;
  // kNotFound: neither all records nor hashes are at hand.
  Result<std::unique_ptr<LogCursor>> scan(Sequence from, TreeSize until) const override;
  Result<Bytes> hashTile(unsigned level, std::uint64_t index, unsigned width) const override;

 private:
  LogHead head_;
  std::map<Sequence, Bytes> entries_;
};

// Which of the events the rows are made of.
enum class EventsTaken : std::uint8_t {
  kAll,    // of each account that there are events of, all are at hand
  kNames,  // those that give accounts and projects their names
};

// The rows of access and accounts, as if nothing but these events had happened, and the view of
// them as of that event, which is the log's last. kDamaged where an event is none, or does not
// follow on those before it. The events and the store outlive the view. Any thread.
Result<std::shared_ptr<const View>> viewOf(const ProvenEvents& events, RowStore& rows,
                                           const AsOf& as_of, EventsTaken taken);

}  // namespace robotledger
