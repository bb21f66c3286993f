// Strong types for the numbers that must not be mixed up.
//
//   Sequence s{7};  AccountId a{7};   // s == a does not compile
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace robotledger {

template <class Tag, class Rep>
struct Strong {
  using rep = Rep;
  Rep value{};
  auto operator<=>(const Strong&) const = default;
};

// An event's place in the log, dense, from 0; also its leaf index in the Merkle tree.
using Sequence = Strong<struct SequenceTag, std::uint64_t>;
// How many events a log or a tree has: the sequence of the next one.
using TreeSize = Strong<struct TreeSizeTag, std::uint64_t>;
// Counts up from 1 over accounts of both levels, never used again. 0 is no account.
using AccountId = Strong<struct AccountIdTag, std::uint64_t>;
// Counts up from 1 in order of creation, never used again. 0 is no project.
using ProjectId = Strong<struct ProjectIdTag, std::uint32_t>;
// Counts up from 1 (`admin`) in order of addition, never used again. 0 is no operator.
using OperatorId = Strong<struct OperatorIdTag, std::uint32_t>;

}  // namespace robotledger

template <class Tag, class Rep>
struct std::hash<robotledger::Strong<Tag, Rep>> {
  std::size_t operator()(const robotledger::Strong<Tag, Rep>& id) const noexcept {
    return std::hash<Rep>{}(id.value);
  }
};
