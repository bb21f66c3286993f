#include "api/answers/could.h"

#include "api/answers/words.h"
#include "projections/token_tail.h"

namespace robotledger {
namespace {

// The scope alone, as a place.
Place placeOf(const Asking& asking, Scope scope) {
  return {.name = asking.scope(scope), .always = true, .scope = scope};
}

// When the last token has run out that was issued before the account lost it and lives at that
// instant; nothing where none does.
Result<std::optional<Instant>> tokenUntil(const View& view, const AccountRow& row,
                                          const CouldQuestion& question, const Place& place,
                                          const AsOf& as_of) {
  const auto windows = accountWindows(view, row, question.capability, place, as_of);
  if (!windows) return windows.error();
  const TokenTail tail(view.catalog->service, as_of.sequence);
  // Of each loss by itself: between two windows that lie close, too, tokens of the first live on.
  std::optional<Instant> last;
  for (const Window& window : *windows) {
    if (!window.until || *window.until > question.at) continue;
    const auto end = tail.endOf(window);
    if (end && *end > question.at && (!last || *end > *last)) last = end;
  }
  return last;
}

Result<void> addHeld(const Asking& asking, const AccountRow& row, WhatCouldAnswer& answer) {
  const View& view = asking.view();
  const Instant at = answer.question.at;
  const auto stood = accountAt(view, row, at, answer.as_of);
  if (!stood) return stood.error();
  if (!*stood) return {};
  answer.status = accountStatus(**stood);
  const bool disabled = (*stood)->account.status == AccountStatus::kDisabled;
  if (disabled || (*stood)->expired) return {};
  for (const Permission& one : heldBy((*stood)->account)) {
    const auto windows =
        accountWindows(view, row, one.capability, placeOf(asking, one.scope), answer.as_of);
    if (!windows) return windows.error();
    for (const Window& window : *windows) {
      if (overlaps(window, {.from = at})) answer.could.push_back({one, window});
    }
  }
  return {};
}

}  // namespace

Result<std::variant<Refusal, CouldAnswer>> couldAnswer(const Asking& asking,
                                                       const CouldQuestion& question,
                                                       const AsOf& as_of) {
  using Answer = std::variant<Refusal, CouldAnswer>;
  if (auto problem = problemWith({question.capability, question.place, {}, question.tail})) {
    return Error{ErrorCode::kInvalidArgument, *std::move(problem)};
  }
  const auto place = asking.place(question.place, as_of);
  if (const auto* no = std::get_if<Refusal>(&place)) return Answer(*no);
  const auto found = asking.account(question.account);
  if (!found) return found.error();
  if (const auto* no = std::get_if<Refusal>(&*found)) return Answer(*no);
  const auto& row = std::get<AccountRow>(*found);
  auto why =
      explain(asking.view(), row, question.capability, std::get<Place>(place), question.at, as_of);
  if (!why) return why.error();
  CouldAnswer answer{question,        as_of, row.account.id, qualifiedNameOf(asking.view(), row),
                     std::move(*why), {}};
  if (question.tail == Tail::kTokens && !answer.yes()) {
    const auto until = tokenUntil(asking.view(), row, question, std::get<Place>(place), as_of);
    if (!until) return until.error();
    answer.token_until = *until;
  }
  return Answer(std::move(answer));
}

Result<Json> couldJson(Asking& asking, const CouldAnswer& answer) {
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
              {"capability", answer.question.capability.shortName()},
              {"project", answer.question.place},
              {"at", formatInstant(answer.question.at)}}},
            {"as_of", {{"sequence", answer.as_of.sequence.value}}},
            {"could", answer.yes()},
            {"verdict", verdictName(answer.why.verdict)},
            {"because", answer.why.because},
            {"window", nullptr},
            {"chain", std::move(chain)}};
  if (answer.why.window) json["window"] = windowJson(*answer.why.window);
  if (answer.why.expired_at) json["expired_at"] = formatInstant(*answer.why.expired_at);
  if (answer.question.tail == Tail::kTokens) json["token_until"] = instantJson(answer.token_until);
  return json;
}

Result<std::variant<Refusal, WhatCouldAnswer>> whatCouldAnswer(const Asking& asking,
                                                               const WhatCouldQuestion& question,
                                                               const AsOf& as_of) {
  using Answer = std::variant<Refusal, WhatCouldAnswer>;
  const auto found = asking.account(question.account);
  if (!found) return found.error();
  if (const auto* no = std::get_if<Refusal>(&*found)) return Answer(*no);
  const auto& row = std::get<AccountRow>(*found);
  WhatCouldAnswer answer{question,    as_of, row.account.id, qualifiedNameOf(asking.view(), row),
                         "not_there", {}};
  if (auto added = addHeld(asking, row, answer); !added) return added.error();
  return Answer(std::move(answer));
}

Json whatCouldJson(const Asking& asking, const WhatCouldAnswer& answer) {
  Json all = Json::array();
  for (const HeldThen& one : answer.could) {
    Json json{{"scope", asking.scope(one.permission.scope)},
              {"capability", one.permission.capability.text()}};
    json.update(windowJson(one.window));
    all.push_back(std::move(json));
  }
  return {{"question",
           {{"id", answer.id.value},
            {"account", answer.account},
            {"at", formatInstant(answer.question.at)}}},
          {"as_of", {{"sequence", answer.as_of.sequence.value}}},
          {"status", answer.status},
          {"could", std::move(all)}};
}

}  // namespace robotledger
