#include "tools/robotledger/command_tree.h"

namespace robotledger {
namespace {

void addUnder(const CLI::App& command, const std::string& path, std::vector<NamedCommand>& all) {
  all.push_back({path, &command});
  for (const CLI::App* one : shownSubcommands(command)) {
    addUnder(*one, path.empty() ? one->get_name() : path + " " + one->get_name(), all);
  }
}

std::vector<const CLI::Option*> shown(const CLI::App& command, bool (*wanted)(const CLI::Option&)) {
  return command.get_options(
      [&](const CLI::Option* option) { return !option->get_group().empty() && wanted(*option); });
}

}  // namespace

std::vector<NamedCommand> commandsIn(const CLI::App& app) {
  std::vector<NamedCommand> all;
  addUnder(app, "", all);
  return all;
}

std::vector<const CLI::App*> shownSubcommands(const CLI::App& command) {
  return command.get_subcommands([](const CLI::App* one) { return !one->get_group().empty(); });
}

std::vector<const CLI::Option*> shownOptions(const CLI::App& command) {
  return shown(command, [](const CLI::Option& option) { return !option.get_positional(); });
}

std::vector<const CLI::Option*> shownArguments(const CLI::App& command) {
  return shown(command, [](const CLI::Option& option) { return option.get_positional(); });
}

bool takesValue(const CLI::Option& option) { return option.get_items_expected_max() > 0; }

std::vector<std::string> namesOf(const CLI::Option& option) {
  std::vector<std::string> names;
  for (const std::string& name : option.get_snames()) names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) names.push_back("--" + name);
  return names;
}

}  // namespace robotledger
