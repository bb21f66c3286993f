// could: whether an account could do a thing at an instant, and the chain of events behind it.
#include "api/answers/who_could.h"
#include "api/text/table.h"
#include "projections/explain.h"
#include "projections/token_tail.h"
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

struct CouldAnswer {
  AccountId id;
  std::string account;
  std::string place;
  Instant at;
  AsOf as_of;
  Explanation why;
  std::optional<Instant> token_until;  // where only a token of before could, to when at most
  bool yes() const { return why.verdict == Verdict::kCould || token_until; }
};

// When the last token has run out that was issued before the account lost it and lives at that
// instant; nothing where none does.
Result<std::optional<Instant>> tokenUntil(const Asking& asking, const AccountRow& row,
                                          const CouldOptions& options, const Place& place,
                                          Instant at, const AsOf& as_of) {
  const View& view = asking.view();
  const auto windows = accountWindows(view, row, options.capability, place, as_of);
  if (!windows) return windows.error();
  for (const Window& window : TokenTail(view.catalog->service, as_of.sequence).widened(*windows)) {
    if (overlaps(window, {.from = at})) return window.until;
  }
  return std::optional<Instant>();
}

// A sentence as explanations give it, with a capital and a full stop.
std::string sentence(std::string text) {
  if (!text.empty() && text.front() >= 'a' && text.front() <= 'z') {
    text.front() = static_cast<char>(text.front() - 'a' + 'A');
  }
  return text.ends_with('.') ? text : text + ".";
}

Result<int> printAsJson(Asking& asking, const CouldOptions& options, const CouldAnswer& answer) {
  Json chain = Json::array();
  for (const Link& link : answer.why.chain) {
    const auto note = asking.event(link.event);
    if (!note) return note.error();
    Json one{{"sequence", link.event.value},
             {"time", formatInstant((*note)->time)},
             {"what", link.what},
             {"event", (*note)->what},
             {"by", (*note)->who},
             {"asserted", !(*note)->asserted.empty()}};
    chain.push_back(std::move(one));
  }
  Json json{{"question",
             {{"id", answer.id.value},
              {"account", answer.account},
              {"capability", options.capability.shortName()},
              {"project", answer.place},
              {"at", formatInstant(answer.at)}}},
            {"as_of", {{"sequence", answer.as_of.sequence.value}}},
            {"could", answer.yes()},
            {"verdict", verdictName(answer.why.verdict)},
            {"because", answer.why.because},
            {"window", nullptr},
            {"chain", std::move(chain)}};
  if (answer.why.window) json["window"] = windowJson(*answer.why.window);
  if (answer.why.expired_at) json["expired_at"] = formatInstant(*answer.why.expired_at);
  if (options.token_tail) json["token_until"] = instantJson(answer.token_until);
  printJson(json);
  return answer.yes() ? kExitDone : kExitRefused;
}

Result<int> printAsText(Asking& asking, const CouldOptions& options, const CouldAnswer& answer) {
  Table table({"event", "time", "so that", "what happened", "by", "note"});
  for (const Link& link : answer.why.chain) {
    const auto note = asking.event(link.event);
    if (!note) return note.error();
    table.add({std::to_string(link.event.value), formatInstant((*note)->time), link.what,
               (*note)->what, (*note)->who, (*note)->asserted});
  }
  const bool yes = answer.yes();
  print("{}: {} (#{}) could {}{} in {} at {}.\n{}\n", yes ? "Yes" : "No", answer.account,
        answer.id.value, yes ? "" : "not ", options.capability.shortName(), placeText(answer.place),
        formatInstant(answer.at), sentence(answer.why.because));
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
  const Tail tail = options.token_tail ? Tail::kTokens : Tail::kGrantAlone;
  if (answer.why.verdict != Verdict::kCould) print("\n{}\n", tailNote(tail));
  return yes ? kExitDone : kExitRefused;
}

int runCould(Session& session, const CouldOptions& options) {
  const std::string name = options.place.name();
  if (name.empty()) return misuse("say where: --project P or --system");
  if (options.token_tail) {
    const auto problem = problemWith({options.capability, name, {}, Tail::kTokens});
    if (problem) return misuse(*problem);
  }
  return ask(session, [&](Asking& asking) -> Result<int> {
    const auto as_of = readAsOf(asking.view(), options.as_of);
    if (!as_of) return misuseOrError(as_of.error());
    const auto place = asking.place(name, *as_of);
    if (const auto* no = std::get_if<Refusal>(&place)) return refuse(session, *no);
    const auto found = asking.account(options.account);
    if (!found) return found.error();
    if (const auto* no = std::get_if<Refusal>(&*found)) return refuse(session, *no);
    const auto& row = std::get<AccountRow>(*found);
    const Instant at = options.at.at(asking.now());
    auto why = explain(asking.view(), row, options.capability, std::get<Place>(place), at, *as_of);
    if (!why) return why.error();
    CouldAnswer answer{
        row.account.id, qualifiedNameOf(asking.view(), row), name, at, *as_of, std::move(*why), {}};
    if (options.token_tail && !answer.yes()) {
      auto until = tokenUntil(asking, row, options, std::get<Place>(place), at, *as_of);
      if (!until) return until.error();
      answer.token_until = *until;
    }
    if (session.json()) return printAsJson(asking, options, answer);
    return printAsText(asking, options, answer);
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
