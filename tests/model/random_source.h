// Small choices from a seed, for the generators of the tests.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

namespace robotledger::model {

class RandomSource {
 public:
  explicit RandomSource(std::uint64_t seed) : engine_(seed) {}

  // 0 to limit - 1; limit is at least 1. The tiny bias does not matter here.
  std::uint64_t below(std::uint64_t limit) { return engine_() % limit; }
  // from to to, both included.
  std::int64_t between(std::int64_t from, std::int64_t to) {
    return from + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(to - from + 1)));
  }
  // True in `percent` of 100 cases.
  bool chance(std::uint64_t percent) { return below(100) < percent; }
  template <typename T>
  const T& pick(const std::vector<T>& from) {
    return from[below(from.size())];
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace robotledger::model
