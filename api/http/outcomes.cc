#include "api/http/outcomes.h"

#include <memory>
#include <utility>

#include "core/base/limits.h"
#include "core/domain/text.h"

namespace robotledger::http {
namespace {

Response retryLater(std::string_view message, const Error& error) {
  Response answer = errorAnswer(503, "UNAVAILABLE", message);
  answer.headers.push_back({"Retry-After", "1"});
  answer.why = error.message;
  return answer;
}

Answered answerTo(const Result<JobResult>& result,
                  const std::function<Answered(const Receipt& receipt)>& then,
                  const Otherwise& otherwise) {
  if (!result) return otherwise ? otherwise(result.error()) : failureAnswer(result.error());
  const Outcome& outcome = result->outcomes.front();
  if (const auto* no = std::get_if<Refusal>(&outcome)) {
    return otherwise ? otherwise(*no) : refusalAnswer(*no);
  }
  return then(std::get<Receipt>(outcome));
}

}  // namespace

int statusOf(RefusalCode code) {
  switch (code) {
    case RefusalCode::kForbidden: return 403;
    case RefusalCode::kUnknownOperator:
    case RefusalCode::kUnknownProject:
    case RefusalCode::kUnknownAccount: return 404;
    case RefusalCode::kProjectExists:
    case RefusalCode::kAccountExists:
    case RefusalCode::kOperatorExists:
    case RefusalCode::kPullIsAlwaysGranted:
    case RefusalCode::kLastSystemAdmin:
    case RefusalCode::kNoChange:
    case RefusalCode::kIdempotencyKeyReused: return 409;
    default: return 400;
  }
}

Response refusalAnswer(const Refusal& refusal) {
  Response answer = errorAnswer(statusOf(refusal.code), refusalName(refusal.code), refusal.message);
  answer.why = refusalName(refusal.code);
  return answer;
}

Response failureAnswer(const Error& error) {
  switch (error.code) {
    case ErrorCode::kInvalidArgument: return errorAnswer(400, "BAD_REQUEST", error.message);
    case ErrorCode::kNotFound: return errorAnswer(404, "NOT_FOUND", error.message);
    case ErrorCode::kInUse: return errorAnswer(409, "CONFLICT", error.message);
    case ErrorCode::kOverloaded: return retryLater("too many commands wait; try again", error);
    case ErrorCode::kClosed: return retryLater("the ledger is shutting down", error);
    case ErrorCode::kOutcomeUnknown: {
      Response answer = errorAnswer(500, "OUTCOME_UNKNOWN",
                                    "nobody knows whether this was written; look before you try "
                                    "again, or try again with the same Idempotency-Key");
      answer.why = error.message;
      return answer;
    }
    default: return internalError(error.message);
  }
}

std::variant<Response, Context> contextOf(const Request& request, const SignedIn& by,
                                          std::string reason) {
  Context context;
  context.actor = by.who.name;
  context.channel = Http{request.address};
  context.reason = std::move(reason);
  context.request_id = request.request_id;
  const auto key = request.header("Idempotency-Key");
  if (!key) return context;
  if (key->empty() || !isPrintable(*key, kMaxIdempotencyKeyBytes) ||
      request.headerCount("Idempotency-Key") != 1) {
    return errorAnswer(400, "BAD_REQUEST",
                       "an Idempotency-Key is one header of 1 to 128 printable ASCII characters",
                       "Idempotency-Key");
  }
  context.idempotency_key = *key;
  // No part but the body can have a newline.
  context.command_digest =
      sha256(request.method + "\n" + request.path + "\n" + request.query + "\n" + request.body);
  return context;
}

LaterWork submitLater(Ledger& ledger, Submission submission,
                      std::function<Answered(const Receipt& receipt)> then, Otherwise otherwise) {
  // Shared, since what is handed on is copied on its way.
  const auto kept = std::make_shared<Submission>(std::move(submission));
  return [&ledger, kept, then = std::move(then),
          otherwise = std::move(otherwise)](std::function<void(Answered)> answer) {
    Job job;
    job.submissions.push_back(std::move(*kept));
    ledger.enqueue(std::move(job),
                   [then, otherwise, answer = std::move(answer)](const Result<JobResult>& result) {
                     try {
                       answer(answerTo(result, then, otherwise));
                     } catch (const std::exception& error) {
                       answer(internalError(error.what()));
                     }
                   });
  };
}

}  // namespace robotledger::http
