// Who gained and who lost what between two instants.
//
//   auto answer = diffAnswer(asking, {.place = "web", .from = monday, .to = friday}, as_of);
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "api/answers/asking.h"

namespace robotledger {

struct DiffQuestion {
  std::string place;  // "web", "/", or empty for each scope by itself
  Instant from;       // what changed after it ...
  Instant to;         // ... up to this one, included
  DifferenceKind kind = DifferenceKind::kNet;
};

struct DiffAnswer {
  DiffQuestion question;
  AsOf as_of;
  std::vector<AccessDifference> differences;
};

// kInvalidArgument where `to` is not after `from`, with the names of the command line's options;
// kViewsDamaged where rows are not what was written.
Result<std::variant<Refusal, DiffAnswer>> diffAnswer(const Asking& asking,
                                                     const DiffQuestion& question,
                                                     const AsOf& as_of);

// {"question","as_of","differences":[{"time","id","account","change","scope","capability",
// "because"}]}. Any thread.
Json diffJson(const DiffAnswer& answer);

}  // namespace robotledger
