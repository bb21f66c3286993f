// One random line of a history, given what is known of the ledger; a part of random_history.h.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "tests/model/event.h"
#include "tests/model/random_source.h"

namespace robotledger::model {

// What lives, so that most lines can be made to succeed.
struct Known {
  std::set<std::string> projects;
  std::map<std::string, std::set<Permission>> accounts;  // by qualified name: what is explicit
  std::set<std::string> disabled;                        // accounts
  std::map<std::string, Expiry> expiries;                // of accounts
  std::int64_t system_days = 30;
  std::set<std::string> operators;
  std::set<std::string> system_admins;
};

// A line with the given time: mostly a command that could be accepted, some wrong in a value, some
// malformed.
std::string randomLine(RandomSource& random, const Known& known, std::int64_t at_us);

}  // namespace robotledger::model
