// A line of a history file as a command, for the naive model: which fields it must and may have,
// and of which types. What the values mean is judged by the ledger.
//
// Beside those of history files there are lines for what only the living ledger is told:
//   update         account; may have permissions, expires, description, status (enabled, disabled)
//   record_claim   source, source_id, when, who, operation, resource, resource_type; may have
//                  account, project
//   create_account may have issued_at
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/model/event.h"

namespace robotledger::model {

struct AskedPermission {
  std::optional<std::string> scope;  // nothing where the line names none
  std::string capability;            // "resource:action", whatever stands in the line otherwise
};

// What another system says happened.
struct Claim {
  std::string source;
  std::string source_id;
  std::int64_t when_us = 0;
  std::string who;
  std::string operation;
  std::string resource;
  std::string resource_type;
};

// The line's fields under their own names ("do" is `verb`, "operator" is `operator_name`). A field
// that the line does not have is empty.
struct Command {
  std::set<std::string> fields;  // the names of those that it has
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
  std::string status;
  std::int64_t issued_us = 0;
  Claim claim;

  bool has(const std::string& field) const { return fields.contains(field); }
};

// Nothing where the line is `malformed_line`.
std::optional<Command> readCommand(std::string_view line);

}  // namespace robotledger::model
