// Ledger::ask(): questions in JSON, answered in JSON. The forms are in robotledger_c.h.
#include "api/answers/account_history.h"
#include "api/answers/log_answer.h"
#include "api/answers/words.h"
#include "api/embed/event_reading.h"
#include "api/embed/questions.h"
#include "api/embed/strict_object.h"
#include "api/json/event_json.h"
#include "core/domain/text.h"
#include "core/ledger/saved_state.h"

namespace robotledger::v1 {
namespace {

using Formed = robotledger::Result<std::string>;

Failure malformed(StrictObject& object) { return failureOf(object.finish().error()); }

std::optional<Time> timeIn(StrictObject& object, const char* field) {
  if (object.has(field) && object.any(field) == "now") return std::nullopt;
  const auto instant = object.instantOrNothing(field);
  if (!instant) return std::nullopt;
  return timeOf(*instant);
}

When whenIn(StrictObject& object) {
  const int given = int{object.has("at")} + int{object.has("on")} + int{object.has("from")};
  if (given != 1) object.fail("say when: 'at', or 'on' with a 'tz', or 'from' and 'to'");
  if (object.has("on")) return OnDate{object.text("on"), object.textOr("tz", "")};
  if (!object.has("from")) {
    const auto at = timeIn(object, "at");
    return at ? When(At{*at}) : When(Now{});
  }
  const auto from = object.instantOrNothing("from");
  const auto to = object.instantOrNothing("to");
  if (!to) object.fail("field 'to' is missing");
  return Between{timeOf(from.value_or(Instant{})), timeOf(to.value_or(Instant{}))};
}

Tail tailIn(StrictObject& object) {
  if (!object.has("token_tail")) return Tail::kGrantAlone;
  if (object.any("token_tail") == true) return Tail::kTokens;
  object.fail("field 'token_tail' is true, or left out");
  return Tail::kGrantAlone;
}

Result<std::string> whoCouldText(Core& core, StrictObject& object, const std::string& reader) {
  WhoCould question;
  question.capability = object.text("capability");
  question.project = object.text("project");
  question.when = whenIn(object);
  question.tail = tailIn(object);
  question.as_of = object.sequenceOrNothing("as_of");
  if (!object.finish()) return malformed(object);
  return askWhoCould(core, question, reader, [](Asking&, const auto& answer) -> Formed {
    return jsonText(whoCouldJson(answer));
  });
}

Result<std::string> couldText(Core& core, StrictObject& object, const std::string& reader) {
  Could question;
  question.account = object.text("account");
  question.capability = object.text("capability");
  question.project = object.text("project");
  question.tail = tailIn(object);
  question.at = timeIn(object, "at");
  question.as_of = object.sequenceOrNothing("as_of");
  if (!object.finish()) return malformed(object);
  return askCould(core, question, reader, [](Asking& asking, const auto& answer) -> Formed {
    const auto json = couldJson(asking, answer);
    if (!json) return json.error();
    return jsonText(*json);
  });
}

Result<std::string> whatCouldText(Core& core, StrictObject& object, const std::string& reader) {
  WhatCould question;
  question.account = object.text("account");
  question.at = timeIn(object, "at");
  question.as_of = object.sequenceOrNothing("as_of");
  if (!object.finish()) return malformed(object);
  return askWhatCould(core, question, reader, [](Asking& asking, const auto& answer) -> Formed {
    return jsonText(whatCouldJson(asking, answer));
  });
}

Json accountStoodJson(const Asking& asking, const AccountStood& stood) {
  Json json = asking.accountJson(stood.account);
  json["description"] = stood.description;
  return json;
}

Result<std::string> accountsText(Core& core, StrictObject& object, const std::string& reader) {
  Accounts question;
  question.project = object.textOr("project", "");
  question.at = timeIn(object, "at");
  question.as_of = object.sequenceOrNothing("as_of");
  if (!object.finish()) return malformed(object);
  const auto form = [](Asking& asking, const StoodAnswer& answer) -> Formed {
    Json list = Json::array();
    for (const AccountStood& one : answer.accounts) list.push_back(accountStoodJson(asking, one));
    return jsonText({{"as_of", {{"sequence", answer.as_of.sequence.value}}},
                     {"at", formatInstant(answer.at)},
                     {"accounts", std::move(list)}});
  };
  return askAs(core, reader, [&](Asking& asking) {
    return inForm(asking, accountsStood(asking, question), form);
  });
}

Result<std::string> accountText(Core& core, StrictObject& object, const std::string& reader) {
  const std::string account = object.text("account");
  if (!object.finish()) return malformed(object);
  const auto form = [](Asking& asking, const StoodAnswer& answer) -> Formed {
    return jsonText(accountStoodJson(asking, answer.accounts.front()));
  };
  return askAs(core, reader, [&](Asking& asking) {
    return inForm(asking, accountStands(asking, account), form);
  });
}

Result<std::string> historyText(Core& core, StrictObject& object, const std::string& reader) {
  const std::string named = object.text("account");
  const auto until = object.sequenceOrNothing("as_of");
  if (!object.finish()) return malformed(object);
  const auto form = [](Asking& asking, const HistoryAnswer& answer) -> Formed {
    const auto json = historyJson(asking, answer);
    if (!json) return json.error();
    return jsonText(*json);
  };
  return askAs(core, reader, [&](Asking& asking) {
    using Outcome = robotledger::Result<std::variant<Refusal, std::string>>;
    const auto account = accountRef(named);
    if (!account) return Outcome(account.error());
    const auto as_of = readAsOf(asking.view(), until);
    if (!as_of) return Outcome(as_of.error());
    return inForm(asking, historyAnswer(asking, {*account}, *as_of), form);
  });
}

Formed logJson(Asking& asking, const LogAnswer& answer) {
  Json events = Json::array();
  for (const Sequence sequence : answer.events) {
    const auto event = readEvent(*asking.view().log, sequence);
    if (!event) return event.error();
    auto json = eventJson(*event, asking.names());
    if (!json) return json.error();
    events.push_back(std::move(*json));
  }
  return jsonText(
      {{"as_of", {{"sequence", answer.as_of.sequence.value}}}, {"events", std::move(events)}});
}

Result<std::string> logText(Core& core, StrictObject& object, const std::string& reader) {
  LogQuestion question;
  if (object.has("account")) {
    const auto account = accountRef(object.text("account"));
    if (!account) object.fail(account.error().message);
    if (account) question.account = *account;
  }
  question.project = object.textOr("project", "");
  question.actor = object.textOr("actor", "");
  if (object.has("kind")) {
    question.kind = parseEventKind(object.text("kind"));
    if (!question.kind) object.fail("field 'kind' is no kind of event");
  }
  question.from = object.instantOrNothing("from");
  question.to = object.instantOrNothing("to");
  if (const auto after = object.sequenceOrNothing("after")) question.after = Sequence{*after};
  question.limit = object.sequenceOrNothing("limit").value_or(kMaxEventsAtOnce);
  if (*question.limit > kMaxEventsAtOnce) object.fail("field 'limit' is at most 1000");
  const auto until = object.sequenceOrNothing("as_of");
  if (!object.finish()) return malformed(object);
  return askAs(core, reader, [&](Asking& asking) {
    using Outcome = robotledger::Result<std::variant<Refusal, std::string>>;
    const auto as_of = readAsOf(asking.view(), until);
    if (!as_of) return Outcome(as_of.error());
    return inForm(asking, logAnswer(asking, question, *as_of, kMaxEventsAtOnce), logJson);
  });
}

using Answerer = Result<std::string> (*)(Core&, StrictObject&, const std::string&);
struct Kind {
  std::string_view name;
  Answerer answer;
};
constexpr Kind kKinds[] = {
    {"who-could", whoCouldText},
    {"could", couldText},
    {"what-could", whatCouldText},
    {"accounts", accountsText},
    {"account", accountText},
    {"account history", historyText},
    {"log", logText},
};

}  // namespace

Result<std::string> Ledger::ask(const std::string& question, const std::string& reader) {
  return guarded([&]() -> Result<std::string> {
    StrictObject object(question);
    const std::string asked = object.text("ask");
    for (const Kind& kind : kKinds) {
      if (kind.name == asked) return kind.answer(*core_, object, reader);
    }
    object.fail("field 'ask' is no question: " + inQuotes(asked));
    return malformed(object);
  });
}

}  // namespace robotledger::v1
