#include "api/http/audit_question.h"

#include <algorithm>
#include <memory>

#include "api/http/harbor_answers.h"
#include "api/http/outcomes.h"

namespace robotledger::http {
namespace {

constexpr std::chrono::seconds kWaitForEvent{10};

Response notYet(std::uint64_t sequence) {
  Response answer =
      errorAnswer(503, "NOT_YET",
                  "event " + std::to_string(sequence) + " is not there yet; try again", "at_least");
  answer.headers.push_back({"Retry-After", "1"});
  return answer;
}

Response answerOf(QuestionAnswer answer, const AsOf& as_of) {
  Response made;
  if (auto* no = std::get_if<Refusal>(&answer)) return refusalAnswer(*no);
  if (auto* whole = std::get_if<Response>(&answer)) {
    made = std::move(*whole);
  } else {
    made = jsonAnswer(200, std::get<Json>(answer));
  }
  made.headers.push_back({"X-Robotledger-As-Of", std::to_string(as_of.sequence.value)});
  return made;
}

Result<Response> answerFrom(const View& view, const OperatorParts& parts, const Reader& reader,
                            const AskedAsOf& asked, const AskedQuestion& question) {
  auto as_of = asked.as_of ? asOf(view, Sequence{*asked.as_of}) : Result<AsOf>(view.newest());
  if (!as_of && as_of.error().code == ErrorCode::kNotFound) {
    return errorAnswer(400, "BAD_REQUEST", as_of.error().message, "as_of");
  }
  if (!as_of) return as_of.error();
  Asking asking(view, reader, std::max(parts.clock.now(), view.last_time));
  auto answer = question(asking, *as_of);
  if (!answer) return answer.error();
  return answerOf(*std::move(answer), *as_of);
}

}  // namespace

AskedAsOf readAskedAsOf(QueryReader& query) {
  return {.as_of = query.number("as_of"), .at_least = query.number("at_least")};
}

Handled whenThere(const OperatorParts& parts, const AskedAsOf& asked, SlowWork work) {
  if (!asked.at_least || parts.watch.size().value > *asked.at_least) return work;
  return LaterWork([&parts, sequence = *asked.at_least,
                    work = std::move(work)](std::function<void(Answered)> answer) {
    parts.watch.await(TreeSize{sequence}, kWaitForEvent,
                      [sequence, work, answer = std::move(answer)](HeadWatch::Woken why) {
                        if (why == HeadWatch::Woken::kGrown) return answer(work);
                        answer(notYet(sequence));
                      });
  });
}

Route questionRoute(const OperatorParts& parts, const std::string& path, ReadQuestion read,
                    std::vector<int> statuses) {
  return operatorRoute(
      parts.sign_in,
      {.method = "GET",
       .path = path,
       .access = Access::kOperators,
       .statuses = std::move(statuses),
       .handler = [&parts, read = std::move(read)](const Request& request,
                                                   const SignedIn& by) -> Handled {
         QueryReader query(request.query);
         const AskedAsOf asked = readAskedAsOf(query);
         AskedQuestion question = read(query, request);
         if (auto wrong = query.wrong()) return *std::move(wrong);
         return whenThere(
             parts, asked,
             [&parts, asked, reader = readerOf(by), question = std::move(question)]() -> Response {
               auto answer = parts.ledger.ask([&](const View& view) {
                 return answerFrom(view, parts, reader, asked, question);
               });
               if (!answer) return failureAnswer(answer.error());
               return *std::move(answer);
             });
       },
       .body_limit = 0});
}

}  // namespace robotledger::http
