#include "projections/word_pool.h"

#include <set>

#include <gtest/gtest.h>

namespace robotledger {
namespace {

TEST(WordPool, BlocksDoNotOverlap) {
  WordPool pool;
  std::vector<std::pair<WordPool::Word*, std::size_t>> blocks;
  for (std::size_t round = 0; round < 50; ++round) {
    for (const std::size_t words : {0, 1, 2, 3, 4, 5, 64, 65, 2007, 8193, 20000}) {
      blocks.emplace_back(pool.take(words), words);
    }
  }
  std::uint64_t number = 0;
  for (const auto& [block, words] : blocks) {
    for (std::size_t i = 0; i < words; ++i) block[i] = ++number;
  }
  number = 0;
  for (const auto& [block, words] : blocks) {
    for (std::size_t i = 0; i < words; ++i) ASSERT_EQ(block[i], ++number);
  }
}

TEST(WordPool, WhatIsGivenBackIsTakenAgainForTheSameSize) {
  WordPool pool;
  std::set<const WordPool::Word*> blocks;
  for (int i = 0; i < 100000; ++i) {
    WordPool::Word* block = pool.take(5 + static_cast<std::size_t>(i % 4));
    blocks.insert(block);
    pool.giveBack(block, 5 + static_cast<std::size_t>(i % 4));
  }
  EXPECT_EQ(blocks.size(), 1u);
}

}  // namespace
}  // namespace robotledger
