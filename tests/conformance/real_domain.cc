#include "tests/conformance/real_domain.h"

#include <type_traits>
#include <utility>

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "core/domain/names.h"
#include "tests/conformance/living_line.h"

namespace robotledger {
namespace {

// "account_created" as the model says it, "AccountCreated".
std::string modelKind(const EventBody& body) {
  std::string kind;
  bool upper = true;
  for (const char c : eventKindName(body.index())) {
    if (c != '_') kind += upper ? static_cast<char>(c - 'a' + 'A') : c;
    upper = c == '_';
  }
  return kind;
}

model::Expiry modelExpiry(const Expiry& expiry) {
  switch (expiry.kind) {
    case Expiry::Kind::kSystem: return {model::Expiry::Kind::kSystem, 0};
    case Expiry::Kind::kNever: return {model::Expiry::Kind::kNever, 0};
    case Expiry::Kind::kDays: break;
  }
  return {model::Expiry::Kind::kDays, expiry.count};
}

}  // namespace

RealDomain::RealDomain(Restarts restarts) : restarts_(restarts) {
  append(Context{}, Instant{0},
         LedgerInitialized{.origin = "test.example/robots",
                           .ledger_id = {},
                           .system_expiry_days = kDefaultSystemDays,
                           .admin = "admin"});
}

void RealDomain::append(const Context& context, Instant time, EventBody body) {
  if (const auto* e = std::get_if<ProjectCreated>(&body)) projects_[e->project] = e->name;
  if (const auto* e = std::get_if<AccountCreated>(&body)) {
    const std::string project = e->project.value == 0 ? "" : projects_.at(e->project);
    accounts_[e->account] = {qualifiedName(project, e->name), project};
  }
  events_.push_back(Event{.sequence = Sequence{events_.size()},
                          .time = time,
                          .recorded_at = context.now,
                          .actor = context.actor,
                          .channel = context.channel,
                          .reason = context.reason,
                          .request_id = {},
                          .idempotency_key = {},
                          .command_digest = {},
                          .body = std::move(body)});
  const auto applied = state_.apply(events_.back());
  EXPECT_TRUE(applied) << applied.error().message;
}

model::LineOutcome RealDomain::submit(std::string_view line, std::uint64_t line_number,
                                      Instant now) {
  if (line.find_first_not_of(" \t\r") == std::string_view::npos) return {};
  const auto refused = [&](const Refusal& refusal) {
    last_message_ = refusal.message;
    return model::LineOutcome{
        model::LineOutcome::Kind::kRefused, {}, std::string(refusalName(refusal.code))};
  };
  auto read = parseLine(line);
  if (const auto* malformed = std::get_if<Refusal>(&read)) return refused(*malformed);
  auto& parsed = std::get<HistoryLine>(read);
  Context context{.actor = std::move(parsed.actor),
                  .channel = Import{Sequence{1}, line_number},
                  .reason = std::move(parsed.reason),
                  .request_id = {},
                  .idempotency_key = {},
                  .command_digest = {},
                  .now = now,
                  .at = parsed.at};
  const Decision decision = decide(state_, parsed.command, context);
  if (const auto* no = std::get_if<Refusal>(&decision)) return refused(*no);
  const auto& accepted = std::get<Accepted>(decision);
  if (!accepted.bodies.empty() && std::exchange(import_pending_, false)) {
    append(context, state_.lastTime(), HistoryImported{Digest{}, line_number});
  }
  model::LineOutcome outcome{model::LineOutcome::Kind::kAccepted, {}, {}};
  for (const EventBody& body : accepted.bodies) {
    append(context, accepted.time, body);
    outcome.events.push_back(asModelEvent(events_.back()));
  }
  if (restarts_ == Restarts::kAfterEveryLine) {
    auto again = State::fromImage(state_.image());
    EXPECT_TRUE(again);
    if (again) state_ = std::move(*again);
  }
  return outcome;
}

std::set<model::Permission> RealDomain::named(const Permissions& permissions) const {
  std::set<model::Permission> all;
  for (const Permission& permission : permissions) {
    std::string scope;
    switch (permission.scope.kind) {
      case Scope::Kind::kProject: scope = projects_.at(permission.scope.project); break;
      case Scope::Kind::kAllProjects: scope = "*"; break;
      case Scope::Kind::kSystem: scope = "/"; break;
    }
    all.insert({scope, permission.capability.text()});
  }
  return all;
}

void RealDomain::nameAccount(model::Event& out, AccountId id) const {
  if (id.value == 0) return;
  const NamedAccount& account = accounts_.at(id);
  out.account_id = id.value;
  out.account = account.qualified_name;
  out.project = account.project;
}

// What an event has of the model's fields, its account and kind apart.
template <class E>
void RealDomain::takeFields(model::Event& out, const E& e) const {
  if constexpr (requires { e.permissions; }) out.permissions = named(e.permissions);
  if constexpr (requires { e.role; }) {
    out.operator_name = e.name;
    out.role = roleName(e.role);
    if (e.project.value != 0) out.project = projects_.at(e.project);
  }
  if constexpr (std::is_same_v<E, AccountCreated>) {
    out.expiry = modelExpiry(e.expiry);
    out.description = e.description;
    out.issued_us = e.issued_at.us;
  } else if constexpr (std::is_same_v<E, ClaimRecorded>) {
    if (e.project.value != 0) out.project = projects_.at(e.project);
    out.claim = model::printClaim({.source = e.source,
                                   .source_id = e.source_id,
                                   .when_us = e.time.us,
                                   .who = e.actor,
                                   .operation = e.operation,
                                   .resource = e.resource,
                                   .resource_type = e.resource_type});
  } else if constexpr (std::is_same_v<E, ProjectCreated> || std::is_same_v<E, ProjectDeleted>) {
    out.project = projects_.at(e.project);
    out.project_id = e.project.value;
  } else if constexpr (std::is_same_v<E, OperatorAdded> || std::is_same_v<E, OperatorRemoved>) {
    out.operator_name = e.name;
  } else if constexpr (std::is_same_v<E, AccountExpiryChanged>) {
    out.expiry = modelExpiry(e.after);
  } else if constexpr (std::is_same_v<E, AccountDescribed>) {
    out.description = e.after;
  } else if constexpr (std::is_same_v<E, SystemExpiryChanged>) {
    out.days = e.after_days;
  }
}

model::Event RealDomain::asModelEvent(const Event& event) const {
  model::Event out;
  out.sequence = event.sequence.value;
  out.time_us = event.time.us;
  if (const auto* import = std::get_if<Import>(&event.channel)) out.line = import->line;
  out.kind = modelKind(event.body);
  out.actor = event.actor;
  out.reason = event.reason;
  nameAccount(out, accountOf(event.body));
  std::visit([&](const auto& e) { takeFields(out, e); }, event.body);
  return out;
}

model::SeenOutcome DomainSubject::submit(const std::string& line, const std::string& now) {
  const model::LineOutcome outcome = domain_.submit(line, ++line_number_, *parseInstant(now));
  model::SeenOutcome seen;
  seen.refusal = outcome.refusal;
  switch (outcome.kind) {
    case model::LineOutcome::Kind::kBlank: break;
    case model::LineOutcome::Kind::kAccepted:
      seen.kind = model::SeenOutcome::Kind::kAccepted;
      break;
    case model::LineOutcome::Kind::kRefused: seen.kind = model::SeenOutcome::Kind::kRefused; break;
  }
  for (const model::Event& event : outcome.events) {
    const std::string& name = event.operator_name.empty() ? event.project : event.operator_name;
    model::SeenEvent one{event.sequence, event.kind, event.account_id, name, {}};
    for (const auto& permission : event.permissions) {
      one.permissions.push_back(permission.scope + "/" + permission.capability);
    }
    seen.events.push_back(std::move(one));
  }
  return seen;
}

std::string printEvent(const model::Event& event) {
  std::string text =
      std::to_string(event.sequence) + " " + formatInstant(Instant{event.time_us}) + " line " +
      std::to_string(event.line) + " " + event.kind + " by '" + event.actor + "' because '" +
      event.reason + "' project '" + event.project + "' #" + std::to_string(event.project_id) +
      " account '" + event.account + "' #" + std::to_string(event.account_id) + " expiry " +
      printExpiry(event.expiry) + " days " + std::to_string(event.days) + " description '" +
      event.description + "' operator '" + event.operator_name + "' role '" + event.role +
      "' issued " + formatInstant(Instant{event.issued_us}) + " claim '" + event.claim + "'";
  for (const auto& permission : event.permissions) {
    text += " " + permission.scope + "/" + permission.capability;
  }
  return text;
}

std::string printOutcome(const model::LineOutcome& outcome) {
  if (outcome.kind == model::LineOutcome::Kind::kBlank) return "blank";
  if (outcome.kind == model::LineOutcome::Kind::kRefused) return "refused " + outcome.refusal;
  std::string text = "accepted";
  for (const model::Event& event : outcome.events) text += "\n  " + printEvent(event);
  return text;
}

}  // namespace robotledger
