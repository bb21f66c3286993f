// JSON as text, on one line: the one spelling of it that is printed, sent and put into evidence.
//
//   jsonText({{"sequence", 7}})     {"sequence":7}
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace robotledger {

// Keys stay in the order in which they are put.
using Json = nlohmann::ordered_json;

// Without a newline. What is not UTF-8 in it becomes U+FFFD. Any thread.
std::string jsonText(const Json& json);

}  // namespace robotledger
