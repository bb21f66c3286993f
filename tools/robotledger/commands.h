// The subcommands, each in the file of its name. main.cc has the table of them.
#pragma once

#include "tools/robotledger/command.h"

namespace robotledger {

// `account` has its subcommands in several files.
inline constexpr const char* kAccountGroup = "Create, change, delete and look at accounts";

// What changes things.
void addInitCommand(CLI::App& app, Session& session, int& exit_code);
void addImportCommand(CLI::App& app, Session& session, int& exit_code);
void addImportHarborCommand(CLI::App& app, Session& session, int& exit_code);
void addProjectCommand(CLI::App& app, Session& session, int& exit_code);
void addOperatorCommand(CLI::App& app, Session& session, int& exit_code);
void addAccountSecretCommands(CLI::App& app, Session& session, int& exit_code);
void addAccountChangeCommands(CLI::App& app, Session& session, int& exit_code);
void addSystemCommand(CLI::App& app, Session& session, int& exit_code);
void addSecretCommand(CLI::App& app, Session& session, int& exit_code);
void addGuardCommand(CLI::App& app, Session& session, int& exit_code);

// What stays.
void addServeCommand(CLI::App& app, Session& session, int& exit_code);

// What asks. Declare further ones here, and put a row into main.cc's table.
void addWhoCouldCommand(CLI::App& app, Session& session, int& exit_code);
void addCouldCommand(CLI::App& app, Session& session, int& exit_code);
void addWhatCouldCommand(CLI::App& app, Session& session, int& exit_code);
void addDiffCommand(CLI::App& app, Session& session, int& exit_code);
void addLogCommand(CLI::App& app, Session& session, int& exit_code);
void addShowCommand(CLI::App& app, Session& session, int& exit_code);
void addExportCommand(CLI::App& app, Session& session, int& exit_code);
void addRebuildCommand(CLI::App& app, Session& session, int& exit_code);
void addVerifyCommand(CLI::App& app, Session& session, int& exit_code);
void addReplayCommand(CLI::App& app, Session& session, int& exit_code);
void addCheckpointCommand(CLI::App& app, Session& session, int& exit_code);
void addKeyCommand(CLI::App& app, Session& session, int& exit_code);
void addExportTilesCommand(CLI::App& app, Session& session, int& exit_code);
void addRestoreCommands(CLI::App& app, Session& session, int& exit_code);
void addProveCommand(CLI::App& app, Session& session, int& exit_code);
void addCheckProofCommand(CLI::App& app, Session& session, int& exit_code);
void addEvidenceCommand(CLI::App& app, Session& session, int& exit_code);
void addCheckEvidenceCommand(CLI::App& app, Session& session, int& exit_code);
void addStatsCommand(CLI::App& app, Session& session, int& exit_code);
void addAccountListCommand(CLI::App& app, Session& session, int& exit_code);
void addAccountShowCommand(CLI::App& app, Session& session, int& exit_code);
void addAccountHistoryCommand(CLI::App& app, Session& session, int& exit_code);
void addCompletionCommand(CLI::App& app, Session& session, int& exit_code);
void addManualCommand(CLI::App& app, Session& session, int& exit_code);

}  // namespace robotledger
