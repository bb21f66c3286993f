// manual: the manual page's part about subcommands and options, in troff, made of the command line
// itself. What the page says beside it is in tools/packaging/robotledger.1.in.
#include "tools/robotledger/command_tree.h"
#include "tools/robotledger/commands.h"

namespace robotledger {
namespace {

// Text as troff prints it unchanged.
std::string plain(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out.push_back(c);
    }
  }
  // At a line's start these two would be requests.
  if (out.starts_with('.') || out.starts_with('\'')) out.insert(0, "\\&");
  return out;
}

std::string italic(const std::string& text) { return "\\fI" + plain(text) + "\\fR"; }

std::string optionText(const CLI::Option& option) {
  std::string names;
  for (const std::string& name : namesOf(option)) {
    names += (names.empty() ? "\\fB" : ", \\fB") + plain(name) + "\\fR";
  }
  if (option.get_positional()) names = italic(option.get_name(true));
  if (!option.get_positional() && takesValue(option) && !option.get_type_name().empty()) {
    names += " " + italic(option.get_type_name());
  }
  return ".TP\n" + names + "\n" + plain(option.get_description()) + "\n";
}

// A footer: lines that begin with white space are examples.
std::string footerText(const std::string& footer) {
  std::string text;
  bool example = false;
  std::size_t at = 0;
  while (at < footer.size()) {
    const std::size_t end = std::min(footer.find('\n', at), footer.size());
    const std::string line = footer.substr(at, end - at);
    at = end + 1;
    const bool shown = line.starts_with("  ");
    if (shown != example) text += shown ? ".PP\n.EX\n" : ".EE\n";
    example = shown;
    text += line.empty() ? ".PP\n" : plain(line) + "\n";
  }
  return text + (example ? ".EE\n" : "");
}

std::string commandText(const NamedCommand& one) {
  const CLI::App& command = *one.command;
  std::string head = one.path;
  for (const CLI::Option* argument : shownArguments(command)) {
    head += " " + argument->get_name(true);
  }
  std::string text = ".SS " + plain(head) + "\n" + plain(command.get_description()) + ".\n";
  for (const CLI::Option* argument : shownArguments(command)) text += optionText(*argument);
  for (const CLI::Option* option : shownOptions(command)) {
    if (option != command.get_help_ptr()) text += optionText(*option);
  }
  const std::string footer = command.get_footer();
  if (!footer.empty()) text += ".PP\n" + footerText(footer);
  return text;
}

int printManual(const CLI::App& app) {
  printText(".SH OPTIONS\nThey may stand before the subcommand or behind it.\n");
  for (const CLI::Option* option : shownOptions(app)) printText(optionText(*option));
  printText(".SH SUBCOMMANDS\n");
  for (const NamedCommand& one : commandsIn(app)) {
    // A group says nothing that its subcommands do not say.
    if (one.path.empty() || !shownSubcommands(*one.command).empty()) continue;
    printText(commandText(one));
  }
  return kExitDone;
}

}  // namespace

void addManualCommand(CLI::App& app, Session&, int& exit_code) {
  CLI::App* command = app.add_subcommand("manual", "The manual page's part about all this");
  command->group("");  // for the build alone
  whenChosen(command, exit_code, [&app] { return printManual(app); });
}

}  // namespace robotledger
