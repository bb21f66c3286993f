// CapabilitySet: the capabilities that somebody has in one scope, as bits; a few words in all.
//
//   CapabilitySet set; set.add(kPushImage);
//   hasBit(set.words[wordOf(kPushImage)], kPushImage)
#pragma once

#include <array>
#include <cstdint>

#include "core/domain/capability.h"

namespace robotledger {

inline constexpr std::size_t kBitsAWord = 64;
// Room for half as many again as there are; a test says when it is full.
inline constexpr std::size_t kCapabilityWords = 3;

// Which of the words has the capability's bit; kCapabilityWords or more for one that none has.
inline std::size_t wordOf(Capability capability) { return capability.index / kBitsAWord; }
inline bool hasBit(std::uint64_t word, Capability capability) {
  return ((word >> (capability.index % kBitsAWord)) & 1) != 0;
}

struct CapabilitySet {
  std::array<std::uint64_t, kCapabilityWords> words{};

  // The capability is one of the table.
  void add(Capability capability) {
    words.at(wordOf(capability)) |= std::uint64_t{1} << (capability.index % kBitsAWord);
  }
  bool has(Capability capability) const {
    return wordOf(capability) < kCapabilityWords && hasBit(words[wordOf(capability)], capability);
  }
};

}  // namespace robotledger
