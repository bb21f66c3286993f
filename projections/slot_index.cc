#include "projections/slot_index.h"

#include "core/base/check.h"

namespace robotledger {
namespace {

constexpr std::size_t kFirstSize = 1024;

}  // namespace

SlotIndex::Table::Table(std::size_t size)
    : mask(size - 1), cells(std::make_unique<std::atomic<std::uint64_t>[]>(size)) {}

SlotIndex::SlotIndex() {
  tables_.push_back(std::make_unique<Table>(kFirstSize));
  table_.store(tables_.back().get(), std::memory_order_release);
}

void SlotIndex::put(Table& table, std::uint64_t cell) {
  std::size_t at = tagIn(cell) & table.mask;
  while (table.cells[at].load(std::memory_order_relaxed) != kEmpty) at = (at + 1) & table.mask;
  table.cells[at].store(cell, std::memory_order_release);
}

void SlotIndex::grow() {
  const Table& old = *tables_.back();
  auto larger = std::make_unique<Table>(2 * (old.mask + 1));
  for (std::size_t at = 0; at <= old.mask; ++at) {
    const std::uint64_t cell = old.cells[at].load(std::memory_order_relaxed);
    if (cell != kEmpty) put(*larger, cell);
  }
  // From here on the old one is not changed any more.
  table_.store(larger.get(), std::memory_order_release);
  tables_.push_back(std::move(larger));
}

void SlotIndex::insert(std::uint64_t hash, std::uint32_t slot) {
  if (2 * (used_ + 1) > tables_.back()->mask + 1) grow();
  put(*tables_.back(), cellOf(tagOf(hash), slot));
  used_ += 1;
}

void SlotIndex::erase(std::uint64_t hash, std::uint32_t slot) {
  Table& table = *tables_.back();
  const auto cellAt = [&](std::size_t at) {
    return table.cells[at].load(std::memory_order_relaxed);
  };
  const std::uint64_t cell = cellOf(tagOf(hash), slot);
  std::size_t hole = tagOf(hash) & table.mask;
  while (cellAt(hole) != cell) {
    RL_CHECK(cellAt(hole) != kEmpty, "what is erased is in the index");
    hole = (hole + 1) & table.mask;
  }
  // Before anything is gone from where somebody may look for it, he can know.
  const auto announce = [&] { moves_.fetch_add(1, std::memory_order_release); };
  announce();
  for (std::size_t at = (hole + 1) & table.mask; cellAt(at) != kEmpty; at = (at + 1) & table.mask) {
    // Whether the way from where it belongs to where it is leads over the hole.
    const std::size_t home = tagIn(cellAt(at)) & table.mask;
    if (((at - home) & table.mask) < ((at - hole) & table.mask)) continue;
    table.cells[hole].store(cellAt(at), std::memory_order_release);
    announce();
    hole = at;
  }
  table.cells[hole].store(kEmpty, std::memory_order_release);
  used_ -= 1;
}

}  // namespace robotledger
