// could: whether an account could do a thing at an instant, and the chain of events behind it.
#include "api/answers/could.h"

#include "api/text/table.h"
#include "tools/robotledger/commands.h"
#include "tools/robotledger/question.h"

namespace robotledger {
namespace {

struct CouldOptions {
  AccountRef account;
  Capability capability;
  PlaceArgument place;
  TimeArgument at{.given = false, .is_now = true, .instant = {}};
  bool token_tail = false;
  std::optional<std::int64_t> as_of;
};

// A sentence as explanations give it, with a capital and a full stop.
std::string sentence(std::string text) {
  if (!text.empty() && text.front() >= 'a' && text.front() <= 'z') {
    text.front() = static_cast<char>(text.front() - 'a' + 'A');
  }
  return text.ends_with('.') ? text : text + ".";
}

Result<int> printAsText(Asking& asking, const CouldAnswer& answer) {
  Table table({"event", "time", "so that", "what happened", "by", "note"});
  for (const Link& link : answer.why.chain) {
    const auto note = asking.event(link.event);
    if (!note) return note.error();
    table.add({std::to_string(link.event.value), formatInstant((*note)->time), link.what,
               (*note)->what, (*note)->who, (*note)->asserted});
  }
  const bool yes = answer.yes();
  print("{}: {} (#{}) could {}{} in {} at {}.\n{}\n", yes ? "Yes" : "No", answer.account,
        answer.id.value, yes ? "" : "not ", answer.question.capability.shortName(),
        placeText(answer.question.place), formatInstant(answer.question.at),
        sentence(answer.why.because));
  if (answer.token_until) {
    print("But a registry token that was issued before lives until {} at the latest.\n",
          formatInstant(*answer.token_until));
  }
  if (answer.why.window) {
    const Window& window = *answer.why.window;
    print("It could from {} on, {}.\n", formatInstant(window.from),
          window.until ? "until " + formatInstant(*window.until) : "with no end as things stand");
  }
  print("{}\n\n", asOfText(asking.view(), answer.as_of));
  if (!table.empty()) print("{}", table.text());
  if (answer.why.verdict != Verdict::kCould) {
    print("\n{}\n", tailNote(answer.question.tail));
  }
  return yes ? kExitDone : kExitRefused;
}

int runCould(Session& session, const CouldOptions& options) {
  const std::string name = options.place.name();
  if (name.empty()) return misuse("say where: --project P or --system");
  const Tail tail = options.token_tail ? Tail::kTokens : Tail::kGrantAlone;
  if (const auto problem = problemWith({options.capability, name, {}, tail})) {
    return misuse(*problem);
  }
  return ask(session, [&](Asking& asking) -> Result<int> {
    const auto as_of = readAsOf(asking.view(), options.as_of);
    if (!as_of) return misuseOrError(as_of.error());
    const CouldQuestion question{options.account, options.capability, name,
                                 options.at.at(asking.now()), tail};
    const auto answered = couldAnswer(asking, question, *as_of);
    if (!answered) return answered.error();
    if (const auto* no = std::get_if<Refusal>(&*answered)) return refuse(session, *no);
    const auto& answer = std::get<CouldAnswer>(*answered);
    if (!session.json()) return printAsText(asking, answer);
    const auto json = couldJson(asking, answer);
    if (!json) return json.error();
    printJson(*json);
    return answer.yes() ? kExitDone : kExitRefused;
  });
}

}  // namespace

void addCouldCommand(CLI::App& app, Session& session, int& exit_code) {
  auto options = std::make_shared<CouldOptions>();
  CLI::App* command = app.add_subcommand(
      "could", "Whether an account could do a thing, and the events that make it so");
  addAccountArgument(command, options->account);
  addCapabilityArgument(command, options->capability);
  addPlaceOptions(command, options->place);
  addTimeOption(command, "--at", options->at, "At an instant (now)");
  command->add_flag("--token-tail", options->token_tail,
                    "Also by a registry token issued before a loss of access");
  addAsOfOption(command, options->as_of);
  command->footer(
      "Ends with 0 for yes and 1 for no. The dead are asked about by #ID.\n\n"
      "  robotledger could 'robot$library+ci' push-image --project library "
      "--at 2025-03-01T09:30:00Z");
  whenChosen(command, exit_code, [&session, options] { return runCould(session, *options); });
}

}  // namespace robotledger
