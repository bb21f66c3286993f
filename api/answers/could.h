// Whether an account could do a thing at an instant, and the events that make it so; and all that
// it could do then.
//
//   CouldQuestion question{{.name = "robot$web+ci"}, kPushImage, "web", noon};
//   auto answer = couldAnswer(asking, question, as_of);
//   if (!answer) return answer.error();
//   if (auto* refusal = std::get_if<Refusal>(&*answer)) return *refusal;
//   std::get<CouldAnswer>(*answer).why.verdict == Verdict::kCould
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "api/answers/asking.h"
#include "api/answers/who_could.h"
#include "projections/explain.h"

namespace robotledger {

struct CouldQuestion {
  AccountRef account;
  Capability capability;
  std::string place;  // "web", or "/" for the system
  Instant at;
  Tail tail = Tail::kGrantAlone;
};

struct CouldAnswer {
  CouldQuestion question;
  AsOf as_of;
  AccountId id;
  std::string account;  // its qualified name
  Explanation why;
  // With the tail of tokens: where only one of before could, when it has run out at the latest.
  std::optional<Instant> token_until;
  bool yes() const { return why.verdict == Verdict::kCould || token_until; }
};

// Why, or why he who asks is refused. kInvalidArgument where there is a problemWith() the tail;
// kViewsDamaged as explain().
Result<std::variant<Refusal, CouldAnswer>> couldAnswer(const Asking& asking,
                                                       const CouldQuestion& question,
                                                       const AsOf& as_of);

// {"question","as_of","could","verdict","because","window","chain"}, "expired_at" where it is, and
// "token_until" with the tail.
// kDamaged where an event cannot be read.
Result<Json> couldJson(Asking& asking, const CouldAnswer& answer);

struct WhatCouldQuestion {
  AccountRef account;
  Instant at;
};

// One thing it could, and since when, to when.
struct HeldThen {
  Permission permission;
  Window window;
};

struct WhatCouldAnswer {
  WhatCouldQuestion question;
  AsOf as_of;
  AccountId id;
  std::string account;
  std::string status;  // "enabled", "disabled", "expired", "not_there"
  std::vector<HeldThen> could;
};

// All of it, or why he who asks is refused. kViewsDamaged where rows are not what was written.
Result<std::variant<Refusal, WhatCouldAnswer>> whatCouldAnswer(const Asking& asking,
                                                               const WhatCouldQuestion& question,
                                                               const AsOf& as_of);

// {"question","as_of","status","could":[{"scope","capability","from","until","opened_by",
// "closed_by"}]}.
Json whatCouldJson(const Asking& asking, const WhatCouldAnswer& answer);

}  // namespace robotledger
