#include "api/http/harbor_robots.h"

#include <semaphore>

#include "api/harbor/robot_json.h"
#include "api/http/harbor_answers.h"
#include "api/http/operator_routes.h"
#include "api/login/chosen_secret.h"
#include "api/secret/secret.h"
#include "core/base/hmac.h"
#include "core/base/parse.h"
#include "core/domain/names.h"
#include "core/domain/text.h"
#include "projections/access.h"

namespace robotledger::http {
namespace {

using harbor::RobotBody;
using harbor::RobotLevel;

constexpr std::string_view kRobots = "/api/v2.0/robots";
// Slow hashes of secrets that people choose, at one time: each takes 32 MiB.
constexpr int kHashesAtOnce = 2;
constexpr const char* kShownOnce =
    "this was done before, under the same Idempotency-Key; the secret was shown then, once";

struct Shared {
  const OperatorParts& parts;
  std::counting_semaphore<kHashesAtOnce> hashes{kHashesAtOnce};
};
using SharedPtr = std::shared_ptr<Shared>;

bool maySee(const SignedIn& by, const Account& account) {
  return isReader(by.who) || by.who.administers.contains(account.project);
}

// ---- one that is made ---------------------------------------------------------------------------

std::variant<Response, RobotBody> readBody(const Request& request, harbor::NoPermissions none) {
  auto json = harborBody(request);
  if (auto* wrong = std::get_if<Response>(&json)) return std::move(*wrong);
  auto body = harbor::parseRobotBody(std::get<Json>(json), none);
  if (const auto* wrong = std::get_if<harbor::WrongBody>(&body)) {
    return harborError(wrong->status, wrong->message);
  }
  return std::get<RobotBody>(std::move(body));
}

std::variant<Response, RobotBody> readNew(const Request& request) {
  auto body = readBody(request, harbor::NoPermissions::kWrong);
  const auto* read = std::get_if<RobotBody>(&body);
  if (read != nullptr && !isName(read->name)) {
    return harborError(400,
                       "a name is lower-case letters and digits, with single '.', '_', '-' "
                       "between them, of at most 255 bytes");
  }
  return body;
}

// Before it is asked who he is, as Harbor does.
std::optional<Response> whatIsWrong(const Request& request) {
  auto body = readNew(request);
  if (auto* wrong = std::get_if<Response>(&body)) return std::move(*wrong);
  return std::nullopt;
}

// The answer to a creation; without a secret where it was shown before.
Response created(const OperatorParts& parts, const std::string& name, const Receipt& receipt,
                 const SecretText& secret) {
  std::optional<Instant> end;
  if (const auto principal = parts.authorizer.principal(name)) {
    end = parts.authorizer.expiresAt(*principal);
  }
  Json json{{"id", receipt.account.value}, {"name", name}};
  const bool is_fresh = receipt.kind == ReceiptKind::kFresh;
  if (is_fresh) json["secret"] = std::string(secret.text());
  json["creation_time"] = harbor::harborTime(receipt.time);
  json["expires_at"] = harbor::harborExpiry(end);
  if (!is_fresh) json["message"] = kShownOnce;
  Response answer = jsonAnswer(201, json);
  answer.headers.push_back(
      {"Location", std::string(kRobots) + "/" + std::to_string(receipt.account.value)});
  if (!is_fresh) answer.headers.push_back({"Idempotent-Replayed", "true"});
  return answer;
}

Handled create(const SharedPtr& shared, const Request& request, const SignedIn& by) {
  auto read = readNew(request);
  if (auto* wrong = std::get_if<Response>(&read)) return std::move(*wrong);
  auto& body = std::get<RobotBody>(read);
  auto context = contextOf(request, by);
  if (auto* wrong = std::get_if<Response>(&context)) return std::move(*wrong);
  auto made = makeSecret();
  if (!made) return internalError(made.error().message);
  const std::shared_ptr<SecretText> secret = *std::move(made);
  CreateAccount command{.project = std::nullopt,
                        .name = std::move(body.name),
                        .description = std::move(body.description),
                        .permissions = std::move(body.permissions),
                        .expiry = body.expiry.value_or(ExpiryRequest()),
                        .secret = hashOf(secret->text())};
  if (body.level == RobotLevel::kProject) command.project = body.project;
  const std::string name = qualifiedName(body.project, command.name);
  return submitLater(
      shared->parts.ledger.ledger(), {std::move(command), std::get<Context>(std::move(context))},
      [shared, name, secret](const Receipt& receipt) -> Answered {
        return created(shared->parts, name, receipt, *secret);
      },
      harborRefused);
}

// ---- one that there is --------------------------------------------------------------------------

// The living account of the number, as he may see it; else what he is answered.
using Seen = Result<std::variant<Response, AccountRow>>;

Seen seen(const View& view, AccountId id, const SignedIn& by) {
  using Answer = std::variant<Response, AccountRow>;
  auto row = findAccountRow(view, id);
  if (!row) return row.error();
  if (*row && maySee(by, (*row)->account)) {
    if ((*row)->lives()) return Answer(**std::move(row));
  } else if (!isReader(by.who)) {
    return Answer(harborError(403, "forbidden"));
  }
  return Answer(harborError(404, "there is no robot " + std::to_string(id.value)));
}

// What is done about the account, on a worker: an answer from the view of it, or what goes on when
// the view was let go of.
using AfterSeen = std::variant<Response, SlowWork>;
using ThenSeen = std::function<AfterSeen(const View& view, const AccountRow& row)>;

Handled withRobot(const SharedPtr& shared, const Request& request, const SignedIn& by,
                  ThenSeen then) {
  const auto number = parseDecimal(request.part("id"));
  if (!number) return harborError(422, "the id of a robot is a number");
  return [shared, by, id = AccountId{*number}, then = std::move(then)]() -> Response {
    auto after = shared->parts.ledger.ask([&](const View& view) -> Result<AfterSeen> {
      auto found = seen(view, id, by);
      if (!found) return found.error();
      if (auto* no = std::get_if<Response>(&*found)) return AfterSeen(std::move(*no));
      return then(view, std::get<AccountRow>(*found));
    });
    if (!after) return failureAnswer(after.error());
    if (auto* answer = std::get_if<Response>(&*after)) return std::move(*answer);
    return std::get<SlowWork>(*after)();
  };
}

Handled read(const SharedPtr& shared, const Request& request, const SignedIn& by) {
  return withRobot(shared, request, by, [](const View& view, const AccountRow& row) -> AfterSeen {
    return jsonAnswer(200, harbor::robotJson(view, row));
  });
}

// The command carried out, on a worker; `then` makes the answer.
Response carryOut(const SharedPtr& shared, Submission submission,
                  const std::function<Response(const Receipt&)>& then) {
  auto outcome = shared->parts.ledger.ledger().submit(std::move(submission));
  if (!outcome) return harborRefused(outcome.error());
  if (auto* no = std::get_if<Refusal>(&*outcome)) return harborRefused(std::move(*no));
  return then(std::get<Receipt>(*outcome));
}

Response carryOut(const SharedPtr& shared, const Request& request, const SignedIn& by,
                  Command command, const std::function<Response(const Receipt&)>& then) {
  auto context = contextOf(request, by);
  if (auto* wrong = std::get_if<Response>(&context)) return std::move(*wrong);
  return carryOut(shared, {std::move(command), std::get<Context>(std::move(context))}, then);
}

Response emptyAnswer(const Receipt&) { return {.status = 200}; }

// What a PUT may not change.
std::optional<Response> otherRobot(const View& view, const AccountRow& row, const RobotBody& body) {
  const bool is_system = row.account.isSystemLevel();
  if (is_system != (body.level == RobotLevel::kSystem)) {
    return harborError(400, "the level of a robot cannot be changed");
  }
  if (body.name != qualifiedNameOf(view, row)) {
    return harborError(400, "the name of a robot cannot be changed: it is " +
                                inQuotes(qualifiedNameOf(view, row)));
  }
  if (!is_system && body.project != view.catalog->nameOf(row.account.project)) {
    return harborError(400, "a project's robot has permissions in its own project alone");
  }
  return std::nullopt;
}

Handled replace(const SharedPtr& shared, const Request& request, const SignedIn& by) {
  return withRobot(shared, request, by,
                   [shared, request, by](const View& view, const AccountRow& row) -> AfterSeen {
                     const bool has_none =
                         row.account.isSystemLevel() && row.account.permissions.empty();
                     auto read = readBody(request, has_none ? harbor::NoPermissions::kAllowed
                                                            : harbor::NoPermissions::kWrong);
                     if (auto* wrong = std::get_if<Response>(&read)) return std::move(*wrong);
                     auto& body = std::get<RobotBody>(read);
                     if (auto wrong = otherRobot(view, row, body)) return *std::move(wrong);
                     UpdateAccount update{.account = {.name = {}, .id = row.account.id},
                                          .permissions = std::move(body.permissions),
                                          .expiry = body.expiry,
                                          .description = std::move(body.description),
                                          .status = body.is_disabled ? AccountStatus::kDisabled
                                                                     : AccountStatus::kEnabled};
                     return carryOut(shared, request, by, std::move(update), emptyAnswer);
                   });
}

Handled remove(const SharedPtr& shared, const Request& request, const SignedIn& by) {
  return withRobot(
      shared, request, by, [shared, request, by](const View&, const AccountRow& row) -> AfterSeen {
        return SlowWork(
            [shared, request, by, account = AccountRef{.name = {}, .id = row.account.id}] {
              return carryOut(shared, request, by, DeleteAccount{account}, emptyAnswer);
            });
      });
}

// ---- its secret ---------------------------------------------------------------------------------

Response newSecret(const SharedPtr& shared, const Request& request, const SignedIn& by,
                   const AccountRef& account) {
  const auto secret = makeSecret();
  if (!secret) return internalError(secret.error().message);
  return carryOut(shared, request, by, RotateSecret{account, hashOf((*secret)->text())},
                  [&](const Receipt& receipt) {
                    if (receipt.kind == ReceiptKind::kFresh) {
                      return jsonAnswer(200, {{"secret", std::string((*secret)->text())}});
                    }
                    Response answer = jsonAnswer(200, {{"message", kShownOnce}});
                    answer.headers.push_back({"Idempotent-Replayed", "true"});
                    return answer;
                  });
}

Response chosenSecret(const SharedPtr& shared, const Request& request, const SignedIn& by,
                      const AccountRef& account, const std::string& secret) {
  if (const auto wrong = wrongChosenSecret(secret)) {
    return harborError(400, "this is no secret: " + *wrong);
  }
  // Who may not is told so before anything slow is done for him.
  auto context = contextOf(request, by);
  if (auto* wrong = std::get_if<Response>(&context)) return std::move(*wrong);
  Submission tried{RotateSecret{account, SecretHash{}}, std::get<Context>(context)};
  tried.context.idempotency_key.clear();
  tried.context.command_digest.reset();
  auto refused = shared->parts.ledger.refusalOf(std::move(tried));
  if (!refused) return harborRefused(refused.error());
  if (*refused) return harborRefused(**std::move(refused));
  shared->hashes.acquire();
  auto hash = hashChosen(secret, shared->parts.pepper.text());
  shared->hashes.release();
  if (!hash) return internalError(hash.error().message);
  auto& kept = std::get<Context>(context);
  // The event keeps the digest of a keyed command: of this one it must not help who guesses
  // secrets.
  if (kept.command_digest) {
    kept.command_digest = hmacSha256(shared->parts.pepper.text(), request.path + "\n" + secret);
  }
  return carryOut(shared, {RotateSecret{account, *std::move(hash)}, std::move(kept)},
                  [](const Receipt&) { return jsonAnswer(200, Json::object()); });
}

Response refreshed(const SharedPtr& shared, const Request& request, const SignedIn& by,
                   const AccountRef& account) {
  auto json = harborBody(request);
  if (auto* wrong = std::get_if<Response>(&json)) return std::move(*wrong);
  const Json& body = std::get<Json>(json);
  const auto secret = body.find("secret");
  if (secret == body.end() || secret->is_null()) return newSecret(shared, request, by, account);
  if (!secret->is_string()) return harborError(422, "secret has to be a text");
  auto text = secret->get<std::string>();
  if (text.empty()) return newSecret(shared, request, by, account);
  Response answer = chosenSecret(shared, request, by, account, text);
  wipe(text);
  return answer;
}

Handled refresh(const SharedPtr& shared, const Request& request, const SignedIn& by) {
  return withRobot(
      shared, request, by, [shared, request, by](const View&, const AccountRow& row) -> AfterSeen {
        return SlowWork(
            [shared, request, by, account = AccountRef{.name = {}, .id = row.account.id}] {
              return refreshed(shared, request, by, account);
            });
      });
}

// ---- many ---------------------------------------------------------------------------------------

// Which place a list is of.
std::variant<Response, ProjectId> placeOf(const HarborListAsked& asked, const SignedIn& by) {
  const auto* level = harbor::findTerm(asked.terms, "Level");
  if (level == nullptr || level->matches("system")) {
    if (isReader(by.who)) return ProjectId{0};
    return harborError(403, "robots of the system are for auditors and system administrators");
  }
  if (!level->matches("project")) return harborError(400, "Level is project or system");
  const auto* project = harbor::findTerm(asked.terms, "ProjectID");
  const auto number = project == nullptr || project->kind != harbor::ListTerm::Kind::kIs
                          ? std::nullopt
                          : parseDecimal(project->values.front(), UINT32_MAX);
  if (!number) return harborError(400, "Level=project goes with ProjectID=N");
  const ProjectId id{static_cast<std::uint32_t>(*number)};
  if (!isReader(by.who) && !by.who.administers.contains(id)) return harborError(403, "forbidden");
  return id;
}

LivingQuestion questionOf(const HarborListAsked& asked, ProjectId project,
                          const std::string& project_name) {
  LivingQuestion question{
      .project = project, .skip = asked.paging.skip(), .take = asked.paging.take()};
  if (!asked.sort.empty()) {
    const harbor::SortKey& sort = asked.sort.front();
    const bool by_name = sort.key == "name";
    if (by_name) question.order = sort.descending ? ListOrder::kByNameDown : ListOrder::kByName;
    if (!by_name && sort.descending) question.order = ListOrder::kByIdDown;
  }
  const auto* term = harbor::findTerm(asked.terms, "name");
  if (term == nullptr) return question;
  harbor::ListTerm wanted = *term;
  for (std::string& value : wanted.values) {
    if (value.starts_with(kRobotPrefix)) value.erase(0, kRobotPrefix.size());
  }
  const std::string before = project_name.empty() ? std::string() : project_name + "+";
  question.wanted = [wanted, before](AccountId, std::string_view name) {
    return wanted.matches(before + std::string(name));
  };
  return question;
}

Response listed(const SharedPtr& shared, const Request& request, const HarborListAsked& asked,
                ProjectId project) {
  auto answer = shared->parts.ledger.ask([&](const View& view) -> Result<Response> {
    const ProjectLife* life = view.catalog->find(project);
    if (project.value != 0 && (life == nullptr || life->deleted)) {
      return harborError(404, "there is no project " + std::to_string(project.value));
    }
    const std::string name = life == nullptr ? std::string() : life->name;
    const LivingPage page = shared->parts.living.page(questionOf(asked, project, name));
    Json robots = Json::array();
    for (const AccountId id : page.accounts) {
      const auto row = findAccountRow(view, id);
      if (!row) return row.error();
      // One that was made or deleted just now is there in one of the two only.
      if (*row && (*row)->lives()) robots.push_back(harbor::robotJson(view, **row));
    }
    return harborList(request, asked.paging, page.total, robots);
  });
  if (!answer) return failureAnswer(answer.error());
  return *std::move(answer);
}

Handled list(const SharedPtr& shared, const Request& request, const SignedIn& by) {
  auto asked = harborListAsked(request);
  if (auto* wrong = std::get_if<Response>(&asked)) return std::move(*wrong);
  auto place = placeOf(std::get<HarborListAsked>(asked), by);
  if (auto* no = std::get_if<Response>(&place)) return std::move(*no);
  return [shared, request, asked = std::get<HarborListAsked>(std::move(asked)),
          project = std::get<ProjectId>(place)] { return listed(shared, request, asked, project); };
}

using RobotHandler = Handled (*)(const SharedPtr&, const Request&, const SignedIn&);

}  // namespace

std::vector<Route> harborRobotRoutes(const OperatorParts& parts) {
  const auto shared = std::make_shared<Shared>(parts);
  const auto route = [&](const char* method, std::string path, RobotHandler handler,
                         std::vector<int> statuses) {
    return OperatorRoute{
        .method = method,
        .path = std::move(path),
        .access = Access::kOperators,
        .statuses = std::move(statuses),
        .handler = [shared, handler](const Request& request,
                                     const SignedIn& by) { return handler(shared, request, by); },
        .body_limit = kMaxApiBodyBytes};
  };
  const std::string all(kRobots);
  const std::string one = all + "/{id}";
  OperatorRoute post = route("POST", all, create, {201, 400, 403, 404, 409, 422});
  post.before = whatIsWrong;
  return {
      operatorRoute(parts.sign_in, route("GET", all, list, {200, 400, 403, 404, 422})),
      operatorRoute(parts.sign_in, std::move(post)),
      operatorRoute(parts.sign_in, route("GET", one, read, {200, 403, 404, 422})),
      operatorRoute(parts.sign_in, route("PUT", one, replace, {200, 400, 403, 404, 409, 422})),
      operatorRoute(parts.sign_in, route("PATCH", one, refresh, {200, 400, 403, 404, 409, 422})),
      operatorRoute(parts.sign_in, route("DELETE", one, remove, {200, 400, 403, 404, 409, 422}))};
}

}  // namespace robotledger::http
