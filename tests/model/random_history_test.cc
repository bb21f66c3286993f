// The generator is as nasty as it says, and the model's answers are what the definition says,
// evaluated once more from nothing for single instants.
#include "tests/model/random_history.h"

#include <algorithm>
#include <iostream>
#include <map>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/model/civil_time.h"
#include "tests/model/naive_ledger.h"
#include "tests/model/questions.h"
#include "tests/model/vocabulary.h"

namespace robotledger::model {
namespace {

std::vector<Event> eventsOf(const std::vector<std::string>& lines) {
  NaiveLedger ledger;
  ledger.beginImport();
  for (std::size_t i = 0; i < lines.size(); ++i) ledger.submit(lines[i], i + 1, kRandomNowUs);
  return ledger.events();
}

TEST(RandomHistory, MeetsEveryRefusalAndEveryEventAndIsMostlyAccepted) {
  std::map<std::string, int> codes;
  std::map<std::string, int> kinds;
  std::size_t accepted = 0;
  std::size_t refused = 0;
  std::size_t at_one_instant = 0;
  int updates_of_none = 0;
  int updates_of_many_events = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    NaiveLedger ledger;
    ledger.beginImport();
    for (const auto& line : randomHistory(seed, 200)) {
      std::int64_t before_us = ledger.events().back().time_us;
      LineOutcome outcome = ledger.submit(line, 1, kRandomNowUs);
      if (outcome.kind == LineOutcome::Kind::kAccepted) {
        ++accepted;
        const bool update = line.find(R"("do":"update")") != std::string::npos;
        if (update && outcome.events.empty()) ++updates_of_none;
        if (update && outcome.events.size() > 1) ++updates_of_many_events;
        if (!outcome.events.empty() && outcome.events[0].time_us == before_us) ++at_one_instant;
      }
      if (outcome.kind == LineOutcome::Kind::kRefused) {
        ++refused;
        ++codes[outcome.refusal];
      }
    }
    for (const Event& event : ledger.events()) ++kinds[event.kind];
  }
  std::vector<std::string> seen;
  for (const auto& [code, count] : codes) seen.push_back(code);
  EXPECT_THAT(
      seen, testing::UnorderedElementsAre(
                "malformed_line", "time_goes_back", "invalid_time", "unknown_operator", "forbidden",
                "unknown_project", "unknown_account", "invalid_name", "invalid_description",
                "invalid_reason", "invalid_days", "invalid_role", "invalid_permission",
                "scope_not_allowed", "permissions_required", "project_exists", "account_exists",
                "operator_exists", "pull_is_always_granted", "last_system_admin", "no_change",
                "invalid_claim"));
  EXPECT_EQ(kinds.size(), 20U);
  EXPECT_GT(updates_of_many_events, 100);
  EXPECT_GT(updates_of_none, 100);
  EXPECT_GT(accepted, 2 * refused);
  EXPECT_GT(at_one_instant * 4, accepted);
  for (const auto& [code, count] : codes) RecordProperty(code, count);
  RecordProperty("accepted", static_cast<int>(accepted));
}

TEST(RandomHistory, IsTheSameForTheSameSeed) {
  EXPECT_EQ(randomHistory(7, 100), randomHistory(7, 100));
  EXPECT_NE(randomHistory(7, 100), randomHistory(8, 100));
}

// The definition, for one account at one instant, from the whole log and nothing else.
class Definition {
 public:
  Definition(std::span<const Event> events, std::uint64_t as_of) : as_of_(as_of) {
    for (const Event& event : events) {
      if (event.sequence <= as_of) log_.push_back(event);
    }
    instants_ = instantsOf(log_);
  }

  bool could(std::uint64_t id, const std::string& capability, const std::string& project,
             std::int64_t time_us) const {
    bool exists = false;
    bool disabled = false;
    bool project_lives = project == "/";
    std::string home;
    std::set<Permission> explicit_ones;
    for (const Event& event : log_) {
      if (event.time_us > time_us) break;
      if (event.project == project && event.kind == "ProjectCreated") project_lives = true;
      if (event.project == project && event.kind == "ProjectDeleted") project_lives = false;
      if (event.account_id != id) continue;
      if (event.kind == "AccountCreated") {
        exists = true;
        home = event.project;
        explicit_ones = event.permissions;
      }
      if (event.kind == "AccountDeleted") exists = false;
      if (event.kind == "AccountDisabled") disabled = true;
      if (event.kind == "AccountEnabled") disabled = false;
      if (event.kind == "PermissionsGranted") explicit_ones.merge(std::set(event.permissions));
      if (event.kind == "PermissionsRevoked") {
        for (const auto& gone : event.permissions) explicit_ones.erase(gone);
      }
    }
    if (!project_lives || !exists || disabled || expired(id, time_us)) return false;
    if (project != "/" && capability == "repository:pull" && home == project) return true;
    return std::any_of(explicit_ones.begin(), explicit_ones.end(), [&](const Permission& one) {
      bool holds_it = one.scope == project || (one.scope == "*" && project != "/");
      bool grants_it =
          one.capability == capability || (capability == "repository:pull" && one.scope != "/");
      return holds_it && grants_it;
    });
  }

 private:
  // p(t)
  std::int64_t settingAt(std::int64_t time_us) const {
    std::int64_t days = 0;
    for (const Event& event : log_) {
      if (event.time_us > time_us) break;
      if (event.days != 0) days = event.days;
    }
    return days;
  }

  bool expired(std::uint64_t id, std::int64_t time_us) const {
    Expiry expiry;
    std::int64_t issued_us = 0;
    std::int64_t follows_since_us = 0;
    for (const Event& event : log_) {
      if (event.time_us > time_us) break;
      if (event.account_id != id) continue;
      bool created = event.kind == "AccountCreated";
      bool renewed = event.kind == "AccountRenewed";
      bool changed = event.kind == "AccountExpiryChanged";
      if (created || changed) expiry = event.expiry;
      if (created) issued_us = event.issued_us;
      if (renewed) issued_us = event.time_us;
      if (created || renewed || changed) follows_since_us = event.time_us;
    }
    if (expiry.kind == Expiry::Kind::kNever) return false;
    if (expiry.kind == Expiry::Kind::kDays) return isOver(issued_us, expiry.days, time_us);
    if (isOver(issued_us, settingAt(time_us), time_us)) return true;
    return std::any_of(instants_.begin(), instants_.end(), [&](std::int64_t t) {
      return t >= follows_since_us && t <= time_us && isOver(issued_us, settingAt(t), t);
    });
  }

  static bool isOver(std::int64_t issued_us, std::int64_t days, std::int64_t time_us) {
    return (time_us - issued_us) / kDayUs >= days;  // never of the year 10000 in these tests
  }

  std::uint64_t as_of_;
  std::vector<Event> log_;
  std::vector<std::int64_t> instants_;
};

TEST(WhoCould, SaysForEveryInstantWhatTheDefinitionSays) {
  int windows_seen = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    std::vector<Event> events = eventsOf(randomHistory(seed, 120));
    for (const RandomQuestion& asked : randomQuestions(seed, events, 3)) {
      Question always = asked.question;
      always.from_us = 0;
      always.until_us = kYear10000Us;
      Answer answer = whoCould(events, always, asked.as_of);
      Definition definition(events, asked.as_of);
      std::uint64_t last_id = 0;
      for (const Event& event : events) last_id = std::max(last_id, event.account_id);
      std::set<std::int64_t> probes;
      for (std::int64_t t : instantsOf(events)) probes.insert({t - 1, t, t + 1});
      for (std::uint64_t id = 1; id <= last_id; ++id) {
        auto found = std::find_if(answer.accounts.begin(), answer.accounts.end(),
                                  [&](const auto& account) { return account.id == id; });
        for (std::int64_t t : probes) {
          bool in_window = false;
          if (found != answer.accounts.end()) {
            for (const Window& window : found->windows) {
              in_window |= window.from_us <= t && (!window.until_us || t < *window.until_us);
            }
          }
          if (answer.error.empty()) {
            ASSERT_EQ(in_window,
                      definition.could(id, capabilityOf(always.capability), always.project, t))
                << "seed " << seed << ", account " << id << " at " << printTime(t);
          }
        }
      }
      for (const auto& account : answer.accounts) {
        windows_seen += static_cast<int>(account.windows.size());
      }
    }
  }
  EXPECT_GT(windows_seen, 300);
}

TEST(WhoCould, GivesWindowsThatAreApartAndNotEmptyAndOpenedAndClosedAtTheirEnds) {
  int windows_closed_by_expiry = 0;
  int windows_closed_by_event = 0;
  for (std::uint64_t seed = 100; seed <= 200; ++seed) {
    std::vector<Event> events = eventsOf(randomHistory(seed, 200));
    for (const RandomQuestion& asked : randomQuestions(seed, events, 20)) {
      for (const auto& account : whoCould(events, asked.question, asked.as_of).accounts) {
        std::optional<std::int64_t> last_end_us = std::numeric_limits<std::int64_t>::min();
        for (const Window& window : account.windows) {
          ASSERT_TRUE(last_end_us && window.from_us > *last_end_us);
          ASSERT_EQ(window.opened_by.kind, Cause::Kind::kEvent);
          EXPECT_EQ(events[window.opened_by.sequence].time_us, window.from_us);
          EXPECT_EQ(window.until_us.has_value(), window.closed_by.kind != Cause::Kind::kNone);
          if (window.closed_by.kind == Cause::Kind::kEvent) {
            EXPECT_EQ(events[window.closed_by.sequence].time_us, window.until_us);
            ++windows_closed_by_event;
          }
          if (window.closed_by.kind == Cause::Kind::kExpiry) ++windows_closed_by_expiry;
          if (window.until_us) {
            EXPECT_GT(*window.until_us, window.from_us);
          }
          last_end_us = window.until_us;
        }
      }
    }
  }
  EXPECT_GT(windows_closed_by_expiry, 100);
  EXPECT_GT(windows_closed_by_event, 100);
}

}  // namespace
}  // namespace robotledger::model
