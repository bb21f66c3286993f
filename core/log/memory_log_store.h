// A LogStore in memory, for tests and for ledgers that need not last. It can be broken on purpose:
//
//   MemoryLogStore store;
//   store.breakNextAppend(MemoryFault::kUnknownKept);
//   store.append(...);                  // kUnknown, and the store takes no more
//   auto found = store.reopen();        // has the batch, as a disk would after a restart
#pragma once

#include <memory>
#include <mutex>

#include "core/log/log_store.h"

namespace robotledger {

enum class MemoryFault {
  kNone,
  kNotWritten,   // the next append ends as not written, and the one after may succeed
  kUnknownLost,  // it ends as unknown, and reopening finds nothing of it
  kUnknownKept,  // it ends as unknown, and reopening finds all of it
};

class MemoryLogStore final : public LogStore {
 public:
  MemoryLogStore();
  ~MemoryLogStore() override;

  LogHead head() const override;
  AppendOutcome append(TreeSize expected, const LogBatch& batch) override;
  Result<Bytes> read(Sequence sequence) const override;
  Result<std::unique_ptr<LogCursor>> scan(Sequence from, TreeSize until) const override;
  Result<Bytes> hashTile(unsigned level, std::uint64_t index, unsigned width) const override;

  // The next append that would be written fails so. Any thread.
  void breakNextAppend(MemoryFault fault);

  // The log as a restart would find it, in a store of its own. This one takes no more appends, and
  // must not be used once the new one has been appended to. The thread that appends.
  std::unique_ptr<MemoryLogStore> reopen();

  // Puts other bytes in a record's place without its hash, as a bad disk would. Any thread.
  void damageRecord(Sequence sequence, Bytes entry);

 private:
  struct Disk;
  class Cursor;
  explicit MemoryLogStore(std::shared_ptr<Disk> disk);

  // The disk's mutex guards all of these.
  std::shared_ptr<Disk> disk_;
  LogHead head_;
  MemoryFault fault_ = MemoryFault::kNone;
  bool closed_ = false;
};

}  // namespace robotledger
