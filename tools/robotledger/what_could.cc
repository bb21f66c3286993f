// what-could: everything an account could do at an instant.
#include "api/answers/could.h"
#include "api/text/table.h"
#include "tools/robotledger/commands.h"
#include "tools/robotledger/question.h"

namespace robotledger {
namespace {

struct WhatCouldOptions {
  AccountRef account;
  TimeArgument at{.given = false, .is_now = true, .instant = {}};
  std::optional<std::int64_t> as_of;
};

Result<int> printAsText(Asking& asking, const WhatCouldAnswer& answer) {
  Table table({"in", "capability", "could from", "until", "opened by", "closed by", "note"});
  for (const HeldThen& one : answer.could) {
    const auto opened = asking.event(one.window.opened_by);
    if (!opened) return opened.error();
    const auto closed = asking.closedBy(one.window);
    if (!closed) return closed.error();
    table.add({asking.scope(one.permission.scope), one.permission.capability.shortName(),
               formatInstant(one.window.from), untilText(one.window, answer.as_of),
               eventBy(**opened), *closed, (*opened)->asserted});
  }
  print("What could {} (#{}) do at {}?\n{}\n\n", answer.account, answer.id.value,
        formatInstant(answer.question.at), asOfText(asking.view(), answer.as_of));
  if (!table.empty()) {
    print("{}\n{}.\n", table.text(), countText(answer.could.size(), "permission"));
  } else if (answer.status == "not_there") {
    print("Nothing: there was no such account then.\n");
  } else if (answer.status == "enabled") {
    print("Nothing: it had no permissions.\n");
  } else {
    print("Nothing: it was {}.\n", answer.status);
  }
  print("{}\n", kTailNote);
  return kExitDone;
}

int runWhatCould(Session& session, const WhatCouldOptions& options) {
  return ask(session, [&](Asking& asking) -> Result<int> {
    const auto as_of = readAsOf(asking.view(), options.as_of);
    if (!as_of) return misuseOrError(as_of.error());
    const auto answered =
        whatCouldAnswer(asking, {options.account, options.at.at(asking.now())}, *as_of);
    if (!answered) return answered.error();
    if (const auto* no = std::get_if<Refusal>(&*answered)) return refuse(session, *no);
    const auto& answer = std::get<WhatCouldAnswer>(*answered);
    if (!session.json()) return printAsText(asking, answer);
    printJson(whatCouldJson(asking, answer));
    return kExitDone;
  });
}

}  // namespace

void addWhatCouldCommand(CLI::App& app, Session& session, int& exit_code) {
  auto options = std::make_shared<WhatCouldOptions>();
  CLI::App* command =
      app.add_subcommand("what-could", "Everything an account could do at an instant");
  addAccountArgument(command, options->account);
  addTimeOption(command, "--at", options->at, "At an instant (now)");
  addAsOfOption(command, options->as_of);
  command->footer(
      "Pulling images is part of it wherever the account has anything.\n\n"
      "  robotledger what-could 'robot$library+ci' --at 2025-03-01T09:30:00Z");
  whenChosen(command, exit_code, [&session, options] { return runWhatCould(session, *options); });
}

}  // namespace robotledger
