#include "tests/model/life.h"

#include <algorithm>

#include "tests/model/civil_time.h"

namespace robotledger::model {

EventIndex indexOf(std::span<const Event> events) {
  EventIndex index;
  for (const Event& event : events) {
    if (event.account_id != 0) {
      index.of_account[event.account_id].push_back(&event);
    } else if (event.kind == "ProjectCreated" || event.kind == "ProjectDeleted") {
      index.of_project[event.project].push_back(&event);
    } else if (event.kind == "LedgerInitialized" || event.kind == "SystemExpiryChanged") {
      index.of_setting.push_back(&event);
    }
  }
  return index;
}

std::optional<std::int64_t> endOfDays(std::int64_t issued_us, std::int64_t days) {
  if (days > (kYear10000Us - issued_us) / kDayUs) return std::nullopt;
  std::int64_t end_us = issued_us + days * kDayUs;
  if (end_us >= kYear10000Us) return std::nullopt;
  return end_us;
}

std::optional<std::int64_t> AccountState::endUs() const {
  if (expiry.kind == Expiry::Kind::kNever) return std::nullopt;
  return endOfDays(issued_us, expiry.kind == Expiry::Kind::kDays ? expiry.days : system_days);
}

bool AccountState::expiredAt(std::int64_t time_us) const {
  if (expired_since_us) return true;
  auto end_us = endUs();
  return end_us && time_us >= *end_us;
}

Life::Life(const EventIndex& index, std::uint64_t id, const std::string& project) {
  auto take = [this](const auto& events_by_key, const auto& key) {
    auto found = events_by_key.find(key);
    if (found == events_by_key.end()) return;
    facts_.insert(facts_.end(), found->second.begin(), found->second.end());
  };
  take(index.of_account, id);
  take(index.of_project, project);
  facts_.insert(facts_.end(), index.of_setting.begin(), index.of_setting.end());
  std::sort(facts_.begin(), facts_.end(),
            [](const Event* a, const Event* b) { return a->sequence < b->sequence; });
  collectInstants();
}

void Life::collectInstants() {
  std::set<std::int64_t> issued;
  std::set<std::int64_t> days;
  bool ever_follows = false;
  for (const Event* fact : facts_) {
    if (fact->kind == "AccountCreated") issued.insert(fact->issued_us);
    if (fact->kind == "AccountRenewed") issued.insert(fact->time_us);
    if (fact->kind == "AccountCreated" || fact->kind == "AccountExpiryChanged") {
      if (fact->expiry.kind == Expiry::Kind::kDays) days.insert(fact->expiry.days);
      if (fact->expiry.kind == Expiry::Kind::kSystem) ever_follows = true;
    }
    instants_.push_back(fact->time_us);
  }
  for (const Event* fact : facts_) {
    if (fact->days != 0 && ever_follows) days.insert(fact->days);
  }
  for (std::int64_t issued_us : issued) {
    for (std::int64_t day_count : days) {
      if (auto end_us = endOfDays(issued_us, day_count)) instants_.push_back(*end_us);
    }
  }
  std::sort(instants_.begin(), instants_.end());
  instants_.erase(std::unique(instants_.begin(), instants_.end()), instants_.end());
}

void Life::moveTo(std::int64_t time_us, const Look& look) {
  look(state_, nullptr);
  for (; next_ < facts_.size() && facts_[next_]->time_us <= time_us; ++next_) {
    apply(*facts_[next_]);
    look(state_, facts_[next_]);
  }
  // The setting of an instant is the one after all its events: only now may it be held against
  // the account for good.
  if (state_.exists && state_.expiry.kind == Expiry::Kind::kSystem && state_.expiredAt(time_us) &&
      !state_.expired_since_us) {
    state_.expired_since_us = time_us;
  }
}

void Life::apply(const Event& event) {
  const std::string& kind = event.kind;
  if (kind == "LedgerInitialized" || kind == "SystemExpiryChanged") {
    state_.system_days = event.days;
  } else if (kind == "ProjectCreated") {
    state_.project_lives = true;
  } else if (kind == "ProjectDeleted") {
    state_.project_lives = false;
  } else if (kind == "AccountCreated") {
    state_.id = event.account_id;
    state_.account = event.account;
    state_.project = event.project;
    state_.exists = true;
    state_.description = event.description;
    state_.permissions = event.permissions;
    state_.expiry = event.expiry;
    state_.issued_us = event.issued_us;
  } else if (kind == "AccountDeleted") {
    state_.exists = false;
  } else if (kind == "AccountDisabled") {
    state_.disabled = true;
  } else if (kind == "AccountEnabled") {
    state_.disabled = false;
  } else if (kind == "AccountDescribed") {
    state_.description = event.description;
  } else if (kind == "AccountRenewed") {
    state_.issued_us = event.time_us;
    state_.expired_since_us.reset();
  } else if (kind == "AccountExpiryChanged") {
    state_.expiry = event.expiry;
    state_.expired_since_us.reset();
  } else if (kind == "PermissionsGranted") {
    state_.permissions.insert(event.permissions.begin(), event.permissions.end());
  } else if (kind == "PermissionsRevoked") {
    for (const auto& permission : event.permissions) state_.permissions.erase(permission);
  }
  // SecretIssued and ClaimRecorded change nothing that can be asked here.
}

}  // namespace robotledger::model
