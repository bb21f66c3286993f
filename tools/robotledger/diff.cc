// diff: who gained and who lost what between two instants.
#include <algorithm>

#include "api/text/table.h"
#include "tools/robotledger/commands.h"
#include "tools/robotledger/question.h"

namespace robotledger {
namespace {

struct DiffOptions {
  PlaceArgument place;
  TimeArgument from;
  TimeArgument to;
  bool all = false;
  std::optional<std::int64_t> as_of;
};

struct DiffAnswer {
  std::string from;
  std::string to;
  std::string place;  // empty for every scope
  AsOf as_of;
  std::vector<AccessDifference> differences;
};

int printAsJson(const DiffOptions& options, const DiffAnswer& answer) {
  Json question{{"from", answer.from}, {"to", answer.to}};
  if (!answer.place.empty()) question["project"] = answer.place;
  question["all"] = options.all;
  Json differences = Json::array();
  for (const AccessDifference& one : answer.differences) {
    Json json{{"time", formatInstant(one.when)},
              {"id", one.id.value},
              {"account", one.account},
              {"change", one.gained ? "gained" : "lost"},
              {"scope", one.place},
              {"capability", one.capability.text()},
              {"because", "expiry"}};
    if (one.because) json["because"] = one.because->value;
    differences.push_back(std::move(json));
  }
  printJson({{"question", std::move(question)},
             {"as_of", {{"sequence", answer.as_of.sequence.value}}},
             {"differences", std::move(differences)}});
  return kExitDone;
}

// What one event, or one expiry, did to one account in one place: a row for people.
struct Row {
  const AccessDifference* first;
  std::string capabilities;
};

bool isOneRow(const AccessDifference& left, const AccessDifference& right) {
  return left.when == right.when && left.id == right.id && left.gained == right.gained &&
         left.place == right.place && left.because == right.because;
}

std::vector<Row> rowsOf(const std::vector<AccessDifference>& differences) {
  std::vector<Row> rows;
  std::size_t begin = 0;  // of the rows of one instant and account
  for (const AccessDifference& one : differences) {
    if (begin < rows.size() &&
        (rows[begin].first->when != one.when || rows[begin].first->id != one.id)) {
      begin = rows.size();
    }
    const auto same = std::find_if(rows.begin() + static_cast<std::ptrdiff_t>(begin), rows.end(),
                                   [&](const Row& row) { return isOneRow(*row.first, one); });
    if (same == rows.end()) {
      rows.push_back({&one, one.capability.shortName()});
    } else {
      same->capabilities += ", " + one.capability.shortName();
    }
  }
  return rows;
}

Result<int> printAsText(Asking& asking, const DiffOptions& options, const DiffAnswer& answer) {
  Table table({"time", "account", "id", "change", "in", "what", "because of", "by", "note"});
  for (const Row& row : rowsOf(answer.differences)) {
    const AccessDifference& one = *row.first;
    std::vector<std::string> cells{
        formatInstant(one.when),        one.account, "#" + std::to_string(one.id.value),
        one.gained ? "gained" : "lost", one.place,   row.capabilities};
    if (one.because) {
      const auto note = asking.event(*one.because);
      if (!note) return note.error();
      cells.push_back(fmt::format("event {}: {}", one.because->value, (*note)->kind));
      cells.push_back((*note)->who);
      cells.push_back((*note)->asserted);
    } else {
      cells.insert(cells.end(), {"expiry", "", ""});
    }
    table.add(std::move(cells));
  }
  const auto gained = std::count_if(answer.differences.begin(), answer.differences.end(),
                                    [](const AccessDifference& one) { return one.gained; });
  const std::string where = answer.place.empty() ? "each scope by itself" : placeText(answer.place);
  print("Who gained and who lost what, after {} and up to {}, in {}?\n{}\n{}\n\n", answer.from,
        answer.to, where, asOfText(asking.view(), answer.as_of),
        options.all ? "Every gain and loss in between."
                    : "What held at one end and not at the other (--all shows all in between).");
  if (table.empty()) {
    print("Nothing changed.\n");
  } else {
    print("{}\n{} gained, {} lost.\n", table.text(),
          countText(static_cast<std::size_t>(gained), "permission"),
          answer.differences.size() - static_cast<std::size_t>(gained));
  }
  print("{}\n", kTailNote);
  return kExitDone;
}

int runDiff(Session& session, const DiffOptions& options) {
  return ask(session, [&](Asking& asking) -> Result<int> {
    const Instant from = options.from.at(asking.now());
    const Instant to = options.to.at(asking.now());
    DiffAnswer answer{
        formatInstant(from), formatInstant(to), options.place.name(), asking.view().newest(), {}};
    if (to <= from) {
      return misuse("--to " + answer.to + " is not after --from " + answer.from);
    }
    const auto as_of = readAsOf(asking.view(), options.as_of);
    if (!as_of) return misuseOrError(as_of.error());
    answer.as_of = *as_of;
    std::optional<Place> place;
    if (answer.place.empty()) {
      if (const auto no = asking.needEverything()) return refuse(session, *no);
    } else {
      auto found = asking.place(answer.place, *as_of);
      if (const auto* no = std::get_if<Refusal>(&found)) return refuse(session, *no);
      place = std::move(std::get<Place>(found));
    }
    const auto kind = options.all ? DifferenceKind::kAll : DifferenceKind::kNet;
    auto differences = accessDifferences(asking.view(), place, from, to, kind, *as_of);
    if (!differences) return differences.error();
    answer.differences = std::move(*differences);
    if (session.json()) return printAsJson(options, answer);
    return printAsText(asking, options, answer);
  });
}

}  // namespace

void addDiffCommand(CLI::App& app, Session& session, int& exit_code) {
  auto options = std::make_shared<DiffOptions>();
  CLI::App* command = app.add_subcommand("diff", "Who gained and who lost what in between");
  addTimeOption(command, "--from", options->from, "After this instant ...")->required();
  addTimeOption(command, "--to", options->to, "... up to this one, included")->required();
  addPlaceOptions(command, options->place);
  command->add_flag("--all", options->all, "Every gain and loss in between, too");
  addAsOfOption(command, options->as_of);
  command->footer(
      "With --project, what reaches into it from every project is among it; without, each scope\n"
      "stands by itself.\n\n"
      "  robotledger diff --from 2025-03-01T00:00:00Z --to 2025-04-01T00:00:00Z "
      "--project library");
  whenChosen(command, exit_code, [&session, options] { return runDiff(session, *options); });
}

}  // namespace robotledger
