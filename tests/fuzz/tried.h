// What has to hold for bytes that nobody vouches for, whatever they are: a function for each parser
// that the world can reach. Each ends the process where something does not hold.
//
//   tryEntry(bytes)      kRefused, or kTaken
//
// Fuzzers call them with what they come up with (tools/fuzz), the tests with corpus/, where the
// folder of each has the name of its function in kTargets.
#pragma once

#include "core/base/bytes.h"

namespace robotledger {

enum class Tried : std::uint8_t { kTaken, kRefused };

// The scopes of a token request: each line is a parameter of its own.
Tried tryScopes(BytesView bytes);
// The value of an Authorization header.
Tried tryBasic(BytesView bytes);
// A query, or the body of a form.
Tried tryForm(BytesView bytes);
// A line of a history file.
Tried tryHistoryLine(BytesView bytes);
// An event as it is stored.
Tried tryEntry(BytesView bytes);
// A signed note, such as a checkpoint.
Tried tryNote(BytesView bytes);

struct FuzzTarget {
  const char* name;
  Tried (*tried)(BytesView);
};
inline constexpr FuzzTarget kTargets[] = {
    {"scopes", tryScopes}, {"basic", tryBasic}, {"form", tryForm}, {"history_line", tryHistoryLine},
    {"entry", tryEntry},   {"note", tryNote},
};

}  // namespace robotledger
