// A command in JSON, in the form of a history file's line (api/history/history_line.h), without a
// time: the living ledger has its own.
//
//   auto read = readCommand(R"({"actor":"alice","do":"disable","account":"robot$web+ci"})");
//   if (!read) return read.failure();
//   ledger.submit(read->command, read->by);
//
// May have, beside `reason`, a `request_id` and an `idempotency_key`. One `do` more than a history
// has: "set_service", with token_lifetime_s, charts_segment and service_name. Numbers fit 64 bits.
// Any thread.
#pragma once

#include <string_view>

#include "api/embed/robotledger/robotledger.h"
#include "api/embed/strict_object.h"

namespace robotledger::v1 {

struct ReadCommand {
  Command command;
  By by;
};

// kRefused with "malformed_line" for what is no command; what the values mean is not looked at.
Result<ReadCommand> readCommand(std::string_view text);

// The command alone, of an object that has it among its fields: `do` and what belongs to that. What
// is wrong is told to the object. One thread.
Command readVerb(StrictObject& object);

}  // namespace robotledger::v1
