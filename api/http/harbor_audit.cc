#include "api/http/harbor_audit.h"

#include <algorithm>
#include <set>

#include "api/harbor/audit_rows.h"
#include "api/http/harbor_answers.h"
#include "api/http/harbor_projects.h"
#include "api/http/operator_routes.h"
#include "core/ledger/saved_state.h"
#include "projections/log_query.h"

namespace robotledger::http {
namespace {

using harbor::ListTerm;

// The instant of a bound of a range, "2026-11-24" or a time; nothing where it is neither.
std::optional<Instant> boundIn(const std::string& text) {
  if (auto whole = parseInstant(text)) return whole;
  std::string padded = text;
  if (padded.find(' ') != padded.npos) padded[padded.find(' ')] = 'T';
  if (auto with_zone = parseInstant(padded + "Z")) return with_zone;
  return parseInstant(padded + "T00:00:00Z");
}

// What of the terms the log's indexes know.
std::optional<Response> narrow(const std::vector<ListTerm>& terms, LogFilter& filter) {
  if (const ListTerm* who = harbor::findTerm(terms, "username");
      who != nullptr && who->kind == ListTerm::Kind::kIs) {
    filter.actor = who->values.front();
  }
  const ListTerm* when = harbor::findTerm(terms, "op_time");
  if (when == nullptr) return std::nullopt;
  if (when->kind != ListTerm::Kind::kRange) {
    return harborError(400, "op_time is asked for as a range, [FROM~TO]");
  }
  for (const std::size_t i : {0, 1}) {
    if (when->values[i].empty()) continue;
    const auto bound = boundIn(when->values[i]);
    if (!bound) return harborError(400, "op_time has a bound that is no time");
    // Harbor takes both bounds in.
    (i == 0 ? filter.from : filter.to) = i == 0 ? *bound : Instant{bound->us + 1};
  }
  return std::nullopt;
}

// The kinds of events that the terms leave; nothing where they say nothing of it.
std::optional<std::vector<std::size_t>> kindsOf(const std::vector<ListTerm>& terms) {
  const ListTerm* operation = harbor::findTerm(terms, "operation");
  const ListTerm* type = harbor::findTerm(terms, "resource_type");
  if (operation == nullptr && type == nullptr) return std::nullopt;
  std::vector<std::size_t> kinds;
  for (std::size_t kind = 0; kind < std::variant_size_v<EventBody>; ++kind) {
    if (operation != nullptr && !operation->matches(harbor::operationOf(kind))) continue;
    if (type != nullptr && !type->matches(harbor::resourceTypeOf(kind))) continue;
    kinds.push_back(kind);
  }
  return kinds;
}

Result<void> addMatching(const View& view, const LogFilter& filter, std::vector<Sequence>& out) {
  const auto query = LogQuery::start(view, filter);
  if (!query) return query.error();
  while (true) {
    const auto next = (*query)->next();
    if (!next) return next.error();
    if (!*next) return {};
    out.push_back(**next);
  }
}

// All that match, in order.
Result<std::vector<Sequence>> matching(const View& view, LogFilter filter,
                                       const std::vector<ListTerm>& terms) {
  std::vector<Sequence> found;
  const auto kinds = kindsOf(terms);
  if (!kinds) {
    if (auto added = addMatching(view, filter, found); !added) return added.error();
    return found;
  }
  for (const std::size_t kind : *kinds) {
    filter.kind = kind;
    if (auto added = addMatching(view, filter, found); !added) return added.error();
  }
  std::ranges::sort(found);
  return found;
}

// Whether the terms ask for what only the event itself tells.
bool needsReading(const std::vector<ListTerm>& terms) {
  const ListTerm* who = harbor::findTerm(terms, "username");
  return harbor::findTerm(terms, "resource") != nullptr ||
         (who != nullptr && who->kind != ListTerm::Kind::kIs);
}

Result<bool> keeps(const View& view, Sequence sequence, const std::vector<ListTerm>& terms,
                   EventNames& names) {
  const auto event = readEvent(*view.log, sequence);
  if (!event) return event.error();
  const auto row = harbor::auditRow(*event, names);
  if (!row) return row.error();
  for (const char* field : {"username", "resource"}) {
    const ListTerm* term = harbor::findTerm(terms, field);
    if (term != nullptr && !term->matches((*row)[field].get<std::string>())) return false;
  }
  return true;
}

struct AuditAsked {
  HarborListAsked list;
  std::optional<std::vector<ProjectId>> projects;  // nothing for everything
  bool is_reader = false;                          // who may read everything
  std::set<ProjectId> visible;                     // else what he administers
};

bool isOldestFirst(const HarborListAsked& list) {
  return !list.sort.empty() && list.sort.front().key == "op_time" && !list.sort.front().descending;
}

// The rows of the page, of events whose number is counted from the end that comes first.
Result<Json> rowsOf(const View& view, const std::function<Sequence(std::size_t)>& at,
                    std::size_t total, const harbor::Paging& paging, EventNames& names) {
  Json rows = Json::array();
  for (std::size_t i = paging.skip(); i < total && rows.size() < paging.take(); ++i) {
    const auto event = readEvent(*view.log, at(i));
    if (!event) return event.error();
    auto row = harbor::auditRow(*event, names);
    if (!row) return row.error();
    rows.push_back(*std::move(row));
  }
  return rows;
}

Result<Response> answer(const View& view, const Request& request, const AuditAsked& asked) {
  const HarborListAsked& list = asked.list;
  const std::set<ProjectId> visible = asked.visible;
  EventNames names(view, asked.is_reader ? nullptr : &visible);
  LogFilter filter{.projects = asked.projects, .as_of = view.last()};
  if (auto wrong = narrow(list.terms, filter)) return *std::move(wrong);
  const bool oldest_first = isOldestFirst(list);
  const bool is_all = list.terms.empty() && !asked.projects;
  if (list.paging.size == 0 && view.size.value > kMaxSearchedEvents) {
    return harborError(422, "there are too many rows for one page");
  }
  if (is_all) {
    const std::size_t total = view.size.value;
    auto rows = rowsOf(
        view, [&](std::size_t i) { return Sequence{oldest_first ? i : total - 1 - i}; }, total,
        list.paging, names);
    if (!rows) return rows.error();
    return harborList(request, list.paging, total, *rows);
  }
  auto found = matching(view, filter, list.terms);
  if (!found) return found.error();
  if (needsReading(list.terms)) {
    if (found->size() > kMaxSearchedEvents) {
      return harborError(422,
                         "too many events to look through: add op_time, operation or "
                         "username to q");
    }
    std::vector<Sequence> kept;
    for (const Sequence sequence : *found) {
      const auto keep = keeps(view, sequence, list.terms, names);
      if (!keep) return keep.error();
      if (*keep) kept.push_back(sequence);
    }
    *found = std::move(kept);
  }
  const std::size_t total = found->size();
  auto rows = rowsOf(
      view, [&](std::size_t i) { return (*found)[oldest_first ? i : total - 1 - i]; }, total,
      list.paging, names);
  if (!rows) return rows.error();
  return harborList(request, list.paging, total, *rows);
}

Handled rows(const OperatorParts& parts, const Request& request, const SignedIn& by) {
  if (!isReader(by.who) && by.who.administers.empty()) {
    return harborError(403, "the audit log is for auditors and administrators");
  }
  auto list = harborListAsked(request);
  if (auto* wrong = std::get_if<Response>(&list)) return std::move(*wrong);
  AuditAsked asked{.list = std::get<HarborListAsked>(std::move(list)),
                   .projects = std::nullopt,
                   .is_reader = isReader(by.who),
                   .visible = by.who.administers};
  if (!isReader(by.who)) {
    asked.projects.emplace(by.who.administers.begin(), by.who.administers.end());
  }
  return [&parts, request, asked = std::move(asked)]() -> Response {
    auto made = parts.ledger.ask([&](const View& view) { return answer(view, request, asked); });
    if (!made) return failureAnswer(made.error());
    return *std::move(made);
  };
}

Handled rowsOfProject(const OperatorParts& parts, const Request& request, const SignedIn& by) {
  auto list = harborListAsked(request);
  if (auto* wrong = std::get_if<Response>(&list)) return std::move(*wrong);
  return [&parts, request, by, list = std::get<HarborListAsked>(std::move(list))]() -> Response {
    auto made = parts.ledger.ask([&](const View& view) -> Result<Response> {
      const auto project = seenProject(view, request, by);
      if (const auto* no = std::get_if<Response>(&project)) return *no;
      const ProjectId id = std::get<const ProjectLife*>(project)->id;
      return answer(view, request,
                    {.list = list,
                     .projects = std::vector{id},
                     .is_reader = isReader(by.who),
                     .visible = by.who.administers});
    });
    if (!made) return failureAnswer(made.error());
    return *std::move(made);
  };
}

}  // namespace

std::vector<Route> harborAuditRoutes(const OperatorParts& parts) {
  using Rows = Handled (*)(const OperatorParts&, const Request&, const SignedIn&);
  const auto route = [&](const char* path, Rows handler, std::vector<int> statuses) {
    return operatorRoute(parts.sign_in,
                         {.method = "GET",
                          .path = std::string(kHarborBase) + path,
                          .access = Access::kOperators,
                          .statuses = std::move(statuses),
                          .handler = [&parts, handler](const Request& request, const SignedIn& by) {
                            return handler(parts, request, by);
                          }});
  };
  return {route("/audit-logs", rows, {200, 400, 422}),
          route("/auditlog-exts", rows, {200, 400, 422}),
          route("/projects/{name_or_id}/logs", rowsOfProject, {200, 400, 404, 422})};
}

}  // namespace robotledger::http
