// account list: the accounts that lived at an instant, and those that auditors look for.
#include "api/answers/account_list.h"

#include "api/text/event_text.h"
#include "api/text/table.h"
#include "tools/robotledger/commands.h"
#include "tools/robotledger/question.h"
#include "tools/robotledger/uses.h"

namespace robotledger {
namespace {

struct ListOptions {
  PlaceArgument place;
  TimeArgument at{.given = false, .is_now = true, .instant = {}};
  std::optional<std::int64_t> as_of;
  AccountFilters filters;

  // What is noted of uses is about now alone.
  bool isNow() const { return at.is_now && !as_of; }
};

Result<int> printAsText(Asking& asking, const ListOptions& options, const AccountList& answer) {
  const bool in_project = !options.place.project.empty();
  const UsesNoted uses = answer.question.uses.value_or(std::nullopt);
  Table table({"account", "id", "level", "status", "expires", "secret since", "created", "by",
               "last used", "note", "granted"});
  for (const AccountAt& one : answer.accounts) {
    const auto created = asking.event(one.created);
    if (!created) return created.error();
    table.add({in_project ? loginName(one.account) : one.name,
               "#" + std::to_string(one.account.id.value), levelName(one.account),
               accountStatus(one), expiryText(one.account.terms.expiry, one.expires_at),
               one.secret ? formatInstant(one.secret_at) : "", formatInstant(one.created_at),
               (*created)->who, lastUsedText(uses, one), (*created)->asserted,
               permissionsText(one.account.permissions, asking.names())});
  }
  if (!table.empty()) print("{}\n", table.text());
  const std::string name = options.place.name();
  std::string where;
  if (options.place.system) where = " of the system level";
  if (in_project) where = " of project " + name;
  print("{}{} at {}. {}\n", countText(answer.accounts.size(), "account"), where,
        formatInstant(answer.question.at), asOfText(asking.view(), answer.as_of));
  if (uses) print("{}\n", notedSinceText(uses));
  return kExitDone;
}

int runList(Session& session, const ListOptions& options) {
  return ask(session, [&](Asking& asking) -> Result<int> {
    const auto as_of = readAsOf(asking.view(), options.as_of);
    if (!as_of) return misuseOrError(as_of.error());
    AccountListQuestion question{.place = options.place.name(),
                                 .at = options.at.at(asking.now()),
                                 .filters = options.filters};
    if (options.isNow()) question.uses = readUses(session);
    const auto answered = accountList(asking, question, *as_of);
    if (!answered && answered.error().code == ErrorCode::kInvalidArgument) {
      return misuse(answered.error().message);
    }
    if (!answered) return answered.error();
    if (const auto* no = std::get_if<Refusal>(&*answered)) return refuse(session, *no);
    const auto& answer = std::get<AccountList>(*answered);
    if (!session.json()) return printAsText(asking, options, answer);
    printJson(accountListJson(asking, answer));
    return kExitDone;
  });
}

}  // namespace

void addAccountListCommand(CLI::App& app, Session& session, int& exit_code) {
  auto options = std::make_shared<ListOptions>();
  CLI::App* command =
      commandGroup(app, "account", kAccountGroup)
          ->add_subcommand("list", "The accounts that live, or lived at an instant");
  auto* project = command->add_option("--project", options->place.project, "Of this project");
  auto* system =
      command->add_flag("--system,--system-level", options->place.system, "Of the system level");
  project->type_name("P")->check(notEmpty())->excludes(system);
  addTimeOption(command, "--at", options->at, "As they stood at this instant (now)");
  command->add_flag("--never-expiring", options->filters.never_expiring, "That never expire");
  command->add_flag("--expired", options->filters.expired, "Expired, and still enabled");
  addNumberOption(command, "--expiring-within", options->filters.expiring_within_days,
                  "That will expire within so many days")
      ->type_name("DAYS");
  command->add_flag("--all-projects", options->filters.all_projects,
                    "With anything in every project (*)");
  command->add_flag("--creator-gone", options->filters.creator_gone,
                    "Made by an operator who was removed since");
  addNumberOption(command, "--secret-older-than", options->filters.secret_older_than_days,
                  "With a secret of at least so many days")
      ->type_name("DAYS");
  addNumberOption(
      command, "--unused-for", options->filters.unused_for_days,
      "Not used for so many days, nor created since, nor for longer than uses are noted")
      ->type_name("DAYS");
  addAsOfOption(command, options->as_of);
  command->footer(
      "Filters that are named together have to hold together. A project's list shows the names to\n"
      "log in with. An account is used when it gets a registry token; one that never was counts "
      "as\n"
      "unused since it was created, or since uses are noted, which the list says.\n\n"
      "  robotledger account list --project library\n"
      "  robotledger account list --never-expiring --all-projects\n"
      "  robotledger account list --unused-for 90");
  whenChosen(command, exit_code, [&session, options] { return runList(session, *options); });
}

}  // namespace robotledger
