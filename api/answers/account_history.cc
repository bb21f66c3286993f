#include "api/answers/account_history.h"

#include <algorithm>

#include <fmt/format.h>

#include "api/answers/words.h"
#include "api/json/event_json.h"
#include "api/text/event_text.h"
#include "core/ledger/saved_state.h"

namespace robotledger {
namespace {

// Puts in an account's expiries where they came between its events.
class Expiries {
 public:
  Expiries(const Settings& settings, const AsOf& as_of)
      : settings_(settingsUpTo(settings, as_of.sequence)) {}

  // Before the event is taken in: the expiry that came before it, if any.
  std::optional<Instant> before(const Event& event) {
    if (!lives_ || expired_) return std::nullopt;
    const auto end = this->end();
    // What an event of the same instant undid was never so.
    if (!end || *end >= event.time) return std::nullopt;
    expired_ = true;
    return end;
  }

  Result<void> take(const Event& event) {
    if (const auto* created = std::get_if<AccountCreated>(&event.body)) {
      account_ = accountFrom(*created, event.time);
      lives_ = true;
    } else if (std::holds_alternative<AccountDeleted>(event.body)) {
      lives_ = false;
    } else if (auto applied = applyToAccount(account_, event.body, event.time); !applied) {
      return applied;
    }
    last_ = event.time;
    const auto end = expiresAt(account_.terms, settings_);
    expired_ = expired_ && end && *end <= last_;
    return {};
  }

  // The one that is still to come, or came after the last event.
  std::optional<Instant> last() const {
    if (!lives_ || expired_) return std::nullopt;
    return end();
  }

 private:
  // Not before the event that may have brought it about at once.
  std::optional<Instant> end() const {
    const auto end = expiresAt(account_.terms, settings_);
    return end ? std::optional(std::max(*end, last_)) : std::nullopt;
  }

  std::span<const SettingChange> settings_;
  Account account_;
  Instant last_;  // event's time
  bool lives_ = false;
  bool expired_ = false;
};

Result<Timeline> timelineOf(const View& view, const AccountRow& row, const AsOf& as_of) {
  const auto history = historyOf(view, row, as_of);
  if (!history) return history.error();
  Timeline timeline{row, {}};
  Expiries expiries(view.catalog->settings, as_of);
  for (const HistoryEntry& entry : *history) {
    auto event = readEvent(*view.log, entry.sequence);
    if (!event) return event.error();
    if (const auto expiry = expiries.before(*event)) timeline.rows.push_back({*expiry, {}});
    if (auto taken = expiries.take(*event); !taken) return taken.error();
    timeline.rows.push_back({event->time, std::move(*event)});
  }
  if (const auto expiry = expiries.last()) timeline.rows.push_back({*expiry, {}});
  return timeline;
}

std::string headOf(const Asking& asking, const AccountRow& row, const AsOf& as_of) {
  std::string head = fmt::format("{} (#{}), created {}", qualifiedNameOf(asking.view(), row),
                                 row.account.id.value, formatInstant(row.created_at));
  if (row.deleted && *row.deleted <= as_of.sequence) {
    head += ", deleted " + formatInstant(row.deleted_at);
  }
  return head;
}

}  // namespace

Result<std::variant<Refusal, HistoryAnswer>> historyAnswer(Asking& asking,
                                                           const HistoryQuestion& question,
                                                           const AsOf& as_of) {
  using Outcome = std::variant<Refusal, HistoryAnswer>;
  const auto bearers = asking.bearers(question.account);
  if (!bearers) return bearers.error();
  if (const auto* refusal = std::get_if<Refusal>(&*bearers)) return Outcome(*refusal);
  HistoryAnswer answer{question, as_of, {}};
  for (const AccountRow& row : std::get<std::vector<AccountRow>>(*bearers)) {
    if (row.created > as_of.sequence) continue;
    auto timeline = timelineOf(asking.view(), row, as_of);
    if (!timeline) return timeline.error();
    answer.timelines.push_back(std::move(*timeline));
  }
  return Outcome(std::move(answer));
}

Result<Json> historyJson(Asking& asking, const HistoryAnswer& answer) {
  Json accounts = Json::array();
  for (const Timeline& one : answer.timelines) {
    Json events = Json::array();
    for (const TimelineRow& row : one.rows) {
      if (!row.event) {
        events.push_back({{"time", formatInstant(row.time)}, {"kind", "expiry"}});
        continue;
      }
      auto json = eventJson(*row.event, asking.names());
      if (!json) return json.error();
      events.push_back(std::move(*json));
    }
    accounts.push_back({{"id", one.account.account.id.value},
                        {"account", qualifiedNameOf(asking.view(), one.account)},
                        {"events", std::move(events)}});
  }
  return Json{{"as_of", {{"sequence", answer.as_of.sequence.value}}},
              {"accounts", std::move(accounts)}};
}

Result<AnswerTable> historyTable(Asking& asking, const Timeline& timeline, const AsOf& as_of) {
  AnswerTable table{.title = headOf(asking, timeline.account, as_of),
                    .heads = {"event", "time", "what happened", "by", "because", "note"},
                    .rows = {}};
  for (const TimelineRow& row : timeline.rows) {
    if (!row.event) {
      const bool coming = row.time > asking.now();
      table.rows.push_back({"-", formatInstant(row.time), coming ? "will expire" : "expired",
                            "computed from its expiry", "", ""});
      continue;
    }
    auto what = eventText(*row.event, asking.names());
    if (!what) return what.error();
    table.rows.push_back({std::to_string(row.event->sequence.value), formatInstant(row.time),
                          std::move(*what), actorText(row.event->actor, row.event->channel),
                          printableText(row.event->reason), assertedText(*row.event)});
  }
  return table;
}

Result<WholeAnswer> wholeAnswer(Asking& asking, const HistoryAnswer& answer) {
  const auto json = historyJson(asking, answer);
  if (!json) return json.error();
  const std::string name = accountText(answer.question.account);
  WholeAnswer whole{.question = "What happened to " + name + "?",
                    .as_of = answer.as_of,
                    .json = jsonText(*json) + "\n",
                    .tables = {},
                    .verdict = {},
                    .rests_on = {}};
  for (const SettingChange& change :
       settingsUpTo(asking.view().catalog->settings, answer.as_of.sequence)) {
    whole.rests_on.insert(change.sequence);
  }
  for (const Timeline& timeline : answer.timelines) {
    auto table = historyTable(asking, timeline, answer.as_of);
    if (!table) return table.error();
    whole.tables.push_back(std::move(*table));
    for (const TimelineRow& row : timeline.rows) {
      if (row.event) whole.rests_on.insert(row.event->sequence);
    }
  }
  whole.verdict = answer.timelines.empty()
                      ? "No account of that name was there."
                      : countText(answer.timelines.size(), "account") + " had that name.";
  if (answer.question.account.name.empty()) {
    whole.verdict =
        answer.timelines.empty() ? "It was not there." : "That is all that happened to it.";
  }
  return whole;
}

}  // namespace robotledger
