// account list: the accounts that lived at an instant, and those that auditors look for.
#include <map>

#include "api/json/event_json.h"
#include "api/text/event_text.h"
#include "api/text/table.h"
#include "core/base/limits.h"
#include "core/ledger/saved_state.h"
#include "projections/history.h"
#include "projections/log_query.h"
#include "tools/robotledger/commands.h"
#include "tools/robotledger/question.h"
#include "tools/robotledger/uses.h"

namespace robotledger {
namespace {

struct ListOptions {
  PlaceArgument place;
  TimeArgument at{.given = false, .is_now = true, .instant = {}};
  std::optional<std::int64_t> as_of;
  bool never_expiring = false;
  bool expired = false;
  bool all_projects = false;
  bool creator_gone = false;
  std::optional<std::int64_t> expiring_within;
  std::optional<std::int64_t> secret_older_than;
  std::optional<std::int64_t> unused_for;

  // What is noted of uses is about now alone.
  bool isNow() const { return at.is_now && !as_of; }
};

// Which operators were removed last by which event.
using Removals = std::map<std::string, Sequence>;

struct Question {
  Instant at;
  AsOf as_of;
  Removals removals;
  std::optional<LastUses> uses;
};

Result<Removals> removalsUpTo(const View& view, const Question& question) {
  Removals removals;
  const LogFilter filter{.kind = kKindOf<OperatorRemoved>,
                         .to = Instant{question.at.us + 1},
                         .as_of = question.as_of.sequence};
  const auto query = LogQuery::start(view, filter);
  if (!query) return query.error();
  while (true) {
    const auto next = (*query)->next();
    if (!next) return next.error();
    if (!*next) return removals;
    const auto event = readEvent(*view.log, **next);
    if (!event) return event.error();
    const auto* removed = std::get_if<OperatorRemoved>(&event->body);
    if (removed != nullptr) removals[removed->name] = **next;
  }
}

// One who was added again under the name is another.
bool isCreatorGone(const AccountAt& account, const Removals& removals) {
  const auto removal = removals.find(account.created_by);
  return removal != removals.end() && removal->second > account.created;
}

bool hasEveryProject(const Account& account) {
  return anyIn(account.permissions, Scope::allProjects());
}

// `at` plus or minus that many days, which fit: they were looked at.
Instant daysFrom(Instant at, std::int64_t days) { return Instant{at.us + days * kUsPerDay}; }

bool matches(const AccountAt& account, const ListOptions& options, const Question& question) {
  const bool enabled = account.account.status == AccountStatus::kEnabled;
  if (options.never_expiring && account.expires_at) return false;
  if (options.expired && !(account.expired && enabled)) return false;
  if (options.all_projects && !hasEveryProject(account.account)) return false;
  if (options.creator_gone && !isCreatorGone(account, question.removals)) return false;
  if (options.expiring_within) {
    const Instant end = daysFrom(question.at, *options.expiring_within);
    if (account.expired || !account.expires_at || *account.expires_at > end) return false;
  }
  if (options.secret_older_than) {
    const Instant since = daysFrom(question.at, -*options.secret_older_than);
    if (!account.secret || account.secret_at > since) return false;
  }
  if (options.unused_for) {
    const Instant since = daysFrom(question.at, -*options.unused_for);
    if (unusedSince(*question.uses, account.account.id, account.created_at) > since) return false;
  }
  return true;
}

Result<std::vector<AccountAt>> accountsIn(const Asking& asking, const std::optional<Place>& place,
                                          const ListOptions& options, const Question& question) {
  const View& view = asking.view();
  const auto ids = place ? livingAt(view, *place, question.at, question.as_of)
                         : allLivingAt(view, question.at, question.as_of);
  if (!ids) return ids.error();
  std::vector<AccountAt> accounts;
  for (const AccountId id : *ids) {
    const auto row = findAccountRow(view, id);
    if (!row) return row.error();
    if (!*row) return Error{ErrorCode::kViewsDamaged, "an account is missing in the views"};
    auto stood = accountAt(view, **row, question.at, question.as_of);
    if (!stood) return stood.error();
    if (*stood && matches(**stood, options, question)) accounts.push_back(std::move(**stood));
  }
  return accounts;
}

Json filtersJson(const ListOptions& options) {
  Json filters = Json::array();
  if (options.never_expiring) filters.push_back("never_expiring");
  if (options.expired) filters.push_back("expired");
  if (options.all_projects) filters.push_back("all_projects");
  if (options.creator_gone) filters.push_back("creator_gone");
  if (options.expiring_within) {
    filters.push_back({{"expiring_within_days", *options.expiring_within}});
  }
  if (options.secret_older_than) {
    filters.push_back({{"secret_older_than_days", *options.secret_older_than}});
  }
  if (options.unused_for) filters.push_back({{"unused_for_days", *options.unused_for}});
  return filters;
}

int printAsJson(const Asking& asking, const ListOptions& options, const Question& question,
                const std::vector<AccountAt>& accounts) {
  Json asked;
  if (!options.place.name().empty()) asked["project"] = options.place.name();
  asked["at"] = formatInstant(question.at);
  asked["filters"] = filtersJson(options);
  Json list = Json::array();
  for (const AccountAt& one : accounts) {
    list.push_back(asking.accountJson(one));
    if (options.isNow()) putLastUsed(list.back(), question.uses, one.account.id, one.created_at);
  }
  Json json{{"question", std::move(asked)},
            {"as_of", {{"sequence", question.as_of.sequence.value}}}};
  if (options.isNow()) {
    json["uses_noted_since"] =
        instantJson(question.uses ? std::optional(question.uses->since) : std::nullopt);
  }
  json["accounts"] = std::move(list);
  printJson(json);
  return kExitDone;
}

Result<int> printAsText(Asking& asking, const ListOptions& options, const Question& question,
                        const std::vector<AccountAt>& accounts) {
  const bool in_project = !options.place.project.empty();
  Table table({"account", "id", "level", "status", "expires", "secret since", "created", "by",
               "last used", "note", "granted"});
  for (const AccountAt& one : accounts) {
    const auto created = asking.event(one.created);
    if (!created) return created.error();
    table.add({in_project ? loginName(one.account) : one.name,
               "#" + std::to_string(one.account.id.value), levelName(one.account),
               accountStatus(one), expiryText(one.account.terms.expiry, one.expires_at),
               one.secret ? formatInstant(one.secret_at) : "", formatInstant(one.created_at),
               (*created)->who, lastUsedText(question.uses, one.account.id, one.created_at),
               (*created)->asserted, permissionsText(one.account.permissions, asking.names())});
  }
  if (!table.empty()) print("{}\n", table.text());
  const std::string name = options.place.name();
  std::string where;
  if (options.place.system) where = " of the system level";
  if (in_project) where = " of project " + name;
  print("{}{} at {}. {}\n", countText(accounts.size(), "account"), where,
        formatInstant(question.at), asOfText(asking.view(), question.as_of));
  if (question.uses) print("{}\n", notedSinceText(question.uses));
  return kExitDone;
}

bool isTooMany(const std::optional<std::int64_t>& days) {
  return days && (*days < 0 || *days > kMaxDays / 100);
}

// What is wrong with the options together; nothing where they fit.
std::optional<std::string> misfit(const ListOptions& options) {
  if (isTooMany(options.expiring_within) || isTooMany(options.secret_older_than) ||
      isTooMany(options.unused_for)) {
    return fmt::format("a number of days is 0 to {}", kMaxDays / 100);
  }
  if (options.unused_for && !options.isNow()) {
    return "--unused-for is about now: the last use of an account is noted, and not those before";
  }
  return std::nullopt;
}

int runList(Session& session, const ListOptions& options) {
  if (const auto wrong = misfit(options)) return misuse(*wrong);
  return ask(session, [&](Asking& asking) -> Result<int> {
    const auto as_of = readAsOf(asking.view(), options.as_of);
    if (!as_of) return misuseOrError(as_of.error());
    Question question{options.at.at(asking.now()), *as_of, {}, {}};
    if (options.isNow()) question.uses = readUses(session);
    if (options.unused_for && !question.uses) {
      return Error{ErrorCode::kNotFound,
                   "nobody knows which accounts are not used: " + notedSinceText(question.uses) +
                       " It begins with 'serve'"};
    }
    std::optional<Place> place;
    if (options.place.name().empty()) {
      if (const auto no = asking.needEverything()) return refuse(session, *no);
    } else {
      auto found = asking.place(options.place.name(), *as_of);
      if (const auto* no = std::get_if<Refusal>(&found)) return refuse(session, *no);
      place = std::move(std::get<Place>(found));
    }
    if (options.creator_gone) {
      auto removals = removalsUpTo(asking.view(), question);
      if (!removals) return removals.error();
      question.removals = std::move(*removals);
    }
    const auto accounts = accountsIn(asking, place, options, question);
    if (!accounts) return accounts.error();
    if (session.json()) return printAsJson(asking, options, question, *accounts);
    return printAsText(asking, options, question, *accounts);
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
  command->add_flag("--never-expiring", options->never_expiring, "That never expire");
  command->add_flag("--expired", options->expired, "Expired, and still enabled");
  addNumberOption(command, "--expiring-within", options->expiring_within,
                  "That will expire within so many days")
      ->type_name("DAYS");
  command->add_flag("--all-projects", options->all_projects, "With anything in every project (*)");
  command->add_flag("--creator-gone", options->creator_gone,
                    "Made by an operator who was removed since");
  addNumberOption(command, "--secret-older-than", options->secret_older_than,
                  "With a secret of at least so many days")
      ->type_name("DAYS");
  addNumberOption(
      command, "--unused-for", options->unused_for,
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
