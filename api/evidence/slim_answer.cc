#include "api/evidence/slim_answer.h"

#include "api/json/read_json.h"
#include "core/base/parse.h"
#include "core/ledger/saved_state.h"

namespace robotledger {
namespace {

Error damaged(const std::string& what) { return {ErrorCode::kDamaged, "answer.json " + what}; }

Result<bool> isAbout(Asking& asking, const Event& event, const AccountRef& account) {
  const AccountId id = accountOf(event.body);
  if (account.name.empty() || id.value == 0) return id.value != 0 && id == account.id;
  const auto name = asking.names().account(id);
  if (!name) return name.error();
  return *name == account.name;
}

// As far as the event tells by itself.
Result<bool> matches(Asking& asking, const Event& event, const LogQuestion& question) {
  if (question.kind && event.body.index() != *question.kind) return false;
  if (!question.actor.empty() && event.actor != question.actor) return false;
  if (question.from && event.time < *question.from) return false;
  if (question.to && event.time >= *question.to) return false;
  if (question.after && event.sequence <= *question.after) return false;
  return question.account ? isAbout(asking, event, *question.account) : true;
}

// The sequences of the events that the lines are about.
Result<std::vector<Sequence>> eventsNamed(std::string_view lines) {
  std::vector<Sequence> events;
  while (const auto line = takeLine(lines)) {
    const Json json = readJson(*line).value_or(Json());
    if (!json.is_object() || !json.contains("sequence") || !json["sequence"].is_number_unsigned()) {
      return damaged("has a line that is no event");
    }
    events.push_back(Sequence{json["sequence"].get<std::uint64_t>()});
    if (events.size() > 1 && !(events[events.size() - 2] < events.back())) {
      return damaged("is not in the order of the log");
    }
  }
  return events;
}

Result<WholeAnswer> claimedEvents(Asking& asking, const LogQuestion& question, const AsOf& as_of,
                                  std::string_view claimed) {
  auto events = eventsNamed(claimed);
  if (!events) return events.error();
  if (question.limit && events->size() > *question.limit) {
    return damaged("has more events than were asked for");
  }
  for (const Sequence sequence : *events) {
    const auto event = readEvent(*asking.view().log, sequence);
    if (!event) return event.error();
    const auto fits = matches(asking, *event, question);
    if (!fits) return fits.error();
    if (!*fits) {
      return damaged("has event " + std::to_string(sequence.value) + ", which was not asked for");
    }
  }
  return wholeAnswer(asking, LogAnswer{question, as_of, std::move(*events)});
}

}  // namespace

Result<std::variant<Refusal, WholeAnswer>> slimAnswer(Asking& asking, const Statement& statement,
                                                      std::string_view claimed) {
  const auto* question = std::get_if<LogQuestion>(&statement.question);
  if (question == nullptr) return answerTo(asking, statement.question, statement.as_of);
  auto answer = claimedEvents(asking, *question, statement.as_of, claimed);
  if (!answer) return answer.error();
  return std::variant<Refusal, WholeAnswer>(std::move(*answer));
}

}  // namespace robotledger
