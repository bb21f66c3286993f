#include "tests/model/questions.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "tests/model/civil_time.h"
#include "tests/model/life.h"
#include "tests/model/vocabulary.h"

namespace robotledger::model {
namespace {

std::span<const Event> logUpTo(std::span<const Event> events, std::uint64_t as_of) {
  return as_of < events.size() ? events.first(as_of + 1) : events;
}

const char* levelOf(const AccountState& state) {
  return state.project.empty() ? "system" : "project";
}

// Explicit and implied.
std::set<Permission> heldBy(const AccountState& state) {
  std::set<Permission> held = state.permissions;
  if (!state.project.empty()) held.insert({state.project, std::string(kPull)});
  for (const auto& permission : state.permissions) {
    if (permission.scope != "/") held.insert({permission.scope, std::string(kPull)});
  }
  return held;
}

bool grants(const AccountState& state, const std::string& project, const std::string& capability) {
  std::set<Permission> held = heldBy(state);
  if (held.contains({project, capability})) return true;
  return project != "/" && held.contains({"*", capability});
}

bool could(const AccountState& state, const std::string& project, const std::string& capability,
           std::int64_t time_us) {
  bool project_lives = project == "/" || state.project_lives;
  return project_lives && state.exists && !state.disabled && !state.expiredAt(time_us) &&
         grants(state, project, capability);
}

std::vector<Window> windowsOf(Life& life, const std::string& project,
                              const std::string& capability) {
  std::vector<Window> windows;
  bool before = false;  // in the stretch that ends at the instant
  for (std::int64_t instant_us : life.instants()) {
    bool now = false;
    Cause turned_on;
    Cause turned_off;
    life.moveTo(instant_us, [&](const AccountState& state, const Event* event) {
      bool was = now;
      now = could(state, project, capability, instant_us);
      if (event == nullptr) return;
      if (!was && now) turned_on = {Cause::Kind::kEvent, event->sequence};
      if (was && !now) turned_off = {Cause::Kind::kEvent, event->sequence};
    });
    if (!before && now) windows.push_back({instant_us, std::nullopt, turned_on, {}});
    if (before && !now) {
      windows.back().until_us = instant_us;
      bool by_event = turned_off.kind == Cause::Kind::kEvent;
      windows.back().closed_by = by_event ? turned_off : Cause{Cause::Kind::kExpiry, 0};
    }
    before = now;
  }
  return windows;
}

// Lives up to an instant and stays there.
AccountState stateAt(const EventIndex& index, std::uint64_t id, std::int64_t time_us) {
  Life life(index, id, "");
  auto do_not_look = [](const AccountState&, const Event*) {};
  for (std::int64_t instant_us : life.instants()) {
    if (instant_us < time_us) life.moveTo(instant_us, do_not_look);
  }
  life.moveTo(time_us, do_not_look);
  return life.state();
}

AccountRow rowOf(const AccountState& state, std::int64_t time_us) {
  AccountRow row;
  row.id = state.id;
  row.account = state.account;
  row.level = levelOf(state);
  row.description = state.description;
  row.disabled = state.disabled;
  row.expiry = state.expiry;
  row.issued_us = state.issued_us;
  row.expired = state.expiredAt(time_us);
  row.expires_us = state.expired_since_us ? state.expired_since_us : state.endUs();
  row.permissions = state.permissions;
  return row;
}

}  // namespace

Question askAt(std::string capability, std::string project, std::int64_t time_us) {
  return {std::move(capability), std::move(project), time_us, time_us + 1};
}

Question askOn(std::string capability, std::string project, const std::string& date) {
  std::int64_t start_us = startOfDate(date).value();
  return {std::move(capability), std::move(project), start_us, start_us + kDayUs};
}

Question askBetween(std::string capability, std::string project, std::int64_t from_us,
                    std::int64_t until_us) {
  return {std::move(capability), std::move(project), from_us, until_us};
}

std::string printCause(const Cause& cause) {
  switch (cause.kind) {
    case Cause::Kind::kNone: return "null";
    case Cause::Kind::kExpiry: return "expiry";
    case Cause::Kind::kEvent: break;
  }
  return std::to_string(cause.sequence);
}

Answer whoCould(std::span<const Event> events, const Question& question, std::uint64_t as_of) {
  EventIndex index = indexOf(logUpTo(events, as_of));
  if (question.project != "/" && !index.of_project.contains(question.project)) {
    return {"unknown_project", {}};
  }
  const std::string capability = capabilityOf(question.capability);
  Answer answer;
  for (const auto& [id, facts] : index.of_account) {
    const Event& created = *facts.front();
    if (!created.project.empty() && created.project != question.project) continue;
    Life life(index, id, question.project);
    AccountWindows found{id, created.account, created.project.empty() ? "system" : "project", {}};
    for (const Window& window : windowsOf(life, question.project, capability)) {
      bool begins_in_time = window.from_us < question.until_us;
      bool ends_in_time = window.until_us && *window.until_us <= question.from_us;
      if (begins_in_time && !ends_in_time) found.windows.push_back(window);
    }
    if (!found.windows.empty()) answer.accounts.push_back(std::move(found));
  }
  std::sort(answer.accounts.begin(), answer.accounts.end(), [](const auto& a, const auto& b) {
    return std::tie(a.account, a.id) < std::tie(b.account, b.id);
  });
  return answer;
}

std::vector<AccountRow> accountsAt(std::span<const Event> events, std::int64_t time_us,
                                   std::uint64_t as_of) {
  EventIndex index = indexOf(logUpTo(events, as_of));
  std::vector<AccountRow> rows;
  for (const auto& [id, facts] : index.of_account) {
    AccountState state = stateAt(index, id, time_us);
    if (state.exists) rows.push_back(rowOf(state, time_us));
  }
  return rows;
}

std::optional<Holdings> whatCould(std::span<const Event> events, std::uint64_t account_id,
                                  std::int64_t time_us, std::uint64_t as_of) {
  EventIndex index = indexOf(logUpTo(events, as_of));
  AccountState state = stateAt(index, account_id, time_us);
  if (!state.exists) return std::nullopt;
  return Holdings{rowOf(state, time_us), heldBy(state)};
}

ExpiryPreview previewSystemExpiry(std::span<const Event> events, std::int64_t days,
                                  std::int64_t time_us, std::uint64_t as_of) {
  ExpiryPreview preview;
  for (const AccountRow& row : accountsAt(events, time_us, as_of)) {
    if (row.expiry.kind != Expiry::Kind::kSystem) continue;
    ++preview.following;
    auto end_us = endOfDays(row.issued_us, days);
    if (row.expired || !end_us || time_us < *end_us) continue;
    ++preview.expiring;
    if (row.disabled) ++preview.expiring_disabled;
  }
  return preview;
}

}  // namespace robotledger::model
