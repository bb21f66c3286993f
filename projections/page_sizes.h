// How many entries the parts of lists have that grow for ever. Tests build the projections a second
// time with small ones, so that short histories have many parts.
#pragma once

#include <cstdint>

namespace robotledger {

#ifdef ROBOTLEDGER_SMALL_PAGES
inline constexpr std::uint32_t kPageChanges = 3;
inline constexpr std::uint32_t kHistoryPart = 2;
inline constexpr std::uint32_t kPostingPart = 2;
#else
inline constexpr std::uint32_t kPageChanges = 64;   // changes in a page of a timeline
inline constexpr std::uint32_t kHistoryPart = 64;   // events in a part of an account's history
inline constexpr std::uint32_t kPostingPart = 128;  // sequences in a part of a posting list
#endif

}  // namespace robotledger
