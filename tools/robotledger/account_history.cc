// account history: everything that happened to an account, its expiry in its place among it; of a
// name, to each that ever bore it.
#include "tools/robotledger/asked.h"
#include "tools/robotledger/commands.h"

namespace robotledger {
namespace {

Result<int> printAsText(Asking& asking, const HistoryAnswer& answer) {
  std::string text;
  for (const Timeline& one : answer.timelines) {
    const auto table = historyTable(asking, one, answer.as_of);
    if (!table) return table.error();
    text += table->title + "\n\n" + tableText(*table) + "\n";
  }
  print("{}{}\n", text, asOfText(asking.view(), answer.as_of));
  return kExitDone;
}

int runHistory(Session& session, const HistoryOptions& options) {
  return ask(session, [&](Asking& asking) -> Result<int> {
    const auto as_of = readAsOf(asking.view(), options.as_of);
    if (!as_of) return misuseOrError(as_of.error());
    const auto outcome = historyAnswer(asking, {options.account}, *as_of);
    if (!outcome) return outcome.error();
    if (const auto* no = std::get_if<Refusal>(&*outcome)) return refuse(session, *no);
    const auto& answer = std::get<HistoryAnswer>(*outcome);
    if (!session.json()) return printAsText(asking, answer);
    const auto json = historyJson(asking, answer);
    if (!json) return json.error();
    printJson(*json);
    return kExitDone;
  });
}

}  // namespace

void addHistoryOptions(CLI::App* command, HistoryOptions& options) {
  addAccountArgument(command, options.account);
  addAsOfOption(command, options.as_of);
}

void addAccountHistoryCommand(CLI::App& app, Session& session, int& exit_code) {
  auto options = std::make_shared<HistoryOptions>();
  CLI::App* command =
      commandGroup(app, "account", kAccountGroup)
          ->add_subcommand("history",
                           "Everything that happened to an account, or to all of a name");
  addHistoryOptions(command, *options);
  command->footer("A name's history shows every account that ever bore it.");
  whenChosen(command, exit_code, [&session, options] { return runHistory(session, *options); });
}

}  // namespace robotledger
