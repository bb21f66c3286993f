// who-could: the accounts that could do a thing in a place, at an instant, on a date or in between.
#include <algorithm>

#include "api/text/table.h"
#include "api/time/zone.h"
#include "tools/robotledger/commands.h"
#include "tools/robotledger/question.h"

namespace robotledger {
namespace {

struct WhoCouldOptions {
  Capability capability;
  PlaceArgument place;
  TimeArgument at;
  std::string on;
  std::string zone;
  TimeArgument from;
  TimeArgument to;
  std::optional<std::int64_t> as_of;
};

// When, as it was asked.
struct When {
  std::vector<Period> periods;  // nearly always one
  std::string words;            // "at 2025-03-01T09:30:00Z"
  Json json;                    // the question's own fields for it
};

struct WhoCouldAnswer {
  When when;
  std::string place;
  AsOf as_of;
  std::vector<AccessAnswer> accounts;
};

constexpr const char* kTimesWanted =
    "say when: --at TIME, --on DATE, or --from TIME with --to TIME";

// What is wrong with the options together, or nothing.
std::string problemWith(const WhoCouldOptions& options) {
  const bool on = !options.on.empty();
  const bool between = options.from.given || options.to.given;
  if (options.place.name().empty()) return "say where: --project P or --system";
  if (int{options.at.given} + int{on} + int{between} != 1) return kTimesWanted;
  if (options.from.given != options.to.given) return kTimesWanted;
  if (!options.zone.empty() && !on) return "--tz goes with --on";
  return "";
}

Result<When> whenAsked(const WhoCouldOptions& options, Instant now) {
  When when;
  if (options.at.given) {
    const Instant at = options.at.at(now);
    const std::string text = formatInstant(at);
    return When{{{.from = at}}, "at " + text, {{"at", text}}};
  }
  if (options.from.given) {
    const Instant from = options.from.at(now);
    const Instant to = options.to.at(now);
    const std::string begin = formatInstant(from);
    const std::string end = formatInstant(to);
    if (to <= from) {
      return Error{ErrorCode::kInvalidArgument, "--to " + end + " is not after --from " + begin};
    }
    return When{{{.from = from, .to = to}},
                "at any instant from " + begin + " to before " + end,
                {{"from", begin}, {"to", end}}};
  }
  const auto date = localDate(options.on, options.zone);
  if (!date) return date.error();
  for (const Stretch& one : date->stretches) when.periods.push_back({one.from, one.until});
  when.words = fmt::format("on {} in {} ({} to before {}, zone data {})", date->date, date->zone,
                           formatInstant(date->stretches.front().from),
                           formatInstant(date->stretches.back().until), date->zone_data);
  when.json = {{"on", date->date}, {"tz", date->zone}, {"tzdata", date->zone_data}};
  return when;
}

// Those who could in any of the periods.
Result<std::vector<AccessAnswer>> whoCouldIn(const View& view, Capability capability,
                                             const Place& place, const When& when,
                                             const AsOf& as_of) {
  const auto& periods = when.periods;
  const Period all{periods.front().from, periods.back().to};
  auto answers = whoCould(view, capability, place, all, as_of);
  if (!answers || periods.size() == 1) return answers;
  std::erase_if(*answers, [&](AccessAnswer& answer) {
    std::erase_if(answer.windows, [&](const Window& window) {
      return std::none_of(periods.begin(), periods.end(),
                          [&](const Period& period) { return overlaps(window, period); });
    });
    return answer.windows.empty();
  });
  return answers;
}

int printAsJson(const WhoCouldOptions& options, const WhoCouldAnswer& answer) {
  Json question{{"capability", options.capability.shortName()}, {"project", answer.place}};
  question.update(answer.when.json);
  Json answers = Json::array();
  for (const AccessAnswer& one : answer.accounts) {
    Json windows = Json::array();
    for (const Window& window : one.windows) windows.push_back(windowJson(window));
    answers.push_back({{"id", one.id.value},
                       {"account", one.account},
                       {"level", levelName(one.system_level)},
                       {"windows", std::move(windows)}});
  }
  printJson({{"question", std::move(question)},
             {"as_of", {{"sequence", answer.as_of.sequence.value}}},
             {"answers", std::move(answers)}});
  return kExitDone;
}

// The mark of a row that rests on events that were not witnessed: what opened or closed it, and
// what the account's own events before that had made of it.
Result<std::string> assertedIn(Asking& asking, const AccessAnswer& answer, const Window& window,
                               const AsOf& as_of) {
  const auto row = findAccountRow(asking.view(), answer.id);
  if (!row) return row.error();
  std::vector<Sequence> events{window.opened_by};
  if (const auto* closed = std::get_if<Sequence>(&window.closed_by)) events.push_back(*closed);
  if (*row) {
    const Sequence last = *std::max_element(events.begin(), events.end());
    const auto history = historyOf(asking.view(), **row, {std::min(last, as_of.sequence), {}});
    if (!history) return history.error();
    for (const HistoryEntry& entry : *history) events.push_back(entry.sequence);
  }
  for (const Sequence sequence : events) {
    const auto note = asking.event(sequence);
    if (!note) return note.error();
    if (!(*note)->asserted.empty()) return (*note)->asserted;
  }
  return std::string();
}

Result<void> addWindow(Asking& asking, const AccessAnswer& answer, const Window& window,
                       const AsOf& as_of, Table& table) {
  const auto opened = asking.event(window.opened_by);
  if (!opened) return opened.error();
  auto closed_by = asking.closedBy(window);
  if (!closed_by) return closed_by.error();
  auto asserted = assertedIn(asking, answer, window, as_of);
  if (!asserted) return asserted.error();
  table.add({answer.account, "#" + std::to_string(answer.id.value), levelName(answer.system_level),
             formatInstant(window.from), untilText(window, as_of), eventBy(**opened),
             std::move(*closed_by), std::move(*asserted)});
  return {};
}

Result<int> printAsTable(Asking& asking, const WhoCouldOptions& options,
                         const WhoCouldAnswer& answer) {
  Table table({"account", "id", "level", "could from", "until", "opened by", "closed by", "note"});
  std::size_t windows = 0;
  for (const AccessAnswer& one : answer.accounts) {
    for (const Window& window : one.windows) {
      if (auto added = addWindow(asking, one, window, answer.as_of, table); !added) {
        return added.error();
      }
      windows += 1;
    }
  }
  const std::string asked = fmt::format("{} in {}, {}", options.capability.shortName(),
                                        placeText(answer.place), answer.when.words);
  print("Who could {}?\n{}\n\n", asked, asOfText(asking.view(), answer.as_of));
  if (table.empty()) {
    print("Nobody could {}.\n", asked);
  } else {
    print("{}\n{} could, in {}.\n", table.text(), countText(answer.accounts.size(), "account"),
          countText(windows, "window"));
  }
  print("{}\n", kTailNote);
  return kExitDone;
}

int runWhoCould(Session& session, const WhoCouldOptions& options) {
  if (const std::string problem = problemWith(options); !problem.empty()) return misuse(problem);
  return ask(session, [&](Asking& asking) -> Result<int> {
    auto when = whenAsked(options, asking.now());
    if (!when) return misuseOrError(when.error());
    const auto as_of = readAsOf(asking.view(), options.as_of);
    if (!as_of) return misuseOrError(as_of.error());
    const std::string name = options.place.name();
    const auto place = asking.place(name, *as_of);
    if (const auto* refusal = std::get_if<Refusal>(&place)) return refuse(session, *refusal);
    auto accounts =
        whoCouldIn(asking.view(), options.capability, std::get<Place>(place), *when, *as_of);
    if (!accounts) return accounts.error();
    const WhoCouldAnswer answer{std::move(*when), name, *as_of, std::move(*accounts)};
    if (session.json()) return printAsJson(options, answer);
    return printAsTable(asking, options, answer);
  });
}

}  // namespace

void addWhoCouldCommand(CLI::App& app, Session& session, int& exit_code) {
  auto options = std::make_shared<WhoCouldOptions>();
  CLI::App* command =
      app.add_subcommand("who-could", "Who could do a thing, at an instant, on a date, or between");
  addCapabilityArgument(command, options->capability);
  addPlaceOptions(command, options->place);
  addTimeOption(command, "--at", options->at, "At an instant, or now");
  command->add_option("--on", options->on, "On a date: at any instant of it")
      ->type_name("DATE")
      ->check(notEmpty());
  command->add_option("--tz", options->zone, "The date's time zone, by its IANA name (UTC)")
      ->type_name("ZONE")
      ->check(notEmpty());
  addTimeOption(command, "--from", options->from, "At any instant from here on ...");
  addTimeOption(command, "--to", options->to, "... to before this one");
  addAsOfOption(command, options->as_of);
  command->footer(
      "A project's name stands for all projects that ever bore it. Windows are given whole.\n\n"
      "  robotledger who-could push-image --project library --on 2025-03-01 --tz Europe/Berlin\n"
      "  robotledger who-could repository:delete --project library --at now --json");
  whenChosen(command, exit_code, [&session, options] { return runWhoCould(session, *options); });
}

}  // namespace robotledger
