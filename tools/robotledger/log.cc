// log: the events that match, one a line.
#include "api/json/event_json.h"
#include "api/text/event_text.h"
#include "core/domain/text.h"
#include "core/ledger/saved_state.h"
#include "projections/log_query.h"
#include "tools/robotledger/commands.h"
#include "tools/robotledger/question.h"

namespace robotledger {
namespace {

struct LogOptions {
  std::optional<AccountRef> account;
  std::string project;
  std::string actor;
  std::optional<std::size_t> kind;
  TimeArgument from;
  TimeArgument to;
  std::optional<std::int64_t> after;
  std::optional<std::int64_t> limit;
  std::optional<std::int64_t> as_of;
};

// What was printed so far, so that a question that is asked again goes on behind it.
struct Printed {
  std::optional<Sequence> last;
  std::int64_t count = 0;
};

std::variant<Refusal, std::vector<ProjectId>> projectsAsked(const Asking& asking,
                                                            const std::string& name,
                                                            const AsOf& as_of) {
  const auto place = asking.place(name, as_of);
  if (const auto* refusal = std::get_if<Refusal>(&place)) return *refusal;
  std::vector<ProjectId> projects;
  for (const ProjectLife* life : std::get<Place>(place).lives) projects.push_back(life->id);
  return projects;
}

Result<std::variant<Refusal, std::vector<AccountId>>> accountsAsked(const Asking& asking,
                                                                    const AccountRef& account) {
  using Answer = std::variant<Refusal, std::vector<AccountId>>;
  const auto bearers = asking.bearers(account);
  if (!bearers) return bearers.error();
  if (const auto* refusal = std::get_if<Refusal>(&*bearers)) return Answer(*refusal);
  std::vector<AccountId> accounts;
  for (const AccountRow& row : std::get<std::vector<AccountRow>>(*bearers)) {
    accounts.push_back(row.account.id);
  }
  return Answer(std::move(accounts));
}

// The filter, or what the operator may not ask.
Result<std::variant<Refusal, LogFilter>> filterAsked(const Asking& asking,
                                                     const LogOptions& options, const AsOf& as_of) {
  using Answer = std::variant<Refusal, LogFilter>;
  LogFilter filter{.kind = options.kind, .as_of = as_of.sequence};
  if (!options.project.empty()) {
    auto projects = projectsAsked(asking, options.project, as_of);
    if (const auto* refusal = std::get_if<Refusal>(&projects)) return Answer(*refusal);
    filter.projects = std::move(std::get<std::vector<ProjectId>>(projects));
  }
  if (options.account) {
    auto accounts = accountsAsked(asking, *options.account);
    if (!accounts) return accounts.error();
    if (const auto* refusal = std::get_if<Refusal>(&*accounts)) return Answer(*refusal);
    filter.accounts = std::move(std::get<std::vector<AccountId>>(*accounts));
  }
  if (!filter.projects && !filter.accounts) {
    if (auto refusal = asking.needEverything()) return Answer(*refusal);
  }
  if (!options.actor.empty()) filter.actor = options.actor;
  if (options.from.given) filter.from = options.from.at(asking.now());
  if (options.to.given) filter.to = options.to.at(asking.now());
  if (options.after) filter.after = Sequence{static_cast<std::uint64_t>(*options.after)};
  return Answer(std::move(filter));
}

std::string lineOf(const Event& event, const std::string& what) {
  std::string line =
      fmt::format("{:>7}  {}  {}: {}", event.sequence.value, formatInstant(event.time),
                  actorText(event.actor, event.channel), what);
  if (!event.reason.empty()) line += ", because: " + printableText(event.reason);
  if (isAsserted(event)) line += " (" + assertedText(event) + ")";
  return line + "\n";
}

Result<void> printEvent(Asking& asking, const Session& session, Sequence sequence) {
  const auto event = readEvent(*asking.view().log, sequence);
  if (!event) return event.error();
  if (session.json()) {
    const auto json = eventJson(*event, asking.names());
    if (!json) return json.error();
    printJson(*json);
    return {};
  }
  const auto what = eventText(*event, asking.names());
  if (!what) return what.error();
  printText(lineOf(*event, *what));
  return {};
}

Result<int> printLog(Asking& asking, const Session& session, const LogOptions& options,
                     Printed& printed) {
  const auto as_of = readAsOf(asking.view(), options.as_of);
  if (!as_of) return misuseOrError(as_of.error());
  auto asked = filterAsked(asking, options, *as_of);
  if (!asked) return asked.error();
  if (const auto* refusal = std::get_if<Refusal>(&*asked)) return refuse(session, *refusal);
  auto& filter = std::get<LogFilter>(*asked);
  if (filter.from && filter.to && *filter.to <= *filter.from) {
    return misuse("--to " + formatInstant(*filter.to) + " is not after --from " +
                  formatInstant(*filter.from));
  }
  if (printed.last) filter.after = printed.last;
  const auto query = LogQuery::start(asking.view(), filter);
  if (!query) return query.error();
  while (!outputFailed() && (!options.limit || printed.count < *options.limit)) {
    const auto next = (*query)->next();
    if (!next) return next.error();
    if (!*next) break;
    if (auto done = printEvent(asking, session, **next); !done) return done.error();
    printed = {**next, printed.count + 1};
  }
  if (printed.count == 0 && !session.json()) print("No event matches.\n");
  return kExitDone;
}

int runLog(Session& session, const LogOptions& options) {
  if (options.after.value_or(0) < 0) return misuse("--after: events count from 0");
  if (options.limit.value_or(1) < 1) return misuse("--limit: at least 1");
  Printed printed;
  return ask(session, [&](Asking& asking) -> Result<int> {
    return printLog(asking, session, options, printed);
  });
}

void addFilters(CLI::App* command, LogOptions& options) {
  command
      ->add_option_function<std::string>(
          "--account",
          [&options](const std::string& text) {
            options.account = parseAccountArgument(text);
            if (options.account) return;
            throw CLI::ValidationError("--account: " + inQuotes(text) +
                                       " is neither a qualified name such as robot$library+ci "
                                       "nor #ID");
          },
          "About this account; of a name, about all that ever bore it")
      ->type_name("ACCOUNT");
  command->add_option("--project", options.project, "About projects of this name")
      ->type_name("P")
      ->check(notEmpty());
  command->add_option("--actor", options.actor, "By this operator")
      ->type_name("OPERATOR")
      ->check(notEmpty());
  command
      ->add_option_function<std::string>(
          "--kind",
          [&options](const std::string& text) {
            options.kind = parseEventKind(text);
            if (options.kind) return;
            std::string kinds;
            for (std::size_t i = 0; i < std::variant_size_v<EventBody>; ++i) {
              kinds += (i == 0 ? "" : ", ") + std::string(eventKindName(i));
            }
            throw CLI::ValidationError("--kind: " + inQuotes(text) + " is none of " + kinds);
          },
          "Of this kind, such as account_disabled")
      ->type_name("KIND");
}

}  // namespace

void addLogCommand(CLI::App& app, Session& session, int& exit_code) {
  auto options = std::make_shared<LogOptions>();
  CLI::App* command = app.add_subcommand("log", "The events, all or those that match");
  addFilters(command, *options);
  addTimeOption(command, "--from", options->from, "That happened from here on ...");
  addTimeOption(command, "--to", options->to, "... to before this instant");
  addNumberOption(command, "--after", options->after, "After this event")->type_name("SEQUENCE");
  addNumberOption(command, "--limit", options->limit, "At most so many")->type_name("COUNT");
  addAsOfOption(command, options->as_of);
  command->footer(
      "With --json one event a line. What is named together has to hold together.\n\n"
      "  robotledger log --project library --actor alice --from 2025-03-01T00:00:00Z\n"
      "  robotledger log --account 'robot$library+ci'");
  whenChosen(command, exit_code, [&session, options] { return runLog(session, *options); });
}

}  // namespace robotledger
