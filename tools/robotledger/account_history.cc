// account history: everything that happened to an account, its expiry in its place among it; of a
// name, to each that ever bore it.
#include "api/json/event_json.h"
#include "api/text/event_text.h"
#include "api/text/table.h"
#include "core/ledger/saved_state.h"
#include "tools/robotledger/commands.h"
#include "tools/robotledger/question.h"

namespace robotledger {
namespace {

// A row of a timeline: an event, or an expiry, which is computed and never an event.
struct TimelineRow {
  Instant time;
  std::optional<Event> event;
};

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

struct Timeline {
  AccountRow account;
  std::vector<TimelineRow> rows;
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

Result<int> printAsJson(Asking& asking, const std::vector<Timeline>& timelines, const AsOf& as_of) {
  Json accounts = Json::array();
  for (const Timeline& one : timelines) {
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
  printJson({{"as_of", {{"sequence", as_of.sequence.value}}}, {"accounts", std::move(accounts)}});
  return kExitDone;
}

std::string headOf(const Asking& asking, const AccountRow& row, const AsOf& as_of) {
  std::string head = fmt::format("{} (#{}), created {}", qualifiedNameOf(asking.view(), row),
                                 row.account.id.value, formatInstant(row.created_at));
  if (row.deleted && *row.deleted <= as_of.sequence) {
    head += ", deleted " + formatInstant(row.deleted_at);
  }
  return head;
}

Result<std::string> tableOf(Asking& asking, const Timeline& timeline) {
  Table table({"event", "time", "what happened", "by", "because", "note"});
  for (const TimelineRow& row : timeline.rows) {
    if (!row.event) {
      const bool coming = row.time > asking.now();
      table.add({"-", formatInstant(row.time), coming ? "will expire" : "expired",
                 "computed from its expiry", "", ""});
      continue;
    }
    const auto what = eventText(*row.event, asking.names());
    if (!what) return what.error();
    table.add({std::to_string(row.event->sequence.value), formatInstant(row.time), *what,
               actorText(row.event->actor, row.event->channel), printableText(row.event->reason),
               assertedText(*row.event)});
  }
  return table.text();
}

Result<int> printAsText(Asking& asking, const std::vector<Timeline>& timelines, const AsOf& as_of) {
  std::string text;
  for (const Timeline& one : timelines) {
    const auto table = tableOf(asking, one);
    if (!table) return table.error();
    text += headOf(asking, one.account, as_of) + "\n\n" + *table + "\n";
  }
  print("{}{}\n", text, asOfText(asking.view(), as_of));
  return kExitDone;
}

int runHistory(Session& session, const AccountRef& account,
               const std::optional<std::int64_t>& asked_as_of) {
  return ask(session, [&](Asking& asking) -> Result<int> {
    const auto as_of = readAsOf(asking.view(), asked_as_of);
    if (!as_of) return misuseOrError(as_of.error());
    const auto bearers = asking.bearers(account);
    if (!bearers) return bearers.error();
    if (const auto* no = std::get_if<Refusal>(&*bearers)) return refuse(session, *no);
    std::vector<Timeline> timelines;
    for (const AccountRow& row : std::get<std::vector<AccountRow>>(*bearers)) {
      if (row.created > as_of->sequence) continue;
      auto timeline = timelineOf(asking.view(), row, *as_of);
      if (!timeline) return timeline.error();
      timelines.push_back(std::move(*timeline));
    }
    if (session.json()) return printAsJson(asking, timelines, *as_of);
    return printAsText(asking, timelines, *as_of);
  });
}

}  // namespace

void addAccountHistoryCommand(CLI::App& app, Session& session, int& exit_code) {
  auto account = std::make_shared<AccountRef>();
  auto as_of = std::make_shared<std::optional<std::int64_t>>();
  CLI::App* command =
      commandGroup(app, "account", kAccountGroup)
          ->add_subcommand("history",
                           "Everything that happened to an account, or to all of a name");
  addAccountArgument(command, *account);
  addAsOfOption(command, *as_of);
  command->footer("A name's history shows every account that ever bore it.");
  whenChosen(command, exit_code,
             [&session, account, as_of] { return runHistory(session, *account, *as_of); });
}

}  // namespace robotledger
