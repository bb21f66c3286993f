// Everything that happened to an account, its expiry in its place among it; of a name, to each that
// ever bore it.
//
//   auto answer = historyAnswer(asking, HistoryQuestion{{.name = "robot$web+ci"}}, as_of);
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "api/answers/answer.h"
#include "api/answers/asking.h"
#include "core/domain/command.h"

namespace robotledger {

struct HistoryQuestion {
  AccountRef account;
};

// An event, or an expiry, which is computed and never an event.
struct TimelineRow {
  Instant time;
  std::optional<Event> event;
};

struct Timeline {
  AccountRow account;
  std::vector<TimelineRow> rows;
};

struct HistoryAnswer {
  HistoryQuestion question;
  AsOf as_of;
  std::vector<Timeline> timelines;  // in order of creation
};

// The timelines of those who were there by `as_of`, or why he who asks is refused. kDamaged where
// an event cannot be read, kViewsDamaged where rows are not what was written.
Result<std::variant<Refusal, HistoryAnswer>> historyAnswer(Asking& asking,
                                                           const HistoryQuestion& question,
                                                           const AsOf& as_of);

// {"as_of","accounts":[{"id","account","events"}]}.
Result<Json> historyJson(Asking& asking, const HistoryAnswer& answer);

// One account's, under its name and its life. An expiry that is after asking.now() is to come.
Result<AnswerTable> historyTable(Asking& asking, const Timeline& timeline, const AsOf& as_of);

// All of it together; it rests on every event in it, and on the system's settings.
Result<WholeAnswer> wholeAnswer(Asking& asking, const HistoryAnswer& answer);

}  // namespace robotledger
