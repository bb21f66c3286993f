#include "projections/windows.h"

#include <algorithm>

#include "core/domain/account.h"

namespace robotledger {
namespace {

// One step on the way through time: an event of the account, or of a project of the place, or a
// change of the setting.
struct Step {
  Sequence sequence;
  Instant time;
  const HistoryEntry* entry = nullptr;
  const ProjectLife* created = nullptr;
  const ProjectLife* deleted = nullptr;
  std::optional<std::int32_t> days;
};

std::span<const SettingChange> settingsAtInstant(std::span<const SettingChange> settings,
                                                 Instant time) {
  const auto begin = std::ranges::lower_bound(settings, time, {}, &SettingChange::time);
  const auto end = std::ranges::upper_bound(settings, time, {}, &SettingChange::time);
  return {begin, end};
}

// What could be at one point between two events.
class Walk {
 public:
  Walk(ProjectId home, Capability capability, const Place& place,
       std::span<const SettingChange> settings)
      : capability_(capability), place_(place), settings_(settings) {
    account_.project = home;
  }

  std::vector<Window> run(const std::vector<Step>& steps) {
    for (std::size_t i = 0; i < steps.size();) {
      const Instant time = steps[i].time;
      std::size_t end = i;
      while (end < steps.size() && steps[end].time == time) ++end;
      closeByExpiryBefore(time);
      takeInstant(time, std::span(steps).subspan(i, end - i));
      i = end;
    }
    closeByExpiryBefore(std::nullopt);
    if (open_) windows_.push_back(*open_);  // it stays open as things stand
    return std::move(windows_);
  }

 private:
  // The setting's changes at an instant, and the setting before them.
  std::span<const SettingChange> changesAt(Instant time) const {
    return settingsAtInstant(settings_, time);
  }
  std::int32_t daysBefore(Instant time) const {
    const auto at = std::ranges::lower_bound(settings_, time, {}, &SettingChange::time);
    return at == settings_.begin() ? 0 : std::prev(at)->days;
  }

  bool holdsScope() const {
    if (!lives_ || account_.status == AccountStatus::kDisabled) return false;
    if (place_.always) return grants(account_, place_.scope, capability_);
    const bool everywhere = grants(account_, Scope::allProjects(), capability_);
    return std::ranges::any_of(living_, [&](ProjectId project) {
      return everywhere || grants(account_, Scope::inProject(project), capability_);
    });
  }

  // Whether the account is expired at `time` where the setting is `days`, if it was not before.
  bool dueAt(Instant time, std::int32_t days) const {
    const Expiry& expiry = account_.terms.expiry;
    if (expiry.kind == Expiry::Kind::kNever) return false;
    const auto end = afterDays(account_.terms.issued_at,
                               expiry.kind == Expiry::Kind::kDays ? expiry.count : days);
    return end && *end <= time;
  }

  // Closes the open window where the account expires before `until`; what happens at that instant
  // itself is looked at with its events.
  void closeByExpiryBefore(std::optional<Instant> until) {
    if (!lives_) return;
    const auto end = expiresAt(account_.terms, settings_);
    if (!end || (until && *end >= *until)) return;
    expired_ = true;
    if (!open_) return;
    // No event of the account is at that instant, but changes of the setting may be.
    ClosedBy cause = ByExpiry();
    bool could = !dueAt(*end, daysBefore(*end));
    for (const SettingChange& change : changesAt(*end)) {
      const bool can = !dueAt(*end, change.days);
      if (could && !can) cause = change.sequence;
      could = can;
    }
    close(*end, cause);
  }

  void takeInstant(Instant time, std::span<const Step> steps) {
    std::int32_t days = daysBefore(time);
    // `expired_` says whether it expired at an earlier instant and was not brought back since.
    const auto can = [&] { return holdsScope() && !expired_ && !dueAt(time, days); };
    bool could = can();
    std::optional<Sequence> opened;
    std::optional<Sequence> closed;
    for (const Step& step : steps) {
      if (step.days) days = *step.days;
      apply(step);
      const bool now = can();
      if (now && !could) opened = step.sequence;
      if (could && !now) closed = step.sequence;
      could = now;
    }
    if (open_ && !could) close(time, closed ? ClosedBy(*closed) : ClosedBy(ByExpiry()));
    if (!open_ && could)
      open_ = Window{.from = time, .opened_by = opened.value_or(steps.front().sequence)};
    if (lives_ && dueAt(time, days)) expired_ = true;
  }

  void apply(const Step& step) {
    if (step.created != nullptr) living_.push_back(step.created->id);
    if (step.deleted != nullptr) std::erase(living_, step.deleted->id);
    if (step.entry != nullptr) applyEntry(*step.entry);
  }

  void applyEntry(const HistoryEntry& entry) {
    switch (entry.kind) {
      case kKindOf<AccountCreated>:
        lives_ = true;
        account_.permissions = entry.permissions;
        account_.terms = {entry.expiry, entry.issued_at, entry.time};
        expired_ = false;
        break;
      case kKindOf<PermissionsGranted>: addAll(account_.permissions, entry.permissions); break;
      case kKindOf<PermissionsRevoked>: removeAll(account_.permissions, entry.permissions); break;
      case kKindOf<AccountDisabled>: account_.status = AccountStatus::kDisabled; break;
      case kKindOf<AccountEnabled>: account_.status = AccountStatus::kEnabled; break;
      case kKindOf<AccountDeleted>: lives_ = false; break;
      case kKindOf<AccountRenewed>:
        account_.terms.issued_at = entry.time;
        account_.terms.follows_since = entry.time;
        expired_ = false;
        break;
      case kKindOf<AccountExpiryChanged>:
        account_.terms.expiry = entry.expiry;
        account_.terms.follows_since = entry.time;
        expired_ = false;
        break;
      default: break;
    }
  }

  void close(Instant time, ClosedBy cause) {
    open_->until = time;
    open_->closed_by = cause;
    windows_.push_back(*open_);
    open_.reset();
  }

  Account account_;
  Capability capability_;
  const Place& place_;
  std::span<const SettingChange> settings_;
  std::vector<ProjectId> living_;
  bool lives_ = false;
  bool expired_ = false;
  std::optional<Window> open_;
  std::vector<Window> windows_;
};

// Every step there is, in order. Changes of the setting count where they share an instant with
// another step; between steps they are in expiresAt().
std::vector<Step> stepsOf(const History& history, const Place& place,
                          std::span<const SettingChange> settings, Sequence as_of) {
  std::vector<Step> steps;
  steps.reserve(history.size() + place.lives.size() * 2);
  for (const HistoryEntry& entry : history) {
    steps.push_back({.sequence = entry.sequence, .time = entry.time, .entry = &entry});
  }
  for (const ProjectLife* life : place.lives) {
    if (life->created > as_of) continue;
    steps.push_back({.sequence = life->created, .time = life->created_at, .created = life});
    if (life->deleted && *life->deleted <= as_of) {
      steps.push_back({.sequence = *life->deleted, .time = life->deleted_at, .deleted = life});
    }
  }
  const auto by_sequence = [](const Step& step) { return step.sequence; };
  std::ranges::sort(steps, {}, by_sequence);
  const std::size_t count = steps.size();
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0 && steps[i].time == steps[i - 1].time) continue;
    for (const SettingChange& change : settingsAtInstant(settings, steps[i].time)) {
      steps.push_back({.sequence = change.sequence, .time = change.time, .days = change.days});
    }
  }
  if (steps.size() > count) std::ranges::sort(steps, {}, by_sequence);
  return steps;
}

}  // namespace

std::optional<Place> findPlace(const Catalog& catalog, std::string_view name, Sequence as_of) {
  Place place{.name = std::string(name)};
  if (name == "/" || name == "*") {
    place.always = true;
    place.scope = name == "/" ? Scope::system() : Scope::allProjects();
    return place;
  }
  place.lives = catalog.named(name, as_of);
  if (place.lives.empty()) return std::nullopt;
  return place;
}

std::vector<Window> windowsOf(const History& history, ProjectId home, Capability capability,
                              const Place& place, std::span<const SettingChange> settings,
                              Sequence as_of) {
  return Walk(home, capability, place, settings).run(stepsOf(history, place, settings, as_of));
}

}  // namespace robotledger
