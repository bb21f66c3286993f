#include "api/answers/asking.h"

#include <algorithm>

#include <fmt/format.h>

#include "api/answers/words.h"
#include "api/json/event_json.h"
#include "api/text/event_text.h"
#include "core/domain/names.h"
#include "core/domain/text.h"
#include "core/ledger/saved_state.h"
#include "projections/audit_trail.h"

namespace robotledger {

Refusal Asking::forbidden(std::string_view what) const {
  return {RefusalCode::kForbidden,
          inQuotes(reader_.name) + " may not " + std::string(what) +
              ": an auditor, a system administrator or the project's administrator may"};
}

std::optional<Refusal> Asking::needEverything() const {
  if (reader_.everything) return std::nullopt;
  return Refusal{RefusalCode::kForbidden,
                 inQuotes(reader_.name) +
                     " is neither an auditor nor a system administrator, who "
                     "may read everything"};
}

std::optional<Refusal> Asking::needAccount(const AccountRow& row) const {
  if (reader_.everything) return std::nullopt;
  if (reader_.administers.contains(row.account.project)) return std::nullopt;
  const auto& permissions = row.account.permissions;
  const bool reaches_in =
      row.account.isSystemLevel() &&
      std::any_of(permissions.begin(), permissions.end(), [&](const Permission& one) {
        if (one.scope.kind == Scope::Kind::kAllProjects) return !reader_.administers.empty();
        return reader_.administers.contains(one.scope.project);
      });
  if (reaches_in) return std::nullopt;
  return forbidden("ask about this account");
}

bool Asking::administersNamed(std::string_view project) const {
  return std::any_of(reader_.administers.begin(), reader_.administers.end(),
                     [&](ProjectId id) { return view_.catalog->nameOf(id) == project; });
}

Result<std::optional<Refusal>> Asking::needEvent(const Event& event) const {
  auto refusal = needEverything();
  if (!refusal) return refusal;
  // As where the events of a project are listed.
  const auto is_his = [this](ProjectId id) { return reader_.administers.contains(id); };
  if (std::ranges::any_of(projectsIn(event.body), is_his)) return std::optional<Refusal>();
  if (accountOf(event.body).value == 0) return refusal;
  const auto row = findAccountRow(view_, accountOf(event.body));
  if (!row) return row.error();
  return *row ? needAccount(**row) : refusal;
}

std::variant<Refusal, Place> Asking::place(std::string_view name, const AsOf& as_of) const {
  if (!reader_.everything && !administersNamed(name)) {
    return forbidden("ask about " + std::string(name == "/" ? "the system" : "this project"));
  }
  // `*` is a scope and no project, though there is a timeline of it.
  auto place = name == "*" ? std::nullopt : findPlace(*view_.catalog, name, as_of.sequence);
  if (!place) {
    return Refusal{RefusalCode::kUnknownProject, "no project was ever called " + inQuotes(name)};
  }
  if (!reader_.everything) {
    std::erase_if(place->lives,
                  [&](const ProjectLife* life) { return !reader_.administers.contains(life->id); });
  }
  return *place;
}

Refusal Asking::unknownAccount(const AccountRef& ref) const {
  return {RefusalCode::kUnknownAccount, "there is no account " + inQuotes(accountText(ref))};
}

Result<std::variant<Refusal, std::vector<AccountRow>>> Asking::bearers(
    const AccountRef& ref) const {
  using Answer = std::variant<Refusal, std::vector<AccountRow>>;
  std::vector<AccountId> ids{ref.id};
  if (!ref.name.empty()) {
    auto found = bearersOf(view_, ref.name);
    if (!found) return found.error();
    ids = std::move(*found);
  }
  std::vector<AccountRow> rows;
  std::optional<Refusal> refusal;
  for (const AccountId id : ids) {
    auto row = findAccountRow(view_, id);
    if (!row) return row.error();
    if (!*row) continue;
    if (auto no = needAccount(**row)) {
      refusal = no;
    } else {
      rows.push_back(std::move(**row));
    }
  }
  if (!rows.empty()) return Answer(std::move(rows));
  if (refusal) return Answer(*refusal);
  // Nobody learns what exists where he may not look.
  const std::string_view home = projectIn(ref.name);
  const bool may_know = reader_.everything || (!home.empty() && administersNamed(home));
  return Answer(may_know ? unknownAccount(ref) : forbidden("ask about this account"));
}

Result<std::variant<Refusal, AccountRow>> Asking::account(const AccountRef& ref) const {
  using Answer = std::variant<Refusal, AccountRow>;
  auto found = bearers(ref);
  if (!found) return found.error();
  if (const auto* refusal = std::get_if<Refusal>(&*found)) return Answer(*refusal);
  auto& rows = std::get<std::vector<AccountRow>>(*found);
  // Of those who share a name at most one lives, the last.
  if (ref.name.empty() || rows.back().lives()) return Answer(std::move(rows.back()));
  std::string dead;
  for (const AccountRow& row : rows) {
    dead += (dead.empty() ? "#" : ", #") + std::to_string(row.account.id.value);
  }
  return Answer(Refusal{RefusalCode::kUnknownAccount,
                        "nobody bears the name " + inQuotes(ref.name) +
                            " any more; the dead are asked about by their number: " + dead});
}

Json Asking::accountJson(const AccountAt& account) const {
  Json json{{"id", account.account.id.value},
            {"account", account.name},
            {"login_name", loginName(account.account)},
            {"level", levelName(account.account)}};
  if (!account.account.isSystemLevel()) json["project"] = names_.project(account.account.project);
  json["status"] = accountStatus(account);
  json["expires"] = expiryJson(account.account.terms.expiry);
  json["expires_at"] = instantJson(account.expires_at);
  json["permissions"] = permissionsJson(account.account.permissions, names_);
  json["secret_issued_at"] =
      instantJson(account.secret ? std::optional(account.secret_at) : std::nullopt);
  json["created_at"] = formatInstant(account.created_at);
  json["created_by"] = account.created_by;
  json["created_by_event"] = account.created.value;
  json["asserted"] = account.asserted;
  return json;
}

Result<const EventNote*> Asking::event(Sequence sequence) {
  if (const auto known = notes_.find(sequence); known != notes_.end()) return &known->second;
  const auto event = readEvent(*view_.log, sequence);
  if (!event) return event.error();
  auto what = eventText(*event, names_);
  if (!what) return what.error();
  std::string kind(eventKindName(event->body.index()));
  std::replace(kind.begin(), kind.end(), '_', ' ');
  EventNote note{.sequence = sequence,
                 .time = event->time,
                 .who = actorText(event->actor, event->channel),
                 .kind = std::move(kind),
                 .what = std::move(*what),
                 .reason = event->reason,
                 .asserted = assertedText(*event)};
  return &notes_.emplace(sequence, std::move(note)).first->second;
}

Result<std::string> Asking::closedBy(const Window& window) {
  if (std::holds_alternative<ByExpiry>(window.closed_by)) return std::string("expiry");
  const auto* sequence = std::get_if<Sequence>(&window.closed_by);
  if (sequence == nullptr) return std::string();
  const auto note = event(*sequence);
  if (!note) return note.error();
  return eventBy(**note);
}

std::string eventBy(const EventNote& note) {
  return fmt::format("event {}: {}", note.sequence.value, note.who);
}

}  // namespace robotledger
