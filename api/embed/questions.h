// Questions of the public header, asked of the ledger, and their answers in whichever form.
//
//   return askWhoCould(core, question, reader, [](Asking& asking, const auto& answer) {
//     return robotledger::Result<std::string>(jsonText(whoCouldJson(answer)));
//   });
//
// A form is a function from Asking and the answer of api/answers to a robotledger::Result. For the
// files of the front only. Any thread.
#pragma once

#include <algorithm>
#include <string>
#include <variant>
#include <vector>

#include "api/answers/could.h"
#include "api/answers/who_could.h"
#include "api/embed/core.h"

namespace robotledger::v1 {

// What an operator may read, or the program itself where the name is empty. A refusal where there
// is no such operator.
robotledger::Result<std::variant<Refusal, Reader>> readerNamed(Core& core, const std::string& name);

// As of that event, or the newest.
robotledger::Result<robotledger::AsOf> readAsOf(const View& view, const v1::AsOf& as_of);
robotledger::Result<robotledger::Capability> readCapability(const std::string& text);
robotledger::Result<robotledger::When> readWhen(const v1::When& when, Instant now);
robotledger::Tail tailOf(v1::Tail tail);
// Now where nothing is given.
robotledger::Result<Instant> readInstant(const std::optional<Time>& at, Instant now);

// Asks as that reader: `body` is a function from Asking to a robotledger::Result of a variant of a
// refusal and an answer.
template <class Body>
auto askAs(Core& core, const std::string& reader, const Body& body) -> Result<
    std::variant_alternative_t<1, typename decltype(body(std::declval<Asking&>()))::value_type>> {
  const auto who = readerNamed(core, reader);
  if (!who) return failureOf(who.error());
  if (const auto* no = std::get_if<Refusal>(&*who)) return failureOf(*no);
  auto answer = core.open().ask([&](const View& view) {
    Asking asking(view, std::get<Reader>(*who), std::max(SystemClock().now(), view.last_time));
    return body(asking);
  });
  if (!answer) return failureOf(answer.error());
  if (const auto* no = std::get_if<Refusal>(&*answer)) return failureOf(*no);
  return std::get<1>(std::move(*answer));
}

// The answer in a form, or the refusal that stands in its place.
template <class Answer, class Form>
auto inForm(Asking& asking, const robotledger::Result<std::variant<Refusal, Answer>>& answer,
            const Form& form) {
  using Formed = typename decltype(form(asking, std::declval<const Answer&>()))::value_type;
  using Outcome = robotledger::Result<std::variant<Refusal, Formed>>;
  if (!answer) return Outcome(answer.error());
  if (const auto* no = std::get_if<Refusal>(&*answer)) return Outcome(*no);
  auto formed = form(asking, std::get<Answer>(*answer));
  if (!formed) return Outcome(formed.error());
  return Outcome(std::variant<Refusal, Formed>(std::in_place_index<1>, std::move(*formed)));
}

template <class Form>
auto askWhoCould(Core& core, const WhoCould& question, const std::string& reader,
                 const Form& form) {
  return askAs(core, reader, [&](Asking& asking) {
    using Outcome =
        decltype(inForm<robotledger::WhoCouldAnswer>(asking, whoCouldAnswer(asking, {}, {}), form));
    const auto capability = readCapability(question.capability);
    if (!capability) return Outcome(capability.error());
    const auto as_of = readAsOf(asking.view(), question.as_of);
    if (!as_of) return Outcome(as_of.error());
    auto when = readWhen(question.when, asking.now());
    if (!when) return Outcome(when.error());
    const WhoCouldQuestion asked{*capability, question.project, std::move(*when),
                                 tailOf(question.tail)};
    return inForm(asking, whoCouldAnswer(asking, asked, *as_of), form);
  });
}

template <class Form>
auto askCould(Core& core, const Could& question, const std::string& reader, const Form& form) {
  return askAs(core, reader, [&](Asking& asking) {
    using Outcome =
        decltype(inForm<robotledger::CouldAnswer>(asking, couldAnswer(asking, {}, {}), form));
    const auto account = accountRef(question.account);
    if (!account) return Outcome(account.error());
    const auto capability = readCapability(question.capability);
    if (!capability) return Outcome(capability.error());
    const auto as_of = readAsOf(asking.view(), question.as_of);
    if (!as_of) return Outcome(as_of.error());
    const auto at = readInstant(question.at, asking.now());
    if (!at) return Outcome(at.error());
    return inForm(
        asking,
        couldAnswer(asking, {*account, *capability, question.project, *at, tailOf(question.tail)},
                    *as_of),
        form);
  });
}

template <class Form>
auto askWhatCould(Core& core, const WhatCould& question, const std::string& reader,
                  const Form& form) {
  return askAs(core, reader, [&](Asking& asking) {
    using Outcome = decltype(inForm<robotledger::WhatCouldAnswer>(
        asking, whatCouldAnswer(asking, {}, {}), form));
    const auto account = accountRef(question.account);
    if (!account) return Outcome(account.error());
    const auto as_of = readAsOf(asking.view(), question.as_of);
    if (!as_of) return Outcome(as_of.error());
    const auto at = readInstant(question.at, asking.now());
    if (!at) return Outcome(at.error());
    return inForm(asking, whatCouldAnswer(asking, {*account, *at}, *as_of), form);
  });
}

// Accounts as they stood, with their descriptions.
struct AccountStood {
  AccountAt account;
  std::string description;
};
struct StoodAnswer {
  robotledger::AsOf as_of;
  Instant at;
  std::vector<AccountStood> accounts;
};
robotledger::Result<std::variant<Refusal, StoodAnswer>> accountsStood(const Asking& asking,
                                                                      const Accounts& question);
// One that lives.
robotledger::Result<std::variant<Refusal, StoodAnswer>> accountStands(const Asking& asking,
                                                                      const std::string& account);

}  // namespace robotledger::v1
