// A question that can be kept, sent, and asked again: any of those that evidence is made of, as
// JSON.
//
//   questionJson(WhoCouldQuestion{kPushImage, "web", atInstant(noon)})
//   {"ask":"who-could","capability":"repository:push","project":"web","at":"2025-03-01T12:00:00Z"}
//
//   {"ask":"who-could",…,"from":…,"to":…}
//   {"ask":"who-could",…,"on":"2025-03-01","tz":"Europe/Berlin","tzdata":"2024a",
//    "periods":[{"from":…,"to":…}]}
//   {"ask":"who-could",…,"token_tail":true}
//   {"ask":"account history","account":"robot$web+ci"}, or "#12"
//   {"ask":"log"}, with any of "account", "project", "actor", "kind", "from", "to", "after",
//   "limit"
//
// Nothing in it is relative: "now" is an instant by then, and a date has its instants with it.
#pragma once

#include <optional>
#include <variant>

#include "api/answers/account_history.h"
#include "api/answers/log_answer.h"
#include "api/answers/who_could.h"

namespace robotledger {

using Question = std::variant<WhoCouldQuestion, HistoryQuestion, LogQuestion>;

// Any thread.
Json questionJson(const Question& question);

// Reads what questionJson() gives; kDamaged for what is no question. Fields that it does not know
// are passed over: who has to know compares with questionJson() of what was read. Any thread.
Result<Question> parseQuestion(const Json& json);

// Why he who asks is refused, as answerTo() would say it, without the answer; nothing where he is
// not. kViewsDamaged where rows are not what was written.
Result<std::optional<Refusal>> refusalOf(const Asking& asking, const Question& question,
                                         const AsOf& as_of);

// The question asked: all of the answer, or why he who asks is refused. kInvalidArgument where a
// log question has more than kMaxEvidenceEvents events; else as the answers of each kind.
Result<std::variant<Refusal, WholeAnswer>> answerTo(Asking& asking, const Question& question,
                                                    const AsOf& as_of);

}  // namespace robotledger
