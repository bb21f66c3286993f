// Who could do a thing in a place: the question, and the answer in JSON and as a table.
//
//   WhoCouldQuestion question{kPushImage, "web", atInstant(noon)};
//   auto answer = whoCouldAnswer(asking, question, as_of);
//   if (!answer) return answer.error();
//   if (auto* refusal = std::get_if<Refusal>(&*answer)) return *refusal;
//   Json json = whoCouldJson(std::get<WhoCouldAnswer>(*answer));
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "api/answers/answer.h"
#include "api/answers/asking.h"
#include "core/domain/capability.h"

namespace robotledger {

// When, as it was asked.
struct When {
  std::vector<Period> periods;  // nearly always one
  std::string words;            // "at 2025-03-01T09:30:00Z"
  Json json;                    // the question's own fields for it
};

// All of these: any thread.
When atInstant(Instant at);
// kInvalidArgument where `to` is not after `from`; the message speaks of --from and --to.
Result<When> betweenInstants(Instant from, Instant to);
// The date in the zone, UTC where that is empty. Errors as localDate().
Result<When> onDate(std::string_view date, std::string_view zone);
// The same with the stretches, one at least, and the version of the zone data given.
When onDateIn(const std::string& date, const std::string& zone, const std::string& zone_data,
              std::vector<Period> stretches);

// Whether the lives of registry tokens count that were issued before a loss of access.
enum class Tail : std::uint8_t { kGrantAlone, kTokens };

struct WhoCouldQuestion {
  Capability capability;
  std::string place;  // "web", or "/" for the system
  When when;
  Tail tail = Tail::kGrantAlone;
};

// Why the question cannot be asked: tokens are for projects, and carry few capabilities. Nothing
// where it can. Any thread.
std::optional<std::string> problemWith(const WhoCouldQuestion& question);

struct WhoCouldAnswer {
  WhoCouldQuestion question;
  AsOf as_of;
  std::vector<AccessAnswer> accounts;
};

// Those who could in any of the periods, or why he who asks is refused. kInvalidArgument where
// there is a problemWith() the question; kViewsDamaged as whoCould().
Result<std::variant<Refusal, WhoCouldAnswer>> whoCouldAnswer(Asking& asking,
                                                             const WhoCouldQuestion& question,
                                                             const AsOf& as_of);

// {"question","as_of","answers":[{"id","account","level","windows"}]}. With the tail the question
// has "token_tail": true, and a window's `until` is when the last token has run out, and its
// `access_until` when the access itself ended. Any thread.
Json whoCouldJson(const WhoCouldAnswer& answer);

// A row a window. kDamaged where an event cannot be read.
Result<AnswerTable> whoCouldTable(Asking& asking, const WhoCouldAnswer& answer);

// "push-image in project web, at 2025-03-01T09:30:00Z". Any thread.
std::string whoCouldWords(const WhoCouldQuestion& question);
// "2 accounts could, in 3 windows." or "Nobody could push-image in …". Any thread.
std::string whoCouldVerdict(const WhoCouldAnswer& answer);
// What is to be known beside the answer: whether tokens are in it.
const char* tailNote(Tail tail);

// All of it together, and what it rests on: each account's whole history, the life of the projects
// asked about, and the system's settings.
Result<WholeAnswer> wholeAnswer(Asking& asking, const WhoCouldAnswer& answer);

}  // namespace robotledger
