// One line of a history file as JSON, read strictly: what nlohmann-json would let pass and the
// rules do not is an error here. For the naive model only.
//
//   parseJsonLine("{\"days\":90}")            an object
//   parseJsonLine("{\"a\":1,\"a\":2}")        nothing: a key is there twice
//   parseJsonLine("{\"days\":1e2}")           an object whose "days" is a float
//   parseJsonLine("{\"days\":99…99}")         an object whose "days" is an integer, of the largest
//                                             or smallest value that fits 64 bits
#pragma once

#include <optional>
#include <string_view>

#include <nlohmann/json.hpp>

namespace robotledger::model {

// Nothing for a text that is not one JSON value in UTF-8, or in which an object names a key twice.
std::optional<nlohmann::json> parseJsonLine(std::string_view text);

}  // namespace robotledger::model
