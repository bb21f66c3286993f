// Lines of the tests' histories as commands: those that a history file has, and those for what only
// the living ledger is told (tests/model/command.h has their fields).
//
//   auto read = parseLine(R"({"at":"…","actor":"admin","do":"update","account":"robot$web+ci",)"
//                         R"("status":"disabled"})");
#pragma once

#include "api/history/history_line.h"

namespace robotledger {

// Whether it is a line that no history file has.
bool isOfLivingLedger(std::string_view line);

// As parseHistoryLine(). Nobody but the tests writes the other lines: one of them that is malformed
// fails the test.
std::variant<Refusal, HistoryLine> parseLine(std::string_view line);

}  // namespace robotledger
