#include "api/http/harbor_projects.h"

#include <algorithm>

#include "api/harbor/robot_json.h"
#include "api/http/harbor_answers.h"
#include "api/http/operator_routes.h"
#include "api/token/form.h"
#include "core/base/parse.h"
#include "core/domain/text.h"
#include "core/ledger/saved_state.h"

namespace robotledger::http {
namespace {

constexpr std::string_view kProjects = "/api/v2.0/projects";
constexpr int kProjectAdminRole = 1;  // Harbor's number for it

bool isTrue(std::optional<std::string_view> header) { return header && *header == "true"; }

bool maySee(const SignedIn& by, ProjectId project) {
  return isReader(by.who) || by.who.administers.contains(project);
}

const ProjectLife* livingNamed(const View& view, std::string_view name) {
  for (const ProjectLife* life : view.catalog->named(name, view.last())) {
    if (!life->deleted) return life;
  }
  return nullptr;
}

Result<Json> projectJson(const View& view, const ProjectLife& life, const SignedIn& by) {
  const auto created = readEvent(*view.log, life.created);
  if (!created) return created.error();
  const bool administers = isSystemAdmin(by.who) || by.who.administers.contains(life.id);
  return Json{
      {"project_id", life.id.value},
      {"name", life.name},
      {"owner_name", created->actor},
      {"creation_time", harbor::harborTime(life.created_at)},
      {"update_time", harbor::harborTime(life.created_at)},
      {"deleted", false},
      {"repo_count", 0},
      {"metadata", {{"public", "false"}}},
      {"current_user_role_id", administers ? kProjectAdminRole : 0},
      {"current_user_role_ids", administers ? Json::array({kProjectAdminRole}) : Json::array()}};
}

// ---- many ---------------------------------------------------------------------------------------

bool isWanted(const ProjectLife& life, const HarborListAsked& asked, const std::string& name) {
  if (life.deleted || life.name.find(name) == std::string::npos) return false;
  const harbor::ListTerm* term = harbor::findTerm(asked.terms, "name");
  return term == nullptr || term->matches(life.name);
}

void sortBy(const std::vector<harbor::SortKey>& keys, std::vector<const ProjectLife*>& projects) {
  if (keys.empty()) return;
  if (keys.front().key == "name") std::ranges::sort(projects, {}, &ProjectLife::name);
  if (keys.front().descending) std::ranges::reverse(projects);
}

Result<Response> listed(const View& view, const Request& request, const SignedIn& by,
                        const HarborListAsked& asked, const std::string& name) {
  std::vector<const ProjectLife*> projects;
  for (const ProjectLife& life : view.catalog->projects) {
    if (maySee(by, life.id) && isWanted(life, asked, name)) projects.push_back(&life);
  }
  sortBy(asked.sort, projects);
  Json page = Json::array();
  for (std::size_t i = asked.paging.skip();
       i < projects.size() && page.size() < asked.paging.take(); ++i) {
    auto json = projectJson(view, *projects[i], by);
    if (!json) return json.error();
    page.push_back(*std::move(json));
  }
  return harborList(request, asked.paging, projects.size(), page);
}

// HEAD /projects?project_name=NAME: whether there is one.
Response isThere(const View& view, const SignedIn& by, const std::string& name) {
  const ProjectLife* life = livingNamed(view, name);
  if (life != nullptr && maySee(by, life->id)) return {.status = 200};
  return isReader(by.who) ? harborError(404, "there is no such project")
                          : harborError(403, "forbidden");
}

Handled list(const OperatorParts& parts, const Request& request, const SignedIn& by) {
  auto asked = harborListAsked(request);
  if (auto* wrong = std::get_if<Response>(&asked)) return std::move(*wrong);
  const Form form = parseForm(request.query).value_or(Form());
  const auto looked_for = form.one("project_name");
  return [&parts, request, by, asked = std::get<HarborListAsked>(std::move(asked)), looked_for,
          name = form.one("name").value_or("")]() -> Response {
    auto answer = parts.ledger.ask([&](const View& view) -> Result<Response> {
      if (request.method == "HEAD" && looked_for) return isThere(view, by, *looked_for);
      return listed(view, request, by, asked, name);
    });
    if (!answer) return failureAnswer(answer.error());
    return *std::move(answer);
  };
}

// ---- one ----------------------------------------------------------------------------------------

Handled read(const OperatorParts& parts, const Request& request, const SignedIn& by) {
  return [&parts, request, by]() -> Response {
    auto answer = parts.ledger.ask([&](const View& view) -> Result<Response> {
      auto project = seenProject(view, request, by);
      if (auto* no = std::get_if<Response>(&project)) return std::move(*no);
      auto json = projectJson(view, *std::get<const ProjectLife*>(project), by);
      if (!json) return json.error();
      return jsonAnswer(200, *json);
    });
    if (!answer) return failureAnswer(answer.error());
    return *std::move(answer);
  };
}

// The number of the project that was created under the name; 0 where it is gone again.
ProjectId numberOf(const OperatorParts& parts, const std::string& name) {
  const auto id = parts.ledger.ask([&](const View& view) -> Result<ProjectId> {
    const ProjectLife* life = livingNamed(view, name);
    return life == nullptr ? ProjectId{0} : life->id;
  });
  return id ? *id : ProjectId{0};
}

Handled create(const OperatorParts& parts, const Request& request, const SignedIn& by) {
  auto json = harborBody(request);
  if (auto* wrong = std::get_if<Response>(&json)) return std::move(*wrong);
  const Json& body = std::get<Json>(json);
  const auto field = body.find("project_name");
  if (field == body.end()) return harborError(400, "there is no project_name");
  if (!field->is_string()) return harborError(422, "project_name has to be a text");
  const auto name = field->get<std::string>();
  auto context = contextOf(request, by);
  if (auto* wrong = std::get_if<Response>(&context)) return std::move(*wrong);
  const bool by_name = isTrue(request.header("X-Resource-Name-In-Location"));
  return submitLater(
      parts.ledger.ledger(), {CreateProject{name}, std::get<Context>(std::move(context))},
      [&parts, name, by_name](const Receipt&) -> Answered {
        return SlowWork([&parts, name, by_name] {
          const std::string last = by_name ? name : std::to_string(numberOf(parts, name).value);
          Response answer{.status = 201};
          answer.headers.push_back({"Location", std::string(kProjects) + "/" + last});
          return answer;
        });
      },
      harborRefused);
}

Response removed(const OperatorParts& parts, const Request& request, const SignedIn& by) {
  auto project =
      parts.ledger.ask([&](const View& view) -> Result<std::variant<Response, std::string>> {
        using Named = std::variant<Response, std::string>;
        auto seen = seenProject(view, request, by);
        if (auto* no = std::get_if<Response>(&seen)) return Named(std::move(*no));
        return Named(std::get<const ProjectLife*>(seen)->name);
      });
  if (!project) return failureAnswer(project.error());
  if (auto* no = std::get_if<Response>(&*project)) return std::move(*no);
  auto context = contextOf(request, by);
  if (auto* wrong = std::get_if<Response>(&context)) return std::move(*wrong);
  auto outcome = parts.ledger.ledger().submit(
      {DeleteProject{std::get<std::string>(*project)}, std::get<Context>(std::move(context))});
  if (!outcome) return harborRefused(outcome.error());
  if (auto* no = std::get_if<Refusal>(&*outcome)) return harborRefused(std::move(*no));
  return {.status = 200};
}

Handled remove(const OperatorParts& parts, const Request& request, const SignedIn& by) {
  return [&parts, request, by] { return removed(parts, request, by); };
}

}  // namespace

std::variant<Response, const ProjectLife*> seenProject(const View& view, const Request& request,
                                                       const SignedIn& by) {
  const std::string& text = request.part("name_or_id");
  const ProjectLife* life = nullptr;
  const auto number = parseDecimal(text, UINT32_MAX);
  if (number && !isTrue(request.header("X-Is-Resource-Name"))) {
    life = view.catalog->find(ProjectId{static_cast<std::uint32_t>(*number)});
    if (life != nullptr && life->deleted) life = nullptr;
  } else {
    life = livingNamed(view, text);
  }
  if (life != nullptr && maySee(by, life->id)) return life;
  if (!isReader(by.who)) return harborError(403, "forbidden");
  return harborError(404, "there is no project " + inQuotes(text));
}

std::vector<Route> harborProjectRoutes(const OperatorParts& parts) {
  using ProjectHandler = Handled (*)(const OperatorParts&, const Request&, const SignedIn&);
  const auto route = [&](const char* method, std::string path, ProjectHandler handler,
                         std::vector<int> statuses) {
    return operatorRoute(
        parts.sign_in,
        {.method = method,
         .path = std::move(path),
         .access = Access::kOperators,
         .statuses = std::move(statuses),
         .handler = [&parts, handler](const Request& request,
                                      const SignedIn& by) { return handler(parts, request, by); },
         .body_limit = kMaxApiBodyBytes});
  };
  const std::string all(kProjects);
  const std::string one = all + "/{name_or_id}";
  return {route("GET", all, list, {200, 400, 404, 422}),
          route("POST", all, create, {201, 400, 409, 422}),
          route("GET", one, read, {200, 404}), route("DELETE", one, remove, {200, 400, 404, 409})};
}

}  // namespace robotledger::http
