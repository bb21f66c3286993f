// Why an account could do a thing at an instant, or why not: the chain of events that makes it so.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "projections/access.h"

namespace robotledger {

// One link: an event, and what it did to the answer.
struct Link {
  Sequence event;
  std::string what;  // such as "push-image was granted in web"
};

enum class Verdict : std::uint8_t {
  kCould,
  kNoSuchProject,  // the project did not exist then
  kNoSuchAccount,  // the account did not exist yet
  kDeleted,        // the account was deleted
  kDisabled,
  kNotGranted,
  kExpired,
};
const char* verdictName(Verdict verdict);  // "could", "no_such_project", …

struct Explanation {
  Verdict verdict = Verdict::kNoSuchAccount;
  std::string because;           // one sentence
  std::vector<Link> chain;       // in order of sequence
  std::optional<Window> window;  // that the instant is in, where the account could
  std::optional<Instant> expired_at;
};

// Any thread; kViewsDamaged where rows are not what was written.
Result<Explanation> explain(const View& view, const AccountRow& row, Capability capability,
                            const Place& place, Instant at, const AsOf& as_of);

}  // namespace robotledger
