// Lines of a history that are malformed; a part of random_history.h.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "tests/model/random_source.h"

namespace robotledger::model {

// A well-formed line of a history file made malformed, in one of many ways.
std::string spoiltLine(RandomSource& random, nlohmann::json line);

}  // namespace robotledger::model
