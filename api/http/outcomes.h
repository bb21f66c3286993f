// What commands and questions come to, over HTTP: the one table of statuses for refusals and
// errors, and commands on their way to the writer.
//
//   auto context = contextOf(request, by, reason);
//   if (auto* wrong = std::get_if<Response>(&context)) return *wrong;
//   return submitLater(ledger, {DisableAccount{account}, std::get<Context>(context)},
//                      [](const Receipt& receipt) -> Answered { return answerOf(receipt); });
#pragma once

#include <functional>
#include <string>
#include <variant>

#include "api/http/exchange.h"
#include "api/http/sessions.h"
#include "core/ledger/ledger.h"

namespace robotledger::http {

// All of these: any thread.

// 400 for what is no valid value, 403, 404 for what there is not, 409 for what the state does not
// allow.
int statusOf(RefusalCode code);
// {"errors":[{"code":"unknown_account","message":"..."}]} with that status.
Response refusalAnswer(const Refusal& refusal);
// The same for an error: 400 for an argument, 404, 409 for what is in use, 503 with Retry-After
// for what was too much or is closed, else 500, which says no more than that it failed and has the
// error in its `why`. Where nobody knows whether the write is on disk: 500 of the code
// OUTCOME_UNKNOWN, which says so.
Response failureAnswer(const Error& error);

// The Idempotency-Key, of 1 to 128 printable ASCII characters, is 400 for another; it stands for
// this method, path, query and body.
std::variant<Response, Context> contextOf(const Request& request, const SignedIn& by,
                                          std::string reason = {});

// Sends the command to the writer; `then` makes the answer of the receipt, on the writer's thread:
// it is quick, or gives slow work. What is refused or fails is answered as above, or as `otherwise`
// says where that is given.
using Otherwise = std::function<Response(const std::variant<Refusal, Error>& why)>;
LaterWork submitLater(Ledger& ledger, Submission submission,
                      std::function<Answered(const Receipt& receipt)> then,
                      Otherwise otherwise = {});

}  // namespace robotledger::http
