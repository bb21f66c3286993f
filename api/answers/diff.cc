#include "api/answers/diff.h"

namespace robotledger {

Result<std::variant<Refusal, DiffAnswer>> diffAnswer(const Asking& asking,
                                                     const DiffQuestion& question,
                                                     const AsOf& as_of) {
  using Answer = std::variant<Refusal, DiffAnswer>;
  if (question.to <= question.from) {
    return Error{ErrorCode::kInvalidArgument, "--to " + formatInstant(question.to) +
                                                  " is not after --from " +
                                                  formatInstant(question.from)};
  }
  std::optional<Place> place;
  if (question.place.empty()) {
    if (auto no = asking.needEverything()) return Answer(*std::move(no));
  } else {
    auto found = asking.place(question.place, as_of);
    if (auto* no = std::get_if<Refusal>(&found)) return Answer(std::move(*no));
    place = std::move(std::get<Place>(found));
  }
  auto differences =
      accessDifferences(asking.view(), place, question.from, question.to, question.kind, as_of);
  if (!differences) return differences.error();
  return Answer(DiffAnswer{question, as_of, *std::move(differences)});
}

Json diffJson(const DiffAnswer& answer) {
  const DiffQuestion& asked = answer.question;
  Json question{{"from", formatInstant(asked.from)}, {"to", formatInstant(asked.to)}};
  if (!asked.place.empty()) question["project"] = asked.place;
  question["all"] = asked.kind == DifferenceKind::kAll;
  Json differences = Json::array();
  for (const AccessDifference& one : answer.differences) {
    Json json{{"time", formatInstant(one.when)},
              {"id", one.id.value},
              {"account", one.account},
              {"change", one.gained ? "gained" : "lost"},
              {"scope", one.place},
              {"capability", one.capability.text()},
              {"because", "expiry"}};
    if (one.because) json["because"] = one.because->value;
    differences.push_back(std::move(json));
  }
  return {{"question", std::move(question)},
          {"as_of", {{"sequence", answer.as_of.sequence.value}}},
          {"differences", std::move(differences)}};
}

}  // namespace robotledger
