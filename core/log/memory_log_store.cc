#include "core/log/memory_log_store.h"

#include <deque>
#include <map>
#include <utility>

#include "core/base/check.h"
#include "core/log/log_rules.h"
#include "core/merkle/tree.h"

namespace robotledger {

struct MemoryLogStore::Disk {
  struct Record {
    Digest leaf;
    Bytes entry;
  };
  std::mutex mutex;
  LogHead head{.size = {}, .root = emptyRoot(), .batch = {}};
  TreeBuilder tree;
  std::deque<Record> records;
  std::map<std::pair<unsigned, std::uint64_t>, Bytes> tiles;

  Result<Bytes> read(Sequence sequence) const {
    const Record& record = records[static_cast<std::size_t>(sequence.value)];
    if (auto damage = checkEntry(sequence, record.leaf, record.entry)) return *damage;
    return record.entry;
  }
};

class MemoryLogStore::Cursor final : public LogCursor {
 public:
  Cursor(std::shared_ptr<Disk> disk, Sequence from, TreeSize until)
      : disk_(std::move(disk)), next_(from), until_(until) {}

  Result<std::optional<BytesView>> next() override {
    if (next_.value == until_.value) return std::optional<BytesView>();
    const std::lock_guard lock(disk_->mutex);
    auto entry = disk_->read(next_);
    if (!entry) return entry.error();
    entry_ = *std::move(entry);
    ++next_.value;
    return std::optional<BytesView>(entry_);
  }

 private:
  std::shared_ptr<Disk> disk_;
  Sequence next_;
  TreeSize until_;
  Bytes entry_;
};

MemoryLogStore::MemoryLogStore() : MemoryLogStore(std::make_shared<Disk>()) {}
MemoryLogStore::MemoryLogStore(std::shared_ptr<Disk> disk)
    : disk_(std::move(disk)), head_(disk_->head) {}
MemoryLogStore::~MemoryLogStore() = default;

LogHead MemoryLogStore::head() const {
  const std::lock_guard lock(disk_->mutex);
  return head_;
}

AppendOutcome MemoryLogStore::append(TreeSize expected, const LogBatch& batch) {
  const std::lock_guard lock(disk_->mutex);
  const AppendState state = closed_ ? AppendState::kClosed : AppendState::kOpen;
  if (auto refused = refuseAppend(head_, state, expected, batch)) return *refused;
  RL_CHECK(head_ == disk_->head, "a memory log that was reopened is not appended to any more");

  const MemoryFault fault = std::exchange(fault_, MemoryFault::kNone);
  if (fault == MemoryFault::kNotWritten) {
    return {AppendEnding::kNotWritten, head_, {ErrorCode::kIo, "the disk would take nothing"}};
  }
  closed_ = fault != MemoryFault::kNone;
  const AppendOutcome unknown{
      AppendEnding::kUnknown, head_, {ErrorCode::kOutcomeUnknown, "the disk failed in a write"}};
  if (fault == MemoryFault::kUnknownLost) return unknown;

  std::vector<Digest> leaves;
  leaves.reserve(batch.entries.size());
  for (const Bytes& entry : batch.entries) leaves.push_back(leafHash(entry));
  TreeGrowth growth = disk_->tree.grow(leaves);
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    disk_->records.push_back({leaves[i], batch.entries[i]});
  }
  for (const FinishedTile& tile : growth.finishedTiles()) {
    disk_->tiles[{tile.id.level, tile.id.index}] = tile.hashes;
  }
  disk_->head = {.size = growth.size(), .root = growth.root(), .batch = batch.id};
  disk_->tree.commit(std::move(growth));
  if (fault == MemoryFault::kUnknownKept) return unknown;
  head_ = disk_->head;
  return {.ending = AppendEnding::kCommitted, .head = head_, .error = {}};
}

Result<Bytes> MemoryLogStore::read(Sequence sequence) const {
  const std::lock_guard lock(disk_->mutex);
  if (auto refused = refuseRead(head_, sequence)) return *refused;
  return disk_->read(sequence);
}

Result<std::unique_ptr<LogCursor>> MemoryLogStore::scan(Sequence from, TreeSize until) const {
  const std::lock_guard lock(disk_->mutex);
  if (auto refused = refuseScan(head_, from, until)) return *refused;
  return std::unique_ptr<LogCursor>(std::make_unique<Cursor>(disk_, from, until));
}

Result<Bytes> MemoryLogStore::hashTile(unsigned level, std::uint64_t index, unsigned width) const {
  const std::lock_guard lock(disk_->mutex);
  if (auto refused = refuseTile(head_, level, index, width)) return *refused;
  const auto full = disk_->tiles.find({level, index});
  const BytesView hashes =
      full != disk_->tiles.end() ? BytesView(full->second) : disk_->tree.unfinishedTile(level);
  return Bytes(hashes.substr(0, width * kDigestBytes));
}

void MemoryLogStore::breakNextAppend(MemoryFault fault) {
  const std::lock_guard lock(disk_->mutex);
  fault_ = fault;
}

std::unique_ptr<MemoryLogStore> MemoryLogStore::reopen() {
  const std::lock_guard lock(disk_->mutex);
  closed_ = true;
  return std::unique_ptr<MemoryLogStore>(new MemoryLogStore(disk_));
}

void MemoryLogStore::damageRecord(Sequence sequence, Bytes entry) {
  const std::lock_guard lock(disk_->mutex);
  RL_CHECK(sequence.value < disk_->records.size(), "only a record that is there can be damaged");
  disk_->records[static_cast<std::size_t>(sequence.value)].entry = std::move(entry);
}

}  // namespace robotledger
