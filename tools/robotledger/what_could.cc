// what-could: everything an account could do at an instant.
#include "api/text/table.h"
#include "projections/account_queries.h"
#include "tools/robotledger/commands.h"
#include "tools/robotledger/question.h"

namespace robotledger {
namespace {

struct WhatCouldOptions {
  AccountRef account;
  TimeArgument at{.given = false, .is_now = true, .instant = {}};
  std::optional<std::int64_t> as_of;
};

// One thing it could, and since when, to when.
struct Could {
  Permission permission;
  Window window;
};

struct WhatCouldAnswer {
  AccountId id;
  std::string account;
  Instant at;
  AsOf as_of;
  std::string status;  // "enabled", "disabled", "expired", "not_there"
  std::vector<Could> all;
};

// The scope alone, as a place.
Place placeOf(const Asking& asking, Scope scope) {
  if (scope.kind == Scope::Kind::kProject) {
    return {.name = std::string(asking.view().catalog->nameOf(scope.project)),
            .always = true,
            .scope = scope};
  }
  return {.name = scope.kind == Scope::Kind::kSystem ? "/" : "*", .always = true, .scope = scope};
}

Result<WhatCouldAnswer> whatCould(Asking& asking, const AccountRow& row, Instant at,
                                  const AsOf& as_of) {
  const View& view = asking.view();
  WhatCouldAnswer answer{row.account.id, qualifiedNameOf(view, row), at, as_of, "not_there", {}};
  const auto stood = accountAt(view, row, at, as_of);
  if (!stood) return stood.error();
  if (!*stood) return answer;
  const bool disabled = (*stood)->account.status == AccountStatus::kDisabled;
  answer.status = accountStatus(**stood);
  if (disabled || (*stood)->expired) return answer;
  for (const Permission& one : heldBy((*stood)->account)) {
    const auto windows =
        accountWindows(view, row, one.capability, placeOf(asking, one.scope), as_of);
    if (!windows) return windows.error();
    for (const Window& window : *windows) {
      if (overlaps(window, {.from = at})) answer.all.push_back({one, window});
    }
  }
  return answer;
}

int printAsJson(const Asking& asking, const WhatCouldAnswer& answer) {
  Json all = Json::array();
  for (const Could& one : answer.all) {
    Json json{{"scope", asking.scope(one.permission.scope)},
              {"capability", one.permission.capability.text()}};
    json.update(windowJson(one.window));
    all.push_back(std::move(json));
  }
  printJson(
      {{"question",
        {{"id", answer.id.value}, {"account", answer.account}, {"at", formatInstant(answer.at)}}},
       {"as_of", {{"sequence", answer.as_of.sequence.value}}},
       {"status", answer.status},
       {"could", std::move(all)}});
  return kExitDone;
}

Result<int> printAsText(Asking& asking, const WhatCouldAnswer& answer) {
  Table table({"in", "capability", "could from", "until", "opened by", "closed by", "note"});
  for (const Could& one : answer.all) {
    const auto opened = asking.event(one.window.opened_by);
    if (!opened) return opened.error();
    const auto closed = asking.closedBy(one.window);
    if (!closed) return closed.error();
    table.add({asking.scope(one.permission.scope), one.permission.capability.shortName(),
               formatInstant(one.window.from), untilText(one.window, answer.as_of),
               eventBy(**opened), *closed, (*opened)->asserted});
  }
  print("What could {} (#{}) do at {}?\n{}\n\n", answer.account, answer.id.value,
        formatInstant(answer.at), asOfText(asking.view(), answer.as_of));
  if (!table.empty()) {
    print("{}\n{}.\n", table.text(), countText(answer.all.size(), "permission"));
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
    const auto found = asking.account(options.account);
    if (!found) return found.error();
    if (const auto* no = std::get_if<Refusal>(&*found)) return refuse(session, *no);
    const Instant at = options.at.at(asking.now());
    const auto answer = whatCould(asking, std::get<AccountRow>(*found), at, *as_of);
    if (!answer) return answer.error();
    if (session.json()) return printAsJson(asking, *answer);
    return printAsText(asking, *answer);
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
