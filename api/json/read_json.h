// JSON from outside, read within bounds.
//
//   auto json = readJson(request.body);
//   if (!json) ...                          // none, or one that is nested too deep
#pragma once

#include <optional>
#include <string_view>

#include "api/json/json_text.h"

namespace robotledger {

// Arrays and objects in each other: what we read has some four.
inline constexpr int kMaxJsonDepth = 16;

// Nothing for what is no JSON, whole, in UTF-8, or is nested deeper than that. Of fields of one
// name the last counts. Any thread.
std::optional<Json> readJson(std::string_view text);

}  // namespace robotledger
