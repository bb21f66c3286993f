#include "api/answers/who_could.h"

#include <algorithm>

#include <fmt/format.h>

#include "api/answers/words.h"
#include "api/time/zone.h"
#include "projections/token_tail.h"

namespace robotledger {
namespace {

constexpr const char* kWithTokensNote =
    "A registry token that was issued before a loss of access lives on until it runs out: by the\n"
    "lifetime that tokens had then, and the 60 s that registries allow. These answers are widened "
    "by that.";

// Those who could in any of the periods.
Result<std::vector<AccessAnswer>> whoCouldIn(const View& view, const WhoCouldQuestion& question,
                                             const Place& place, const AsOf& as_of) {
  const auto& periods = question.when.periods;
  const Period all{periods.front().from, periods.back().to};
  auto answers = question.tail == Tail::kTokens
                     ? whoCouldByToken(view, question.capability, place, all, as_of)
                     : whoCould(view, question.capability, place, all, as_of);
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

// The account's events up to that one.
Result<std::vector<Sequence>> eventsOf(const View& view, AccountId id, Sequence until) {
  const auto row = findAccountRow(view, id);
  if (!row) return row.error();
  std::vector<Sequence> events;
  if (!*row) return events;
  const auto history = historyOf(view, **row, {until, {}});
  if (!history) return history.error();
  for (const HistoryEntry& entry : *history) events.push_back(entry.sequence);
  return events;
}

// The mark of a row that rests on events that were not witnessed: what opened or closed it, and
// what the account's own events before that had made of it.
Result<std::string> assertedIn(Asking& asking, const AccessAnswer& answer, const Window& window,
                               const AsOf& as_of) {
  std::vector<Sequence> events{window.opened_by};
  if (const auto* closed = std::get_if<Sequence>(&window.closed_by)) events.push_back(*closed);
  const Sequence last = *std::max_element(events.begin(), events.end());
  const auto before = eventsOf(asking.view(), answer.id, std::min(last, as_of.sequence));
  if (!before) return before.error();
  events.insert(events.end(), before->begin(), before->end());
  for (const Sequence sequence : events) {
    const auto note = asking.event(sequence);
    if (!note) return note.error();
    if (!(*note)->asserted.empty()) return (*note)->asserted;
  }
  return std::string();
}

Result<void> addWindow(Asking& asking, const AccessAnswer& answer, const Window& window,
                       const AsOf& as_of, Tail tail, AnswerTable& table) {
  const auto opened = asking.event(window.opened_by);
  if (!opened) return opened.error();
  auto closed_by = asking.closedBy(window);
  if (!closed_by) return closed_by.error();
  auto asserted = assertedIn(asking, answer, window, as_of);
  if (!asserted) return asserted.error();
  Window access = window;
  if (tail == Tail::kTokens) access.until = window.access_until;
  std::vector<std::string> row{answer.account, "#" + std::to_string(answer.id.value),
                               levelName(answer), formatInstant(window.from),
                               untilText(access, as_of)};
  if (tail == Tail::kTokens) {
    row.push_back(window.until ? formatInstant(*window.until) : "open");
  }
  row.insert(row.end(), {eventBy(**opened), std::move(*closed_by), std::move(*asserted)});
  table.rows.push_back(std::move(row));
  return {};
}

Result<std::set<Sequence>> restsOn(const Asking& asking, const WhoCouldAnswer& answer) {
  const Catalog& catalog = *asking.view().catalog;
  const Sequence until = answer.as_of.sequence;
  std::set<Sequence> events;
  for (const SettingChange& change : settingsUpTo(catalog.settings, until)) {
    events.insert(change.sequence);
  }
  if (answer.question.tail == Tail::kTokens) {
    for (const ServiceChange& change : catalog.service) {
      if (change.sequence <= until) events.insert(change.sequence);
    }
  }
  const auto place = asking.place(answer.question.place, answer.as_of);
  if (const auto* found = std::get_if<Place>(&place)) {
    for (const ProjectLife* life : found->lives) {
      events.insert(life->created);
      if (life->deleted && *life->deleted <= until) events.insert(*life->deleted);
    }
  }
  for (const AccessAnswer& one : answer.accounts) {
    const auto own = eventsOf(asking.view(), one.id, until);
    if (!own) return own.error();
    events.insert(own->begin(), own->end());
  }
  return events;
}

}  // namespace

When atInstant(Instant at) {
  const std::string text = formatInstant(at);
  return When{{{.from = at}}, "at " + text, {{"at", text}}};
}

Result<When> betweenInstants(Instant from, Instant to) {
  const std::string begin = formatInstant(from);
  const std::string end = formatInstant(to);
  if (to <= from) {
    return Error{ErrorCode::kInvalidArgument, "--to " + end + " is not after --from " + begin};
  }
  return When{{{.from = from, .to = to}},
              "at any instant from " + begin + " to before " + end,
              {{"from", begin}, {"to", end}}};
}

Result<When> onDate(std::string_view text, std::string_view zone) {
  const auto date = localDate(text, zone);
  if (!date) return date.error();
  std::vector<Period> stretches;
  for (const Stretch& one : date->stretches) stretches.push_back({one.from, one.until});
  return onDateIn(date->date, date->zone, date->zone_data, std::move(stretches));
}

When onDateIn(const std::string& date, const std::string& zone, const std::string& zone_data,
              std::vector<Period> stretches) {
  When when{.periods = std::move(stretches), .words = {}, .json = {}};
  const Period& last = when.periods.back();
  when.words = fmt::format("on {} in {} ({} to before {}, zone data {})", date, zone,
                           formatInstant(when.periods.front().from),
                           formatInstant(last.to.value_or(last.from)), zone_data);
  when.json = {{"on", date}, {"tz", zone}, {"tzdata", zone_data}};
  return when;
}

std::optional<std::string> problemWith(const WhoCouldQuestion& question) {
  if (question.tail == Tail::kGrantAlone) return std::nullopt;
  if (question.place == "/") {
    return "--token-tail goes with --project: registry tokens are for projects";
  }
  if (isCarriedByTokens(question.capability)) return std::nullopt;
  return "--token-tail: registry tokens carry push-image, pull-image, push-chart, pull-chart and "
         "repository:delete, and no " +
         question.capability.shortName();
}

const char* tailNote(Tail tail) { return tail == Tail::kTokens ? kWithTokensNote : kTailNote; }

Result<std::variant<Refusal, WhoCouldAnswer>> whoCouldAnswer(Asking& asking,
                                                             const WhoCouldQuestion& question,
                                                             const AsOf& as_of) {
  using Outcome = std::variant<Refusal, WhoCouldAnswer>;
  if (auto problem = problemWith(question)) {
    return Error{ErrorCode::kInvalidArgument, *std::move(problem)};
  }
  const auto place = asking.place(question.place, as_of);
  if (const auto* refusal = std::get_if<Refusal>(&place)) return Outcome(*refusal);
  auto accounts = whoCouldIn(asking.view(), question, std::get<Place>(place), as_of);
  if (!accounts) return accounts.error();
  return Outcome(WhoCouldAnswer{question, as_of, std::move(*accounts)});
}

Json whoCouldJson(const WhoCouldAnswer& answer) {
  Json question{{"capability", answer.question.capability.shortName()},
                {"project", answer.question.place}};
  question.update(answer.question.when.json);
  const bool with_tokens = answer.question.tail == Tail::kTokens;
  if (with_tokens) question["token_tail"] = true;
  Json answers = Json::array();
  for (const AccessAnswer& one : answer.accounts) {
    Json windows = Json::array();
    for (const Window& window : one.windows) {
      windows.push_back(windowJson(window));
      if (with_tokens) windows.back()["access_until"] = instantJson(window.access_until);
    }
    answers.push_back({{"id", one.id.value},
                       {"account", one.account},
                       {"level", levelName(one)},
                       {"windows", std::move(windows)}});
  }
  return {{"question", std::move(question)},
          {"as_of", {{"sequence", answer.as_of.sequence.value}}},
          {"answers", std::move(answers)}};
}

Result<AnswerTable> whoCouldTable(Asking& asking, const WhoCouldAnswer& answer) {
  AnswerTable table;
  table.heads = {"account", "id", "level", "could from", "until"};
  if (answer.question.tail == Tail::kTokens) table.heads.emplace_back("tokens until");
  table.heads.insert(table.heads.end(), {"opened by", "closed by", "note"});
  for (const AccessAnswer& one : answer.accounts) {
    for (const Window& window : one.windows) {
      if (auto added = addWindow(asking, one, window, answer.as_of, answer.question.tail, table);
          !added) {
        return added.error();
      }
    }
  }
  return table;
}

std::string whoCouldWords(const WhoCouldQuestion& question) {
  return fmt::format("{} in {}, {}{}", question.capability.shortName(), placeText(question.place),
                     question.when.words,
                     question.tail == Tail::kTokens ? ", the lives of tokens included" : "");
}

std::string whoCouldVerdict(const WhoCouldAnswer& answer) {
  if (answer.accounts.empty()) {
    return fmt::format("Nobody could {}.", whoCouldWords(answer.question));
  }
  std::size_t windows = 0;
  for (const AccessAnswer& one : answer.accounts) windows += one.windows.size();
  return fmt::format("{} could, in {}.", countText(answer.accounts.size(), "account"),
                     countText(windows, "window"));
}

Result<WholeAnswer> wholeAnswer(Asking& asking, const WhoCouldAnswer& answer) {
  auto table = whoCouldTable(asking, answer);
  if (!table) return table.error();
  auto rests_on = restsOn(asking, answer);
  if (!rests_on) return rests_on.error();
  return WholeAnswer{.question = "Who could " + whoCouldWords(answer.question) + "?",
                     .as_of = answer.as_of,
                     .json = jsonText(whoCouldJson(answer)) + "\n",
                     .tables = {std::move(*table)},
                     .verdict = whoCouldVerdict(answer),
                     .rests_on = std::move(*rests_on)};
}

}  // namespace robotledger
