#include "api/answers/log_answer.h"

#include <fmt/format.h>

#include "api/answers/words.h"
#include "api/json/event_json.h"
#include "api/text/event_text.h"
#include "core/ledger/saved_state.h"

namespace robotledger {
namespace {

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

}  // namespace

Result<std::variant<Refusal, LogFilter>> logFilter(const Asking& asking,
                                                   const LogQuestion& question, const AsOf& as_of) {
  using Answer = std::variant<Refusal, LogFilter>;
  LogFilter filter{.kind = question.kind, .as_of = as_of.sequence};
  if (!question.project.empty()) {
    auto projects = projectsAsked(asking, question.project, as_of);
    if (const auto* refusal = std::get_if<Refusal>(&projects)) return Answer(*refusal);
    filter.projects = std::move(std::get<std::vector<ProjectId>>(projects));
  }
  if (question.account) {
    auto accounts = accountsAsked(asking, *question.account);
    if (!accounts) return accounts.error();
    if (const auto* refusal = std::get_if<Refusal>(&*accounts)) return Answer(*refusal);
    filter.accounts = std::move(std::get<std::vector<AccountId>>(*accounts));
  }
  if (!filter.projects && !filter.accounts) {
    if (auto refusal = asking.needEverything()) return Answer(*refusal);
  }
  if (!question.actor.empty()) filter.actor = question.actor;
  filter.from = question.from;
  filter.to = question.to;
  filter.after = question.after;
  return Answer(std::move(filter));
}

std::string logLine(const Event& event, const std::string& what) {
  std::string line =
      fmt::format("{:>7}  {}  {}: {}", event.sequence.value, formatInstant(event.time),
                  actorText(event.actor, event.channel), what);
  if (!event.reason.empty()) line += ", because: " + printableText(event.reason);
  if (isAsserted(event)) line += " (" + assertedText(event) + ")";
  return line + "\n";
}

Result<void> checkTimes(const LogQuestion& question) {
  if (!question.from || !question.to || *question.to > *question.from) return {};
  return Error{ErrorCode::kInvalidArgument, "--to " + formatInstant(*question.to) +
                                                " is not after --from " +
                                                formatInstant(*question.from)};
}

Result<std::variant<Refusal, LogAnswer>> logAnswer(Asking& asking, const LogQuestion& question,
                                                   const AsOf& as_of, std::size_t most) {
  using Outcome = std::variant<Refusal, LogAnswer>;
  const auto filter = logFilter(asking, question, as_of);
  if (!filter) return filter.error();
  if (const auto* refusal = std::get_if<Refusal>(&*filter)) return Outcome(*refusal);
  if (auto times = checkTimes(question); !times) return times.error();
  const auto query = LogQuery::start(asking.view(), std::get<LogFilter>(*filter));
  if (!query) return query.error();
  LogAnswer answer{question, as_of, {}};
  while (!question.limit || answer.events.size() < *question.limit) {
    const auto next = (*query)->next();
    if (!next) return next.error();
    if (!*next) break;
    if (answer.events.size() == most) {
      return Error{ErrorCode::kInvalidArgument,
                   fmt::format("more than {} events match: ask for fewer, by --from and --to, or "
                               "--limit and --after",
                               most)};
    }
    answer.events.push_back(**next);
  }
  return Outcome(std::move(answer));
}

Result<WholeAnswer> wholeAnswer(Asking& asking, const LogAnswer& answer) {
  AnswerTable table{.title = {},
                    .heads = {"event", "time", "kind", "what happened", "by", "because", "note"},
                    .rows = {}};
  WholeAnswer whole{.question = "What is in the log, " + logWords(answer.question) + "?",
                    .as_of = answer.as_of,
                    .json = {},
                    .tables = {},
                    .verdict = countText(answer.events.size(), "event") + " in all.",
                    .rests_on = {answer.events.begin(), answer.events.end()}};
  for (const Sequence sequence : answer.events) {
    const auto event = readEvent(*asking.view().log, sequence);
    if (!event) return event.error();
    const auto json = eventJson(*event, asking.names());
    if (!json) return json.error();
    auto what = eventText(*event, asking.names());
    if (!what) return what.error();
    whole.json += jsonText(*json) + "\n";
    table.rows.push_back({std::to_string(sequence.value), formatInstant(event->time),
                          std::string(eventKindName(event->body.index())), std::move(*what),
                          actorText(event->actor, event->channel), printableText(event->reason),
                          assertedText(*event)});
  }
  whole.tables.push_back(std::move(table));
  return whole;
}

std::string logWords(const LogQuestion& question) {
  std::string words;
  const auto add = [&](const std::string& word) { words += (words.empty() ? "" : ", ") + word; };
  if (question.account) add("about " + accountText(*question.account));
  if (!question.project.empty()) add("about project " + question.project);
  if (!question.actor.empty()) add("by " + printableText(question.actor));
  if (question.kind) add("of kind " + std::string(eventKindName(*question.kind)));
  if (question.from) add("from " + formatInstant(*question.from));
  if (question.to) add("to before " + formatInstant(*question.to));
  if (question.after) add(fmt::format("after event {}", question.after->value));
  if (question.limit) add(fmt::format("the first {}", *question.limit));
  return words.empty() ? "all of it" : words;
}

}  // namespace robotledger
