#include "api/http/ledger_routes.h"

#include <algorithm>
#include <memory>
#include <mutex>

#include "api/answers/operators_seen.h"
#include "api/embed/command_json.h"
#include "api/embed/commands.h"
#include "api/http/harbor_answers.h"
#include "api/http/operator_routes.h"
#include "api/http/outcomes.h"
#include "api/http/query_reader.h"
#include "api/json/read_json.h"
#include "api/login/chosen_secret.h"
#include "core/base/hmac.h"
#include "core/base/limits.h"
#include "core/domain/text.h"
#include "projections/access.h"

namespace robotledger::http {
namespace {

constexpr std::string_view kMalformed = "malformed_command";
constexpr std::size_t kMaxToldFieldBytes = 128;

// What is wrong with the body of a command.
Response malformed(std::string_view message, std::string_view field) {
  return errorAnswer(400, kMalformed, message, field.substr(0, kMaxToldFieldBytes));
}

// The fields in which a command has what several of them call otherwise.
struct FieldNames {
  std::string name = "name";
  std::string days = "days";
};

FieldNames fieldNamesIn(const v1::StrictObject& command) {
  FieldNames names;
  if (!command.has("name")) names.name = command.has("operator") ? "operator" : "project";
  if (!command.has("days")) names.days = "expires";
  return names;
}

// The field whose value is refused; empty where it is not one field's fault.
std::string refusedField(RefusalCode code, const FieldNames& names) {
  switch (code) {
    case RefusalCode::kInvalidName: return names.name;
    case RefusalCode::kInvalidDescription: return "description";
    case RefusalCode::kInvalidReason: return "reason";
    case RefusalCode::kInvalidDays: return names.days;
    case RefusalCode::kInvalidRole: return "role";
    case RefusalCode::kInvalidPermission:
    case RefusalCode::kScopeNotAllowed:
    case RefusalCode::kPermissionsRequired: return "permissions";
    default: return "";
  }
}

Response refusedCommand(const Refusal& refusal, const FieldNames& names) {
  Response answer = errorAnswer(statusOf(refusal.code), refusalName(refusal.code), refusal.message,
                                refusedField(refusal.code, names));
  answer.why = refusalName(refusal.code);
  return answer;
}

Response notCarriedOut(const std::variant<Refusal, Error>& why, const FieldNames& names) {
  if (const auto* error = std::get_if<Error>(&why)) return failureAnswer(*error);
  return refusedCommand(std::get<Refusal>(why), names);
}

void addAsOf(Response& answer, Sequence sequence) {
  answer.headers.push_back({"X-Robotledger-As-Of", std::to_string(sequence.value)});
}

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
  addAsOf(answer, {receipt.first.value + receipt.count - 1});
  if (!is_fresh) answer.headers.push_back({"Idempotent-Replayed", "true"});
  return answer;
}

Handled dryRun(const OperatorParts& parts, Submission submission, const FieldNames& names) {
  submission.context.idempotency_key.clear();
  submission.context.command_digest.reset();
  const auto kept = std::make_shared<Submission>(std::move(submission));
  return SlowWork([&parts, kept, names]() -> Response {
    const auto refused = parts.ledger.refusalOf(*kept);
    if (!refused) return failureAnswer(refused.error());
    if (*refused) return refusedCommand(**refused, names);
    return jsonAnswer(200, {{"dry_run", true}});
  });
}

// The qualified name of whom a command is about by his number; empty where there never was one.
std::string nameOf(OpenLedger& ledger, AccountId id) {
  const auto name = ledger.ask([&](const View& view) -> Result<std::string> {
    const auto row = findAccountRow(view, id);
    if (!row) return row.error();
    return *row ? qualifiedNameOf(view, **row) : std::string();
  });
  return name ? *name : std::string();
}

// On a worker, which looks for the name before the command: what is carried out is answered for
// without anything more to wait for, so that a secret that was issued is not lost.
Handled commandByNumber(const OperatorParts& parts, Submission submission, AccountId id,
                        std::shared_ptr<SecretText> secret, const FieldNames& names) {
  const auto kept = std::make_shared<Submission>(std::move(submission));
  return SlowWork([&parts, kept, id, secret = std::move(secret), names]() -> Response {
    const std::string name = nameOf(parts.ledger, id);
    const auto outcome = parts.ledger.ledger().submit(std::move(*kept));
    if (!outcome) return failureAnswer(outcome.error());
    if (const auto* no = std::get_if<Refusal>(&*outcome)) return refusedCommand(*no, names);
    return receiptAnswer(std::get<Receipt>(*outcome), name, secret.get());
  });
}

// The number by which the command names its account; nothing where it does otherwise.
std::optional<AccountId> numberIn(const Command& command) {
  return std::visit(
      [](const auto& one) -> std::optional<AccountId> {
        if constexpr (requires { one.account.id; }) {
          if (one.account.name.empty()) return one.account.id;
        }
        return std::nullopt;
      },
      command);
}

Handled command(const OperatorParts& parts, const Request& request, const SignedIn& by) {
  v1::StrictObject object(request.body);
  const std::string reason = object.textOr("reason", "");
  const Json& dry_run = object.any("dry_run");
  if (object.has("dry_run") && !dry_run.is_boolean()) {
    object.fail("field 'dry_run' has to be true or false", "dry_run");
  }
  const bool is_dry = dry_run.is_boolean() && dry_run.get<bool>();
  const v1::Command asked = v1::readVerb(object);
  if (auto whole = object.finish(); !whole) {
    return malformed(whole.error().message, object.wrongField());
  }
  const FieldNames names = fieldNamesIn(object);
  auto context = contextOf(request, by, reason);
  if (auto* wrong = std::get_if<Response>(&context)) return std::move(*wrong);
  auto prepared = v1::prepare(asked, {}, {});
  if (!prepared && prepared.error().code == ErrorCode::kInvalidArgument) {
    return malformed(prepared.error().message, "account");
  }
  if (!prepared) return failureAnswer(prepared.error());
  Submission& submission = prepared->submission;
  submission.context = std::get<Context>(std::move(context));
  if (is_dry) return dryRun(parts, std::move(submission), names);
  std::shared_ptr<SecretText> secret = std::move(prepared->secret);
  if (const auto id = numberIn(submission.command)) {
    return commandByNumber(parts, std::move(submission), *id, std::move(secret), names);
  }
  return submitLater(
      parts.ledger.ledger(), std::move(submission),
      [secret, account = std::move(prepared->account)](const Receipt& receipt) -> Answered {
        return receiptAnswer(receipt, account, secret.get());
      },
      [names](const std::variant<Refusal, Error>& why) { return notCarriedOut(why, names); });
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

// ---- operators ----------------------------------------------------------------------------------

Handled operators(const OperatorParts& parts, const SignedIn& by) {
  return SlowWork([&parts, name = by.who.name]() -> Response {
    StateImage image;
    const auto looked = parts.ledger.ledger().inspect(
        [&](const State& state) { image = state.imageWithoutAccounts(); });
    if (!looked) return failureAnswer(looked.error());
    const auto seen = operatorsSeen(image, name);
    if (const auto* no = std::get_if<Refusal>(&seen)) return refusalAnswer(*no);
    const Sequence as_of{image.size.value - 1};
    Json json = operatorsJson(std::get<std::vector<OperatorSeen>>(seen));
    json["as_of"] = {{"sequence", as_of.value}};
    Response answer = jsonAnswer(200, json);
    addAsOf(answer, as_of);
    return answer;
  });
}

struct NewPassword {
  std::shared_ptr<SecretText> text;
  std::string reason;
};

std::variant<Response, NewPassword> newPasswordIn(const Request& request) {
  auto json = readJson(request.body);
  if (!json || !json->is_object()) return malformed("the body is no JSON object", {});
  NewPassword made;
  std::optional<Response> wrong;
  for (auto& [field, value] : json->items()) {
    const bool is_password = field == "password";
    if (!is_password && field != "reason") {
      wrong = malformed("there is no field " + inQuotes(field) + " here", field);
    } else if (!value.is_string()) {
      wrong = malformed("it has to be a string", field);
    } else if (is_password) {
      made.text = std::make_shared<SecretText>(std::move(value.get_ref<std::string&>()));
    } else {
      made.reason = value.get<std::string>();
    }
  }
  if (wrong) return *std::move(wrong);
  if (!made.text) return malformed("it is missing", "password");
  if (const auto problem = wrongPassword(made.text->text())) {
    return errorAnswer(400, "invalid_password", "this is no password: " + *problem, "password");
  }
  return made;
}

// A slow hash takes 32 MiB, so they are made one after the other.
Handled setPassword(const OperatorParts& parts, const std::shared_ptr<std::mutex>& turn,
                    const Request& request, const SignedIn& by) {
  auto read = newPasswordIn(request);
  if (auto* wrong = std::get_if<Response>(&read)) return std::move(*wrong);
  auto& made = std::get<NewPassword>(read);
  auto context = contextOf(request, by, std::move(made.reason));
  if (auto* wrong = std::get_if<Response>(&context)) return std::move(*wrong);
  auto& kept = std::get<Context>(context);
  // The event keeps the digest of a keyed command: of this one it must not help who guesses
  // passwords.
  if (kept.command_digest) {
    kept.command_digest = hmacSha256(parts.pepper.text(), request.path + "\n" + made.text->text());
  }
  return SlowWork([&parts, turn, password = made.text, kept = std::move(kept),
                   name = request.part("name")]() -> Response {
    // Who is not there is told of before anything slow is done.
    Submission tried{SetOperatorPassword{name, nobodysSecret()}, kept};
    tried.context.idempotency_key.clear();
    tried.context.command_digest.reset();
    const auto refused = parts.ledger.refusalOf(std::move(tried));
    if (!refused) return failureAnswer(refused.error());
    if (*refused) return refusedCommand(**refused, {});
    Result<SecretHash> hash = [&] {
      const std::lock_guard alone(*turn);
      return hashChosen(password->text(), parts.pepper.text());
    }();
    if (!hash) return failureAnswer(hash.error());
    const auto outcome =
        parts.ledger.ledger().submit({SetOperatorPassword{name, *std::move(hash)}, kept});
    if (!outcome) return failureAnswer(outcome.error());
    if (const auto* no = std::get_if<Refusal>(&*outcome)) return refusedCommand(*no, {});
    return receiptAnswer(std::get<Receipt>(*outcome), {}, nullptr);
  });
}

}  // namespace

std::vector<Route> ledgerRoutes(const OperatorParts& parts) {
  using Handle = std::function<Handled(const Request&, const SignedIn&)>;
  // Of a query nothing is read: a typo there must not carry out what was only to be tried.
  const auto without_query = [](Handle handle) {
    return Handle(
        [handle = std::move(handle)](const Request& request, const SignedIn& by) -> Handled {
          if (auto wrong = QueryReader(request.query).wrong()) return *std::move(wrong);
          return handle(request, by);
        });
  };
  const auto turn = std::make_shared<std::mutex>();
  std::vector<OperatorRoute> routes(5);
  routes[0] = {.method = "POST",
               .path = "/api/ledger/commands",
               .access = Access::kOperators,
               .statuses = {200, 400, 404, 409},
               .handler = without_query([&parts](const Request& request, const SignedIn& by) {
                 return command(parts, request, by);
               }),
               .body_limit = kMaxApiBodyBytes};
  routes[1] = {.method = "GET",
               .path = "/api/ledger/preview/system-expiry",
               .access = Access::kReaders,
               .statuses = {200, 400},
               .handler = [&parts](const Request& request,
                                   const SignedIn&) { return preview(parts, request); },
               .body_limit = 0};
  routes[2] = {.method = "GET",
               .path = "/api/ledger/settings",
               .access = Access::kOperators,
               .statuses = {200, 400},
               .handler = without_query([&parts](const Request&, const SignedIn&) -> Handled {
                 return settings(parts);
               }),
               .body_limit = 0};
  routes[3] = {.method = "GET",
               .path = "/api/ledger/operators",
               .access = Access::kOperators,
               .statuses = {200, 400},
               .handler = without_query(
                   [&parts](const Request&, const SignedIn& by) { return operators(parts, by); }),
               .body_limit = 0};
  routes[4] = {.method = "PUT",
               .path = "/api/ledger/operators/{name}/password",
               .access = Access::kSystemAdmins,
               .statuses = {200, 400, 404, 409},
               .handler = without_query([&parts, turn](const Request& request, const SignedIn& by) {
                 return setPassword(parts, turn, request, by);
               })};
  std::vector<Route> made;
  made.reserve(routes.size());
  for (OperatorRoute& one : routes) made.push_back(operatorRoute(parts.sign_in, std::move(one)));
  return made;
}

}  // namespace robotledger::http
