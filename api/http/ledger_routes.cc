#include "api/http/ledger_routes.h"

#include <algorithm>
#include <memory>

#include "api/embed/command_json.h"
#include "api/embed/commands.h"
#include "api/http/harbor_answers.h"
#include "api/http/operator_routes.h"
#include "api/http/outcomes.h"
#include "api/http/query_reader.h"
#include "core/base/limits.h"

namespace robotledger::http {
namespace {

Response receiptAnswer(const Receipt& receipt, const std::string& account,
                       const SecretText* secret) {
  const bool is_fresh = receipt.kind == ReceiptKind::kFresh;
  Json json{{"sequence", receipt.first.value},
            {"events", receipt.count},
            {"time", formatInstant(receipt.time)}};
  if (receipt.account.value != 0) {
    json["account_id"] = receipt.account.value;
    if (!account.empty()) json["account"] = account;
  }
  if (is_fresh && secret != nullptr) json["secret"] = std::string(secret->text());
  if (!is_fresh) {
    json["repeated"] = true;
    if (secret != nullptr) json["message"] = "the secret was shown then, once";
  }
  Response answer = jsonAnswer(200, json);
  answer.headers.push_back(
      {"X-Robotledger-As-Of",
       std::to_string(receipt.first.value + std::max<std::uint32_t>(receipt.count, 1) - 1)});
  if (!is_fresh) answer.headers.push_back({"Idempotent-Replayed", "true"});
  return answer;
}

Handled dryRun(const OperatorParts& parts, Submission submission) {
  submission.context.idempotency_key.clear();
  submission.context.command_digest.reset();
  const auto kept = std::make_shared<Submission>(std::move(submission));
  return SlowWork([&parts, kept]() -> Response {
    const auto refused = parts.ledger.refusalOf(*kept);
    if (!refused) return failureAnswer(refused.error());
    if (*refused) return refusalAnswer(**refused);
    return jsonAnswer(200, {{"dry_run", true}});
  });
}

Handled command(const OperatorParts& parts, const Request& request, const SignedIn& by) {
  v1::StrictObject object(request.body);
  const std::string reason = object.textOr("reason", "");
  const Json& dry_run = object.any("dry_run");
  if (object.has("dry_run") && !dry_run.is_boolean()) {
    object.fail("field 'dry_run' has to be true or false");
  }
  const bool is_dry = dry_run.is_boolean() && dry_run.get<bool>();
  const v1::Command asked = v1::readVerb(object);
  if (auto whole = object.finish(); !whole) {
    return errorAnswer(400, "malformed_command", whole.error().message);
  }
  auto context = contextOf(request, by, reason);
  if (auto* wrong = std::get_if<Response>(&context)) return std::move(*wrong);
  auto prepared = v1::prepare(asked, {}, {});
  if (!prepared) return failureAnswer(prepared.error());
  prepared->submission.context = std::get<Context>(std::move(context));
  if (is_dry) return dryRun(parts, std::move(prepared->submission));
  const std::shared_ptr<SecretText> secret = std::move(prepared->secret);
  return submitLater(
      parts.ledger.ledger(), std::move(prepared->submission),
      [secret, account = std::move(prepared->account)](const Receipt& receipt) -> Answered {
        return receiptAnswer(receipt, account, secret.get());
      });
}

Handled preview(const OperatorParts& parts, const Request& request) {
  QueryReader query(request.query);
  const auto days = query.number("days", kMaxDays);
  if (!days || *days == 0) query.fail("days", "it is 1 to 2147483646 days");
  if (auto wrong = query.wrong()) return *std::move(wrong);
  return SlowWork([&parts, days = static_cast<std::int32_t>(*days)]() -> Response {
    const auto seen = parts.ledger.previewExpiry(days);
    if (!seen) return failureAnswer(seen.error());
    return jsonAnswer(200, {{"days", days},
                            {"following", seen->following},
                            {"would_expire", seen->would_expire},
                            {"would_expire_disabled", seen->would_expire_disabled}});
  });
}

Response settings(const OperatorParts& parts) {
  const ServiceSettings service = parts.authorizer.service();
  return jsonAnswer(200, {{"origin", parts.authorizer.origin()},
                          {"system_expiry_days", parts.authorizer.systemDays()},
                          {"token_lifetime_s", service.token_lifetime_s},
                          {"charts_segment", service.charts_segment},
                          {"service_name", service.service_name}});
}

}  // namespace

std::vector<Route> ledgerRoutes(const OperatorParts& parts) {
  return {operatorRoute(parts.sign_in, {.method = "POST",
                                        .path = "/api/ledger/commands",
                                        .access = Access::kOperators,
                                        .statuses = {200, 400, 404, 409},
                                        .handler =
                                            [&parts](const Request& request, const SignedIn& by) {
                                              return command(parts, request, by);
                                            },
                                        .body_limit = kMaxApiBodyBytes}),
          operatorRoute(parts.sign_in,
                        {.method = "GET",
                         .path = "/api/ledger/preview/system-expiry",
                         .access = Access::kReaders,
                         .statuses = {200, 400},
                         .handler = [&parts](const Request& request,
                                             const SignedIn&) { return preview(parts, request); },
                         .body_limit = 0}),
          operatorRoute(parts.sign_in, {.method = "GET",
                                        .path = "/api/ledger/settings",
                                        .access = Access::kOperators,
                                        .statuses = {200},
                                        .handler = [&parts](const Request&, const SignedIn&)
                                            -> Handled { return settings(parts); },
                                        .body_limit = 0})};
}

}  // namespace robotledger::http
