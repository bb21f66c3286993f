// The strict reading of texts that nobody vouches for.
//
//   std::string_view rest = "12\nabc";
//   takeLine(rest)            "12", and rest is "abc"
//   parseDecimal("012")       nothing: 12 has one spelling
//
// All functions: any thread.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

namespace robotledger {

// Takes the first line off the text, with its newline, and gives it without. Nothing, and nothing
// taken, where no newline is left.
std::optional<std::string_view> takeLine(std::string_view& rest);

// A decimal number of ASCII digits, at most `max`: no sign, no white space, no leading zeros.
std::optional<std::uint64_t> parseDecimal(
    std::string_view text, std::uint64_t max = std::numeric_limits<std::uint64_t>::max());

}  // namespace robotledger
