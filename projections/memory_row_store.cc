#include "projections/memory_row_store.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <utility>

#include "core/base/check.h"

namespace robotledger {

// Versions of each row, counted in batches. A reader of version v sees the last one up to v.
class MemoryRowStore::Rows {
 public:
  using Version = std::uint64_t;

  void write(const RowBatch& batch) {
    const std::lock_guard lock(mutex_);
    ++version_;
    const Version oldest = readers_.empty() ? version_ : *readers_.begin();
    for (const auto& [key, value] : batch.changes) {
      History& history = rows_[key];
      bytes_ -= sizeOf(key, history);
      history.push_back({version_, value});
      bytes_ += sizeOf(key, history);
      forget(history, oldest);
      if (history.size() == 1 && !history.front().value) rows_.erase(key);
    }
  }

  bool clear() {
    const std::lock_guard lock(mutex_);
    if (!readers_.empty()) return false;
    rows_.clear();
    bytes_ = 0;
    return true;
  }

  Version beginReading() {
    const std::lock_guard lock(mutex_);
    readers_.insert(version_);
    return version_;
  }
  void endReading(Version version) {
    const std::lock_guard lock(mutex_);
    readers_.erase(readers_.find(version));
  }

  std::optional<Bytes> get(BytesView key, Version version) const {
    const std::shared_lock lock(mutex_);
    const auto row = rows_.find(key);
    const Bytes* value = row == rows_.end() ? nullptr : visible(row->second, version);
    return value == nullptr ? std::nullopt : std::optional(*value);
  }

  using Row = std::pair<Bytes, Bytes>;
  enum class Edge { kIncluded, kExcluded };

  // The first row from the key on, and the last one up to it.
  std::optional<Row> firstFrom(BytesView key, Edge edge, Version version) const {
    const std::shared_lock lock(mutex_);
    auto row = edge == Edge::kIncluded ? rows_.lower_bound(key) : rows_.upper_bound(key);
    for (; row != rows_.end(); ++row) {
      if (const Bytes* value = visible(row->second, version)) return Row(row->first, *value);
    }
    return std::nullopt;
  }
  std::optional<Row> lastUpTo(BytesView key, Edge edge, Version version) const {
    const std::shared_lock lock(mutex_);
    auto row = edge == Edge::kIncluded ? rows_.upper_bound(key) : rows_.lower_bound(key);
    while (row != rows_.begin()) {
      --row;
      if (const Bytes* value = visible(row->second, version)) return Row(row->first, *value);
    }
    return std::nullopt;
  }

  std::uint64_t bytes() const {
    const std::shared_lock lock(mutex_);
    return bytes_;
  }

 private:
  struct Change {
    Version version;
    std::optional<Bytes> value;
  };
  using History = std::vector<Change>;

  static const Bytes* visible(const History& history, Version version) {
    const auto seen = std::find_if(history.rbegin(), history.rend(),
                                   [&](const Change& change) { return change.version <= version; });
    return seen != history.rend() && seen->value ? &*seen->value : nullptr;
  }

  // Drops what lies behind the last change that the oldest reader sees.
  static void forget(History& history, Version oldest) {
    std::size_t first = 0;
    for (std::size_t i = 0; i < history.size(); ++i) {
      if (history[i].version <= oldest) first = i;
    }
    history.erase(history.begin(), history.begin() + static_cast<std::ptrdiff_t>(first));
  }

  static std::uint64_t sizeOf(BytesView key, const History& history) {
    if (history.empty() || !history.back().value) return 0;
    return key.size() + history.back().value->size();
  }

  mutable std::shared_mutex mutex_;
  std::map<Bytes, History, std::less<>> rows_;
  std::multiset<Version> readers_;
  Version version_ = 0;
  std::uint64_t bytes_ = 0;
};

class MemoryRowStore::Cursor final : public RowCursor {
 public:
  Cursor(const Rows& rows, Rows::Version version) : rows_(rows), version_(version) {}

  void seek(BytesView key) override {
    row_ = rows_.firstFrom(key, Rows::Edge::kIncluded, version_);
  }
  void seekForPrev(BytesView key) override {
    row_ = rows_.lastUpTo(key, Rows::Edge::kIncluded, version_);
  }
  void next() override { row_ = rows_.firstFrom(key(), Rows::Edge::kExcluded, version_); }
  void prev() override { row_ = rows_.lastUpTo(key(), Rows::Edge::kExcluded, version_); }
  bool valid() const override { return row_.has_value(); }
  BytesView key() const override {
    RL_CHECK(valid(), "only a cursor that stands on a row has a key");
    return row_->first;
  }
  BytesView value() const override {
    RL_CHECK(valid(), "only a cursor that stands on a row has a value");
    return row_->second;
  }
  Result<void> status() const override { return {}; }

 private:
  const Rows& rows_;
  Rows::Version version_;
  std::optional<Rows::Row> row_;
};

class MemoryRowStore::Snapshot final : public RowSnapshot {
 public:
  explicit Snapshot(std::shared_ptr<Rows> rows)
      : rows_(std::move(rows)), version_(rows_->beginReading()) {}
  ~Snapshot() override { rows_->endReading(version_); }

  Result<std::optional<Bytes>> get(BytesView key) const override {
    return rows_->get(key, version_);
  }
  Result<std::vector<std::optional<Bytes>>> getMany(const std::vector<Bytes>& keys) const override {
    std::vector<std::optional<Bytes>> values;
    values.reserve(keys.size());
    for (const Bytes& key : keys) values.push_back(rows_->get(key, version_));
    return values;
  }
  std::unique_ptr<RowCursor> cursor() const override {
    return std::make_unique<Cursor>(*rows_, version_);
  }

 private:
  std::shared_ptr<Rows> rows_;
  Rows::Version version_;
};

MemoryRowStore::MemoryRowStore() : rows_(std::make_shared<Rows>()) {}
MemoryRowStore::~MemoryRowStore() = default;

Result<void> MemoryRowStore::write(const RowBatch& batch) {
  rows_->write(batch);
  return {};
}

Result<void> MemoryRowStore::flush() { return {}; }

Result<void> MemoryRowStore::clear() {
  if (rows_->clear()) return {};
  return Error{ErrorCode::kInUse, "the rows cannot be dropped while a snapshot of them is in use"};
}

std::shared_ptr<const RowSnapshot> MemoryRowStore::snapshot() const {
  return std::make_shared<Snapshot>(rows_);
}

std::uint64_t MemoryRowStore::diskBytes() const { return rows_->bytes(); }

}  // namespace robotledger
