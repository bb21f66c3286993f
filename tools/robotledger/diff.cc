// diff: who gained and who lost what between two instants.
#include "api/answers/diff.h"

#include <algorithm>

#include "api/answers/words.h"
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

Result<int> printAsText(Asking& asking, const DiffAnswer& answer) {
  const DiffQuestion& question = answer.question;
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
  const std::string where =
      question.place.empty() ? "each scope by itself" : placeText(question.place);
  print("Who gained and who lost what, after {} and up to {}, in {}?\n{}\n{}\n\n",
        formatInstant(question.from), formatInstant(question.to), where,
        asOfText(asking.view(), answer.as_of),
        question.kind == DifferenceKind::kAll
            ? "Every gain and loss in between."
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
    const auto as_of = readAsOf(asking.view(), options.as_of);
    if (!as_of) return misuseOrError(as_of.error());
    const DiffQuestion question{.place = options.place.name(),
                                .from = options.from.at(asking.now()),
                                .to = options.to.at(asking.now()),
                                .kind = options.all ? DifferenceKind::kAll : DifferenceKind::kNet};
    const auto answered = diffAnswer(asking, question, *as_of);
    if (!answered) return misuseOrError(answered.error());
    if (const auto* no = std::get_if<Refusal>(&*answered)) return refuse(session, *no);
    const auto& answer = std::get<DiffAnswer>(*answered);
    if (!session.json()) return printAsText(asking, answer);
    printJson(diffJson(answer));
    return kExitDone;
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
