// who-could: the accounts that could do a thing in a place, at an instant, on a date or in between.
#include "tools/robotledger/asked.h"
#include "tools/robotledger/commands.h"

namespace robotledger {
namespace {

constexpr const char* kTimesWanted =
    "say when: --at TIME, --on DATE, or --from TIME with --to TIME";

Result<When> whenAsked(const WhoCouldOptions& options, Instant now) {
  if (options.at.given) return atInstant(options.at.at(now));
  if (options.from.given) return betweenInstants(options.from.at(now), options.to.at(now));
  return onDate(options.on, options.zone);
}

Result<int> printAsTable(Asking& asking, const WhoCouldAnswer& answer) {
  const auto table = whoCouldTable(asking, answer);
  if (!table) return table.error();
  print("Who could {}?\n{}\n\n", whoCouldWords(answer.question),
        asOfText(asking.view(), answer.as_of));
  if (!table->rows.empty()) print("{}\n", tableText(*table));
  print("{}\n{}\n", whoCouldVerdict(answer), tailNote(answer.question.tail));
  return kExitDone;
}

int runWhoCould(Session& session, const WhoCouldOptions& options) {
  if (const std::string problem = problemWith(options); !problem.empty()) return misuse(problem);
  return ask(session, [&](Asking& asking) -> Result<int> {
    const auto question = whoCouldAsked(options, asking.now());
    if (!question) return misuseOrError(question.error());
    const auto as_of = readAsOf(asking.view(), options.as_of);
    if (!as_of) return misuseOrError(as_of.error());
    const auto outcome = whoCouldAnswer(asking, *question, *as_of);
    if (!outcome) return outcome.error();
    if (const auto* refusal = std::get_if<Refusal>(&*outcome)) return refuse(session, *refusal);
    const auto& answer = std::get<WhoCouldAnswer>(*outcome);
    if (!session.json()) return printAsTable(asking, answer);
    printJson(whoCouldJson(answer));
    return kExitDone;
  });
}

}  // namespace

std::string problemWith(const WhoCouldOptions& options) {
  const bool on = !options.on.empty();
  const bool between = options.from.given || options.to.given;
  if (options.place.name().empty()) return "say where: --project P or --system";
  if (int{options.at.given} + int{on} + int{between} != 1) return kTimesWanted;
  if (options.from.given != options.to.given) return kTimesWanted;
  if (!options.zone.empty() && !on) return "--tz goes with --on";
  return "";
}

Result<WhoCouldQuestion> whoCouldAsked(const WhoCouldOptions& options, Instant now) {
  auto when = whenAsked(options, now);
  if (!when) return when.error();
  WhoCouldQuestion question{options.capability, options.place.name(), std::move(*when),
                            options.token_tail ? Tail::kTokens : Tail::kGrantAlone};
  if (auto problem = problemWith(question)) {
    return Error{ErrorCode::kInvalidArgument, *std::move(problem)};
  }
  return question;
}

void addWhoCouldOptions(CLI::App* command, WhoCouldOptions& options) {
  addCapabilityArgument(command, options.capability);
  addPlaceOptions(command, options.place);
  addTimeOption(command, "--at", options.at, "At an instant, or now");
  command->add_option("--on", options.on, "On a date: at any instant of it")
      ->type_name("DATE")
      ->check(notEmpty());
  command->add_option("--tz", options.zone, "The date's time zone, by its IANA name (UTC)")
      ->type_name("ZONE")
      ->check(notEmpty());
  addTimeOption(command, "--from", options.from, "At any instant from here on ...");
  addTimeOption(command, "--to", options.to, "... to before this one");
  command->add_flag("--token-tail", options.token_tail,
                    "Widened by the lives of registry tokens issued before a loss of access");
  addAsOfOption(command, options.as_of);
}

void addWhoCouldCommand(CLI::App& app, Session& session, int& exit_code) {
  auto options = std::make_shared<WhoCouldOptions>();
  CLI::App* command =
      app.add_subcommand("who-could", "Who could do a thing, at an instant, on a date, or between");
  addWhoCouldOptions(command, *options);
  command->footer(
      "A project's name stands for all projects that ever bore it. Windows are given whole.\n\n"
      "  robotledger who-could push-image --project library --on 2025-03-01 --tz Europe/Berlin\n"
      "  robotledger who-could repository:delete --project library --at now --json");
  whenChosen(command, exit_code, [&session, options] { return runWhoCould(session, *options); });
}

}  // namespace robotledger
