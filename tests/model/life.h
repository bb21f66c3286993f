// One account's life, lived through instant by instant, for the naive model's questions.
//
// Every instant at which anything can change is visited: the times of the events that concern the
// account, and every instant at which it could possibly expire, each issue time plus each number
// of days that ever counted. Between two of them nothing changes.
//
//   Life life(indexOf(events), id, "web");
//   for (auto instant : life.instants()) life.moveTo(instant, [](const AccountState& s, …) {…});
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "tests/model/event.h"

namespace robotledger::model {

// Events put apart by what they concern. Points into the events it was made of.
struct EventIndex {
  std::map<std::uint64_t, std::vector<const Event*>> of_account;  // by id
  std::map<std::string, std::vector<const Event*>> of_project;    // created and deleted, by name
  std::vector<const Event*> of_setting;                           // the first one too
};
EventIndex indexOf(std::span<const Event> events);

struct AccountState {
  std::uint64_t id = 0;
  std::string account;
  std::string project;  // "" at system level
  bool exists = false;
  bool disabled = false;
  std::string description;
  std::set<Permission> permissions;  // the explicit ones
  Expiry expiry;
  std::int64_t issued_us = 0;
  std::int64_t system_days = 0;
  bool project_lives = false;  // whether a project of the asked name does
  // Where it follows the system setting: the first instant, since it does, at which it was due.
  std::optional<std::int64_t> expired_since_us;

  // When its days end as things stand, from `issued_us` on; nothing where never.
  std::optional<std::int64_t> endUs() const;
  bool expiredAt(std::int64_t time_us) const;
};

class Life {
 public:
  // Called within an instant: before its events (no event), then after each.
  using Look = std::function<void(const AccountState&, const Event*)>;

  // `project` is the name asked about, "" where none is. The index must outlive the life.
  Life(const EventIndex& index, std::uint64_t id, const std::string& project);

  // Ascending, each once.
  const std::vector<std::int64_t>& instants() const { return instants_; }

  // Goes on to an instant after the one before; none of instants() may be left out.
  void moveTo(std::int64_t time_us, const Look& look);

  // After all events of the instant moved to.
  const AccountState& state() const { return state_; }

 private:
  void collectInstants();
  void apply(const Event& event);

  AccountState state_;
  std::vector<const Event*> facts_;  // in order of sequence
  std::size_t next_ = 0;             // of facts_
  std::vector<std::int64_t> instants_;
};

// When `days` from `issued_us` on end; nothing where that is the year 10000 or later.
std::optional<std::int64_t> endOfDays(std::int64_t issued_us, std::int64_t days);

}  // namespace robotledger::model
