// A line of a history file as a command, for the naive model: which fields it must and may have,
// and of which types. What the values mean is judged by the ledger.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/model/event.h"

namespace robotledger::model {

struct AskedPermission {
  std::optional<std::string> scope;  // nothing where the line names none
  std::string capability;            // "resource:action", whatever stands in the line otherwise
};

// The line's fields under their own names ("do" is `verb`, "operator" is `operator_name`). A field
// that the line does not have is empty.
struct Command {
  std::int64_t at_us = 0;
  std::string actor;
  std::string verb;
  std::string reason;
  std::optional<std::string> project;
  std::string name;
  std::string account;
  std::string operator_name;
  std::string role;
  std::string description;
  std::vector<AskedPermission> permissions;
  Expiry expires;
  std::int64_t days = 0;
};

// Nothing where the line is `malformed_line`.
std::optional<Command> readCommand(std::string_view line);

}  // namespace robotledger::model
