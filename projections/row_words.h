// What a row is about, for a person, from its key alone.
//
//   rowInWords(accountKey(ProjectId{3}, AccountId{12}))    "the row of account 12 in project 3"
#pragma once

#include <string>

#include "core/base/bytes.h"

namespace robotledger {

// Any key, also one that is none: "a row of no kind". Any thread.
std::string rowInWords(BytesView key);

}  // namespace robotledger
