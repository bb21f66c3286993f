#include "projections/windows.h"

#include <algorithm>
#include <limits>

namespace robotledger {
namespace {

constexpr Sequence kAfterAll{std::numeric_limits<std::uint64_t>::max()};

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

WindowFinder::WindowFinder(ProjectId home, Capability capability, const Place& place,
                           std::span<const SettingChange> settings, Sequence as_of)
    : place_(place), settings_(settings), capability_(capability) {
  account_.project = home;
  for (const ProjectLife* life : place.lives) {
    if (life->created > as_of) continue;
    steps_.push_back({life->created, life->created_at, life->id, true});
    if (life->deleted && *life->deleted <= as_of) {
      steps_.push_back({*life->deleted, life->deleted_at, life->id, false});
    }
  }
  if (place.lives.size() > 1) std::ranges::sort(steps_, {}, &Step::sequence);
}

void WindowFinder::take(const HistoryEntry& entry) {
  takeStepsBefore(entry.sequence);
  moveTo(entry.sequence, entry.time);
  apply(entry);
  see(entry.sequence);
}

std::vector<Window> WindowFinder::finish() {
  takeStepsBefore(kAfterAll);
  endInstant();
  closeByExpiryBefore(std::nullopt);
  if (open_) windows_.push_back(*open_);  // it stays open as things stand
  return std::move(windows_);
}

void WindowFinder::takeStepsBefore(Sequence sequence) {
  for (; next_step_ < steps_.size() && steps_[next_step_].sequence < sequence; ++next_step_) {
    const Step& step = steps_[next_step_];
    moveTo(step.sequence, step.time);
    if (step.comes) {
      living_.push_back(step.project);
    } else {
      std::erase(living_, step.project);
    }
    holds_ = holdsScope();
    see(step.sequence);
  }
}

// To what happens next, which is at the same instant or later.
void WindowFinder::moveTo(Sequence sequence, Instant time) {
  if (now_ != time) {
    endInstant();
    closeByExpiryBefore(time);
    for (; next_setting_ < settings_.size() && settings_[next_setting_].time < time;
         ++next_setting_) {
      days_ = settings_[next_setting_].days;
    }
    now_ = time;
    could_ = can();
  }
  takeSettingsBefore(sequence);
}

// Changes of the setting count where they share an instant with what happens to the account or to a
// project of the place; between such instants they are in expiresAt().
void WindowFinder::takeSettingsBefore(Sequence sequence) {
  for (; next_setting_ < settings_.size(); ++next_setting_) {
    const SettingChange& change = settings_[next_setting_];
    if (change.time != *now_ || change.sequence > sequence) return;
    days_ = change.days;
    see(change.sequence);
  }
}

// Looks at what the event did.
void WindowFinder::see(Sequence sequence) {
  if (!first_) first_ = sequence;
  const bool now = can();
  if (now && !could_) opened_ = sequence;
  if (could_ && !now) closed_ = sequence;
  could_ = now;
}

void WindowFinder::endInstant() {
  if (!now_) return;
  takeSettingsBefore(kAfterAll);
  if (open_ && !could_) close(*now_, closed_ ? ClosedBy(*closed_) : ClosedBy(ByExpiry()));
  if (!open_ && could_) open_ = Window{.from = *now_, .opened_by = opened_ ? *opened_ : *first_};
  if (lives_ && dueAt(*now_, days_)) expired_ = true;
  first_.reset();
  opened_.reset();
  closed_.reset();
}

// Closes the open window where the account expires before `until`; what happens at that instant
// itself is looked at with its events.
void WindowFinder::closeByExpiryBefore(std::optional<Instant> until) {
  if (!lives_ || !end_ || (until && *end_ >= *until)) return;
  expired_ = true;
  if (!open_) return;
  // No event of the account is at that instant, but changes of the setting may be.
  const Instant end = *end_;
  ClosedBy cause = ByExpiry();
  auto change = std::ranges::lower_bound(settings_, end, {}, &SettingChange::time);
  bool could = !dueAt(end, change == settings_.begin() ? 0 : std::prev(change)->days);
  for (; change != settings_.end() && change->time == end; ++change) {
    const bool can = !dueAt(end, change->days);
    if (could && !can) cause = change->sequence;
    could = can;
  }
  close(end, cause);
}

void WindowFinder::apply(const HistoryEntry& entry) {
  switch (entry.kind) {
    case kKindOf<AccountCreated>:
      lives_ = true;
      keepRelevant(entry.permissions);
      account_.permissions = relevant_;
      follow({entry.expiry, entry.issued_at, entry.time});
      break;
    case kKindOf<PermissionsGranted>:
      keepRelevant(entry.permissions);
      if (relevant_.empty()) return;
      addAll(account_.permissions, relevant_);
      break;
    case kKindOf<PermissionsRevoked>:
      keepRelevant(entry.permissions);
      if (relevant_.empty()) return;
      removeAll(account_.permissions, relevant_);
      break;
    case kKindOf<AccountDisabled>: account_.status = AccountStatus::kDisabled; break;
    case kKindOf<AccountEnabled>: account_.status = AccountStatus::kEnabled; break;
    case kKindOf<AccountDeleted>: lives_ = false; break;
    case kKindOf<AccountRenewed>: return follow({account_.terms.expiry, entry.time, entry.time});
    case kKindOf<AccountExpiryChanged>:
      return follow({entry.expiry, account_.terms.issued_at, entry.time});
    default: return;
  }
  holds_ = holdsScope();
}

// Any permission in a scope brings the pull with it; else those for the capability itself matter.
void WindowFinder::keepRelevant(const Permissions& permissions) {
  relevant_.clear();
  for (const Permission& permission : permissions) {
    if (capability_ == kPullImage || permission.capability == capability_) {
      relevant_.push_back(permission);
    }
  }
}

void WindowFinder::follow(const ExpiryTerms& terms) {
  account_.terms = terms;
  end_ = expiresAt(terms, settings_);
  expired_ = false;
}

bool WindowFinder::holdsScope() const {
  if (!lives_ || account_.status == AccountStatus::kDisabled) return false;
  if (place_.always) return grants(account_, place_.scope, capability_);
  const bool everywhere = grants(account_, Scope::allProjects(), capability_);
  return std::ranges::any_of(living_, [&](ProjectId project) {
    return everywhere || grants(account_, Scope::inProject(project), capability_);
  });
}

// Whether the account is expired at `time` where the setting is `days`, if it was not before.
bool WindowFinder::dueAt(Instant time, std::int32_t days) const {
  const Expiry& expiry = account_.terms.expiry;
  if (expiry.kind == Expiry::Kind::kNever) return false;
  const auto end =
      afterDays(account_.terms.issued_at, expiry.kind == Expiry::Kind::kDays ? expiry.count : days);
  return end && *end <= time;
}

void WindowFinder::close(Instant time, ClosedBy cause) {
  open_->until = time;
  open_->closed_by = cause;
  windows_.push_back(*open_);
  open_.reset();
}

}  // namespace robotledger
