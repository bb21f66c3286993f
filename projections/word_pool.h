// WordPool: blocks of words that one thread fills and that others read without locks, for what has
// no fixed size.
//
//   WordPool::Word* block = pool.take(3);
//   block[0].store(7, std::memory_order_release);
//   pool.giveBack(block, 3);                       // when nothing refers to it any more
//
// A block that was given back is filled anew while somebody may still read it: he has to see, by
// what referred him to it (latched_records.h), that what he read is void. Its memory stays what it
// is, words of a block of that size, for as long as the pool lives. So a pool is for one kind of
// content, of which no word leads outside of any block that it may be in.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

namespace robotledger {

// One thread, the writer's; the words, any thread.
class WordPool {
 public:
  using Word = std::atomic<std::uint64_t>;

  // A block of at least so many words, in which is whatever was in it before.
  Word* take(std::size_t words);
  // `words` is what it was taken with.
  void giveBack(Word* block, std::size_t words);

 private:
  // Blocks of 1, 2, 4, 8 … words.
  static constexpr std::size_t kSizes = 32;
  static std::size_t sizeFor(std::size_t words);

  std::vector<std::unique_ptr<Word[]>> slabs_;
  std::array<std::vector<Word*>, kSizes> free_;
};

}  // namespace robotledger
