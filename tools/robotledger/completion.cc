// completion: a script that completes the command line in a shell, made of the command line itself.
#include "tools/robotledger/command_tree.h"
#include "tools/robotledger/commands.h"

namespace robotledger {
namespace {

// What may stand in a CAPABILITY's place, of the many that may.
constexpr const char* kCapabilities = "push-image pull-image push-chart pull-chart";

// A case's pattern of all the words, or of what nobody types where there are none.
std::string pattern(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " | ") + word;
  return text.empty() ? "-" : text;
}

// What may come next behind a command.
std::string wordsAfter(const CLI::App& app, const CLI::App& command) {
  std::vector<std::string> words;
  for (const CLI::App* one : shownSubcommands(command)) words.push_back(one->get_name());
  for (const CLI::Option* one : shownArguments(command)) {
    if (one->get_name(true) == "CAPABILITY") words.emplace_back(kCapabilities);
  }
  const auto add = [&](const CLI::App& from) {
    for (const CLI::Option* one : shownOptions(from)) {
      for (const std::string& name : namesOf(*one)) {
        if (name.starts_with("--")) words.push_back(name);
      }
    }
  };
  add(command);
  // The program's own may stand behind a subcommand, too.
  if (&command != &app) add(app);
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

// The options whose value is a file, a folder, or something that nobody can complete.
struct Values {
  std::vector<std::string> files;
  std::vector<std::string> folders;
  std::vector<std::string> others;
};

Values valuesIn(const std::vector<NamedCommand>& commands) {
  Values values;
  for (const NamedCommand& one : commands) {
    for (const CLI::Option* option : shownOptions(*one.command)) {
      if (!takesValue(*option)) continue;
      const std::string type = option->get_type_name();
      auto& list = type == "FILE" ? values.files : type == "DIR" ? values.folders : values.others;
      for (const std::string& name : namesOf(*option)) {
        if (std::find(list.begin(), list.end(), name) == list.end()) list.push_back(name);
      }
    }
  }
  return values;
}

std::string bashScript(const CLI::App& app) {
  const std::vector<NamedCommand> commands = commandsIn(app);
  const Values values = valuesIn(commands);
  std::vector<std::string> paths;
  std::string cases;
  for (const NamedCommand& one : commands) {
    std::string path = one.path.empty() ? "" : "/" + one.path;
    std::replace(path.begin(), path.end(), ' ', '/');
    if (!path.empty()) paths.push_back(path);
    cases += fmt::format("    '{}') words='{}' ;;\n", path, wordsAfter(app, *one.command));
  }
  return fmt::format(R"(# Completes robotledger in bash; made by 'robotledger completion bash'.
_robotledger() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD - 1]}}
  local path='' words='' i
  COMPREPLY=()
  case $before in
    {}) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
    {}) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "$current"); return ;;
    {}) return ;;
  esac
  for ((i = 1; i < COMP_CWORD; i++)); do
    case $path/${{COMP_WORDS[i]}} in
      {}) path=$path/${{COMP_WORDS[i]}} ;;
    esac
  done
  case $path in
{}  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}}
complete -o default -F _robotledger robotledger
)",
                     pattern(values.files), pattern(values.folders), pattern(values.others),
                     pattern(paths), cases);
}

}  // namespace

void addCompletionCommand(CLI::App& app, Session&, int& exit_code) {
  CLI::App* command =
      app.add_subcommand("completion", "A script that completes the command line in a shell");
  command->add_option("SHELL", "The shell: bash")->required()->check(CLI::IsMember({"bash"}));
  command->footer("  source <(robotledger completion bash)");
  whenChosen(command, exit_code, [&app] {
    printText(bashScript(app));
    return kExitDone;
  });
}

}  // namespace robotledger
