// SlotIndex: from a hash to slots (latched_records.h), changed by one thread and searched by any
// number of others without locks.
//
//   index.insert(hash, slot);
//   index.find(hash, [&](std::uint32_t slot) { return isIt(slot); })    // whether it was found
//
// Several slots may have one hash, and a slot that is offered may be another's, or gone since:
// whoever searches looks whether it is the one. A search that finds nothing has missed nothing that
// was in the index before it began and is still there.
//
// Open addressing with linear probing. Where a slot is erased, those behind it move up, so that
// there are no graves; who searches meanwhile and finds nothing sees by a count of such moves that
// he may have been overtaken, and searches again. A table that is too small is replaced by one
// twice as large; the old ones, which together are smaller than the new one, stay for those who are
// in them.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

namespace robotledger {

class SlotIndex {
 public:
  SlotIndex();
  SlotIndex(const SlotIndex&) = delete;
  SlotIndex& operator=(const SlotIndex&) = delete;
  ~SlotIndex() = default;

  // Any thread. Offers slots of that hash until `isIt` takes one.
  template <class IsIt>
  bool find(std::uint64_t hash, const IsIt& isIt) const {
    const std::uint32_t tag = tagOf(hash);
    for (;;) {
      const std::uint64_t moves = moves_.load(std::memory_order_acquire);
      const Table& table = *table_.load(std::memory_order_acquire);
      for (std::size_t at = tag & table.mask;; at = (at + 1) & table.mask) {
        const std::uint64_t cell = table.cells[at].load(std::memory_order_acquire);
        if (cell == kEmpty) break;
        if (tagIn(cell) == tag && isIt(slotIn(cell))) return true;
      }
      if (moves_.load(std::memory_order_acquire) == moves) return false;
    }
  }

  // The writer's thread: all of these.
  void insert(std::uint64_t hash, std::uint32_t slot);
  // It has to be there.
  void erase(std::uint64_t hash, std::uint32_t slot);

 private:
  static constexpr std::uint64_t kEmpty = 0;
  struct Table {
    explicit Table(std::size_t size);
    std::size_t mask;
    std::unique_ptr<std::atomic<std::uint64_t>[]> cells;
  };

  // A cell has the tag, of which the lower bits say where it belongs, and the slot plus one.
  static std::uint32_t tagOf(std::uint64_t hash) {
    return static_cast<std::uint32_t>(hash ^ (hash >> 32));
  }
  static std::uint32_t tagIn(std::uint64_t cell) { return static_cast<std::uint32_t>(cell >> 32); }
  static std::uint32_t slotIn(std::uint64_t cell) { return static_cast<std::uint32_t>(cell) - 1; }
  static std::uint64_t cellOf(std::uint32_t tag, std::uint32_t slot) {
    return (std::uint64_t{tag} << 32) | (slot + 1);
  }
  static void put(Table& table, std::uint64_t cell);
  void grow();

  std::atomic<Table*> table_;
  std::atomic<std::uint64_t> moves_{0};
  std::vector<std::unique_ptr<Table>> tables_;  // the last is in use
  std::size_t used_ = 0;
};

}  // namespace robotledger
