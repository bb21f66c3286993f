// The subcommands, each in the file of its name. main.cc has the table of them.
#pragma once

#include "tools/robotledger/command.h"

namespace robotledger {

// What changes things.
void addInitCommand(CLI::App& app, Session& session, int& exit_code);
void addImportCommand(CLI::App& app, Session& session, int& exit_code);

// What asks. Declare further ones here, and put a row into main.cc's table.
void addWhoCouldCommand(CLI::App& app, Session& session, int& exit_code);

}  // namespace robotledger
