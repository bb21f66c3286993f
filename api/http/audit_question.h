// A question over HTTP on its way to its answer: what it is asked as of, who asks, where it waits.
//
//   routes.push_back(questionRoute(parts, "/audit/what-could", [](QueryReader& query, const
//   Request&) {
//     const AccountRef account = query.needAccount("account");
//     return [account](Asking& asking, const AsOf& as_of) -> Result<QuestionAnswer> { ... };
//   }));
#pragma once

#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "api/answers/asking.h"
#include "api/http/operator_parts.h"
#include "api/http/operator_routes.h"
#include "api/http/query_reader.h"

namespace robotledger::http {

// An answer in JSON, why he who asks is refused, or an answer of another kind.
using QuestionAnswer = std::variant<Refusal, Json, Response>;
// Asked on a worker. kInvalidArgument is the question's fault, and is answered 400.
using AskedQuestion = std::function<Result<QuestionAnswer>(Asking& asking, const AsOf& as_of)>;
// Reads a question's own parameters; what is wrong with them it tells the reader.
using ReadQuestion = std::function<AskedQuestion(QueryReader& query, const Request& request)>;

// A refusal as it is, or the answer, which `form` makes into a Result of JSON.
template <class Answer, class Form>
Result<QuestionAnswer> formed(const Result<std::variant<Refusal, Answer>>& answer,
                              const Form& form) {
  if (!answer) return answer.error();
  if (const auto* no = std::get_if<Refusal>(&*answer)) return QuestionAnswer(*no);
  Result<Json> json = form(std::get<Answer>(*answer));
  if (!json) return json.error();
  return QuestionAnswer(*std::move(json));
}

// A GET of it: 200; 400, with the field that is wrong; 404 for what there never was; 503 where
// at_least was waited for in vain.
Route questionRoute(const OperatorParts& parts, const std::string& path, ReadQuestion read,
                    std::vector<int> statuses = {200, 400, 404});

// The same without a form: what is asked as of, and since when it may be answered.
struct AskedAsOf {
  std::optional<std::uint64_t> as_of;
  std::optional<std::uint64_t> at_least;
};
AskedAsOf readAskedAsOf(QueryReader& query);
// `work` when the log has the event that at_least names.
Handled whenThere(const OperatorParts& parts, const AskedAsOf& asked, SlowWork work);

}  // namespace robotledger::http
