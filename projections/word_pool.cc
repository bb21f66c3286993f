#include "projections/word_pool.h"

#include <algorithm>
#include <bit>

#include "core/base/check.h"

namespace robotledger {
namespace {

constexpr std::size_t kSlabWords = 8192;

}  // namespace

std::size_t WordPool::sizeFor(std::size_t words) {
  const auto size = static_cast<std::size_t>(std::bit_width(std::max<std::size_t>(words, 1) - 1));
  RL_CHECK(size < kSizes, "a block is not that large");
  return size;
}

WordPool::Word* WordPool::take(std::size_t words) {
  const std::size_t size = sizeFor(words);
  auto& free = free_[size];
  if (free.empty()) {
    const std::size_t block = std::size_t{1} << size;
    const std::size_t all = std::max(kSlabWords, block);
    Word* slab = slabs_.emplace_back(std::make_unique<Word[]>(all)).get();
    for (std::size_t at = all; at > 0; at -= block) free.push_back(slab + (at - block));
  }
  Word* block = free.back();
  free.pop_back();
  return block;
}

void WordPool::giveBack(Word* block, std::size_t words) { free_[sizeFor(words)].push_back(block); }

}  // namespace robotledger
