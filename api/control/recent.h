// Recent: what was read before and does not change, such as the rows of a snapshot or the records
// of a log, so that it is not asked for again. When it has grown too large it begins anew.
//
//   Recent<Sequence, Bytes> recent(kRecentBytes);
//   if (auto known = recent.find(sequence)) return *known;
//   recent.put(sequence, bytes, bytes.size());
#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

namespace robotledger {

// Any thread.
template <class Key, class Value>
class Recent {
 public:
  explicit Recent(std::size_t most_bytes) : most_bytes_(most_bytes) {}

  std::optional<Value> find(const Key& key) const {
    const std::lock_guard lock(mutex_);
    const auto found = known_.find(key);
    if (found == known_.end()) return std::nullopt;
    return found->second;
  }

  // `bytes` is what it takes, roughly.
  void put(Key key, Value value, std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    if (bytes_ + bytes > most_bytes_) {
      known_.clear();
      bytes_ = 0;
    }
    if (known_.emplace(std::move(key), std::move(value)).second) bytes_ += bytes;
  }

 private:
  const std::size_t most_bytes_;
  mutable std::mutex mutex_;
  std::map<Key, Value> known_;
  std::size_t bytes_ = 0;
};

// How much of each kind a client keeps.
inline constexpr std::size_t kRecentBytes = std::size_t{32} << 20;

}  // namespace robotledger
