#include "api/answers/question.h"

#include "api/answers/words.h"
#include "core/base/limits.h"
#include "core/base/parse.h"

namespace robotledger {
namespace {

constexpr const char* kWhoCould = "who-could";
constexpr const char* kHistory = "account history";
constexpr const char* kLog = "log";

struct AsJson {
  Json operator()(const WhoCouldQuestion& question) const {
    Json json{{"ask", kWhoCould},
              {"capability", question.capability.text()},
              {"project", question.place}};
    json.update(question.when.json);
    if (question.tail == Tail::kTokens) json["token_tail"] = true;
    if (!json.contains("on")) return json;
    Json periods = Json::array();
    for (const Period& one : question.when.periods) {
      periods.push_back(
          {{"from", formatInstant(one.from)}, {"to", formatInstant(one.to.value_or(one.from))}});
    }
    json["periods"] = std::move(periods);
    return json;
  }
  Json operator()(const HistoryQuestion& question) const {
    return {{"ask", kHistory}, {"account", accountText(question.account)}};
  }
  Json operator()(const LogQuestion& question) const {
    Json json{{"ask", kLog}};
    if (question.account) json["account"] = accountText(*question.account);
    if (!question.project.empty()) json["project"] = question.project;
    if (!question.actor.empty()) json["actor"] = question.actor;
    if (question.kind) json["kind"] = eventKindName(*question.kind);
    if (question.from) json["from"] = formatInstant(*question.from);
    if (question.to) json["to"] = formatInstant(*question.to);
    if (question.after) json["after"] = question.after->value;
    if (question.limit) json["limit"] = *question.limit;
    return json;
  }
};

// Reads the fields of an object; what is missing or of another type is remembered as wrong.
class Fields {
 public:
  explicit Fields(const Json& json) : json_(json), ok_(json.is_object()) {}
  bool ok() const { return ok_; }
  bool has(const char* name) const { return json_.is_object() && json_.contains(name); }

  std::string text(const char* name) {
    if (has(name) && json_[name].is_string()) return json_[name].get<std::string>();
    ok_ = false;
    return "";
  }
  std::string textOrNothing(const char* name) { return has(name) ? text(name) : std::string(); }
  std::optional<std::uint64_t> number(const char* name) {
    if (!has(name)) return std::nullopt;
    if (json_[name].is_number_unsigned()) return json_[name].get<std::uint64_t>();
    ok_ = false;
    return std::nullopt;
  }
  // Whether it is there and true; it is left out where it is not.
  bool truth(const char* name) {
    if (has(name)) ok_ = ok_ && json_[name] == true;
    return has(name);
  }
  Instant instant(const char* name) { return need(parseInstant(text(name))); }
  std::optional<Instant> instantOrNothing(const char* name) {
    return has(name) ? std::optional(instant(name)) : std::nullopt;
  }
  AccountRef account(const char* name) {
    const std::string given = text(name);
    if (!given.starts_with('#')) {
      ok_ = ok_ && !given.empty();
      return {.name = given, .id = {}};
    }
    return {.name = {}, .id = AccountId{need(parseDecimal(std::string_view(given).substr(1)))}};
  }
  template <class Value>
  Value need(const std::optional<Value>& value) {
    ok_ = ok_ && value.has_value();
    return value.value_or(Value());
  }
  std::vector<Period> periods(const char* name) {
    std::vector<Period> found;
    ok_ = ok_ && has(name) && json_[name].is_array() && !json_[name].empty();
    if (!ok_) return found;
    for (const Json& one : json_[name]) {
      Fields fields(one);
      const Instant from = fields.instant("from");
      found.push_back({.from = from, .to = fields.instant("to")});
      ok_ = ok_ && fields.ok() && *found.back().to > from;
    }
    return found;
  }

 private:
  const Json& json_;
  bool ok_;
};

Error noQuestion() { return {ErrorCode::kDamaged, "this is no question of this version"}; }

Result<When> whenIn(Fields& fields) {
  if (fields.has("at")) return atInstant(fields.instant("at"));
  if (fields.has("from")) {
    const Instant from = fields.instant("from");
    const Instant to = fields.instant("to");
    if (!fields.ok()) return noQuestion();
    return betweenInstants(from, to);
  }
  const std::string date = fields.text("on");
  const std::string zone = fields.text("tz");
  const std::string zone_data = fields.text("tzdata");
  auto periods = fields.periods("periods");
  if (!fields.ok()) return noQuestion();
  return onDateIn(date, zone, zone_data, std::move(periods));
}

Result<Question> whoCouldIn(Fields& fields) {
  WhoCouldQuestion question{.capability = fields.need(parseCapability(fields.text("capability"))),
                            .place = fields.text("project"),
                            .when = {}};
  auto when = whenIn(fields);
  if (!when) return when.error();
  question.when = std::move(*when);
  if (fields.truth("token_tail")) question.tail = Tail::kTokens;
  // Evidence that was changed may ask what nobody could.
  if (problemWith(question)) return noQuestion();
  return Question(std::move(question));
}

Question logIn(Fields& fields) {
  LogQuestion question{.project = fields.textOrNothing("project"),
                       .actor = fields.textOrNothing("actor"),
                       .from = fields.instantOrNothing("from"),
                       .to = fields.instantOrNothing("to"),
                       .limit = fields.number("limit")};
  if (fields.has("account")) question.account = fields.account("account");
  if (fields.has("kind")) question.kind = fields.need(parseEventKind(fields.text("kind")));
  if (const auto after = fields.number("after")) question.after = Sequence{*after};
  return question;
}

template <class Outcome>
Result<std::variant<Refusal, WholeAnswer>> wholeOf(Asking& asking, const Outcome& outcome) {
  using Whole = std::variant<Refusal, WholeAnswer>;
  if (!outcome) return outcome.error();
  if (const auto* refusal = std::get_if<Refusal>(&*outcome)) return Whole(*refusal);
  auto whole = wholeAnswer(asking, std::get<1>(*outcome));
  if (!whole) return whole.error();
  return Whole(std::move(*whole));
}

template <class Outcome>
std::optional<Refusal> refusalIn(const Outcome& outcome) {
  const auto* refusal = std::get_if<Refusal>(&outcome);
  return refusal == nullptr ? std::nullopt : std::optional(*refusal);
}

}  // namespace

Json questionJson(const Question& question) { return std::visit(AsJson{}, question); }

Result<Question> parseQuestion(const Json& json) {
  Fields fields(json);
  const std::string ask = fields.text("ask");
  Result<Question> question = noQuestion();
  if (ask == kWhoCould) question = whoCouldIn(fields);
  if (ask == kHistory) question = Question(HistoryQuestion{fields.account("account")});
  if (ask == kLog) question = logIn(fields);
  if (!question || !fields.ok()) return noQuestion();
  return question;
}

Result<std::optional<Refusal>> refusalOf(const Asking& asking, const Question& question,
                                         const AsOf& as_of) {
  struct Look {
    const Asking& asking;
    const AsOf& as_of;
    Result<std::optional<Refusal>> operator()(const WhoCouldQuestion& asked) const {
      return refusalIn(asking.place(asked.place, as_of));
    }
    Result<std::optional<Refusal>> operator()(const HistoryQuestion& asked) const {
      const auto bearers = asking.bearers(asked.account);
      if (!bearers) return bearers.error();
      return refusalIn(*bearers);
    }
    Result<std::optional<Refusal>> operator()(const LogQuestion& asked) const {
      const auto filter = logFilter(asking, asked, as_of);
      if (!filter) return filter.error();
      return refusalIn(*filter);
    }
  };
  return std::visit(Look{asking, as_of}, question);
}

Result<std::variant<Refusal, WholeAnswer>> answerTo(Asking& asking, const Question& question,
                                                    const AsOf& as_of) {
  struct Ask {
    Asking& asking;
    const AsOf& as_of;
    Result<std::variant<Refusal, WholeAnswer>> operator()(const WhoCouldQuestion& asked) const {
      return wholeOf(asking, whoCouldAnswer(asking, asked, as_of));
    }
    Result<std::variant<Refusal, WholeAnswer>> operator()(const HistoryQuestion& asked) const {
      return wholeOf(asking, historyAnswer(asking, asked, as_of));
    }
    Result<std::variant<Refusal, WholeAnswer>> operator()(const LogQuestion& asked) const {
      return wholeOf(asking, logAnswer(asking, asked, as_of, kMaxEvidenceEvents));
    }
  };
  return std::visit(Ask{asking, as_of}, question);
}

}  // namespace robotledger
