// log: the events that match, one a line.
#include "api/json/event_json.h"
#include "api/text/event_text.h"
#include "core/domain/text.h"
#include "core/ledger/saved_state.h"
#include "tools/robotledger/asked.h"
#include "tools/robotledger/commands.h"

namespace robotledger {
namespace {

// What was printed so far, so that a question that is asked again goes on behind it.
struct Printed {
  std::optional<Sequence> last;
  std::int64_t count = 0;
};

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
  printText(logLine(*event, *what));
  return {};
}

Result<int> printLog(Asking& asking, const Session& session, const LogOptions& options,
                     Printed& printed) {
  const auto as_of = readAsOf(asking.view(), options.as_of);
  if (!as_of) return misuseOrError(as_of.error());
  const LogQuestion question = logAsked(options, asking.now());
  auto asked = logFilter(asking, question, *as_of);
  if (!asked) return asked.error();
  if (const auto* refusal = std::get_if<Refusal>(&*asked)) return refuse(session, *refusal);
  if (auto times = checkTimes(question); !times) return misuseOrError(times.error());
  auto& filter = std::get<LogFilter>(*asked);
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
  if (const std::string problem = problemWith(options); !problem.empty()) return misuse(problem);
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

std::string problemWith(const LogOptions& options) {
  if (options.after.value_or(0) < 0) return "--after: events count from 0";
  if (options.limit.value_or(1) < 1) return "--limit: at least 1";
  return "";
}

LogQuestion logAsked(const LogOptions& options, Instant now) {
  LogQuestion question{.account = options.account,
                       .project = options.project,
                       .actor = options.actor,
                       .kind = options.kind};
  if (options.from.given) question.from = options.from.at(now);
  if (options.to.given) question.to = options.to.at(now);
  if (options.after) question.after = Sequence{static_cast<std::uint64_t>(*options.after)};
  if (options.limit) question.limit = static_cast<std::uint64_t>(*options.limit);
  return question;
}

void addLogOptions(CLI::App* command, LogOptions& options) {
  addFilters(command, options);
  addTimeOption(command, "--from", options.from, "That happened from here on ...");
  addTimeOption(command, "--to", options.to, "... to before this instant");
  addNumberOption(command, "--after", options.after, "After this event")->type_name("SEQUENCE");
  addNumberOption(command, "--limit", options.limit, "At most so many")->type_name("COUNT");
  addAsOfOption(command, options.as_of);
}

void addLogCommand(CLI::App& app, Session& session, int& exit_code) {
  auto options = std::make_shared<LogOptions>();
  CLI::App* command = app.add_subcommand("log", "The events, all or those that match");
  addLogOptions(command, *options);
  command->footer(
      "With --json one event a line. What is named together has to hold together.\n\n"
      "  robotledger log --project library --actor alice --from 2025-03-01T00:00:00Z\n"
      "  robotledger log --account 'robot$library+ci'");
  whenChosen(command, exit_code, [&session, options] { return runLog(session, *options); });
}

}  // namespace robotledger
