// The command line as it is, walked: what completion and the manual page are made of, so that
// neither can go stale.
//
//   for (const NamedCommand& one : commandsIn(app)) say(one.path);      "account create"
//
// One thread.
#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace robotledger {

struct NamedCommand {
  std::string path;  // its words; empty for the program itself
  const CLI::App* command;
};

// The program and every subcommand that is shown, each before those under it.
std::vector<NamedCommand> commandsIn(const CLI::App& app);

// The subcommands under it, and its options and arguments, that are shown.
std::vector<const CLI::App*> shownSubcommands(const CLI::App& command);
std::vector<const CLI::Option*> shownOptions(const CLI::App& command);
std::vector<const CLI::Option*> shownArguments(const CLI::App& command);

// Whether the option has a value.
bool takesValue(const CLI::Option& option);
// The names of an option: "-h", "--help".
std::vector<std::string> namesOf(const CLI::Option& option);

}  // namespace robotledger
