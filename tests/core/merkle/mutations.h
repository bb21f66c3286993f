// Changes to bytes that somebody will check: every single bit, and random ones of all kinds.
#pragma once

#include <random>
#include <string>

#include "core/base/bytes.h"

namespace robotledger {

// Calls visit(changed, the byte's place) for each bit of the bytes.
template <class Visit>
void forEachFlippedBit(const Bytes& bytes, const Visit& visit) {
  Bytes changed = bytes;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      changed[at] = static_cast<char>(bytes[at] ^ 1 << bit);
      visit(changed, at);
    }
    changed[at] = bytes[at];
  }
}

// One to three changes: bytes replaced, inserted, removed, doubled or moved; the end cut off.
inline Bytes mutated(Bytes bytes, std::mt19937& random) {
  const auto up_to = [&](std::size_t most) { return random() % (most + 1); };
  for (std::size_t changes = 1 + up_to(2); changes > 0; --changes) {
    const std::size_t at = up_to(bytes.size());
    const std::size_t length = 1 + up_to(random() % 4 == 0 ? 80 : 2);
    const Bytes piece = bytes.substr(at, length);
    switch (up_to(6)) {
      case 0: bytes.erase(at, length); break;
      case 1: bytes.insert(at, piece); break;
      case 2: bytes.insert(up_to(bytes.size()), piece); break;
      case 3: bytes.insert(at, length, "0 \n\r=+A\xe2\0"[up_to(8)]); break;
      case 4: bytes.resize(at); break;
      default:
        if (at < bytes.size()) bytes[at] = static_cast<char>(random());
    }
  }
  return bytes;
}

}  // namespace robotledger
