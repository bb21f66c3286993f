#include "tests/model/random_history.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "tests/model/civil_time.h"
#include "tests/model/life.h"
#include "tests/model/naive_ledger.h"
#include "tests/model/random_line.h"
#include "tests/model/random_source.h"

namespace robotledger::model {
namespace {

constexpr std::int64_t kStartUs = kRandomNowUs - 365 * kDayUs;

// Writes lines one by one and follows, through a model, what became of them.
class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_(seed), time_us_(kStartUs) {
    ledger_.beginImport();
    known_.operators = {"admin"};
    known_.system_admins = {"admin"};
  }

  std::string next() {
    if (random_.chance(1)) return random_.chance(50) ? "" : " \t";
    std::int64_t at_us = nextTime();
    std::string line = randomLine(random_, known_, at_us);
    LineOutcome outcome = ledger_.submit(line, 0, kRandomNowUs);
    for (const Event& event : outcome.events) {
      time_us_ = event.time_us;
      follow(event);
    }
    return line;
  }

 private:
  // Mostly the same instant again or the exact instant of some coming expiry.
  std::int64_t nextTime() {
    std::uint64_t dice = random_.below(100);
    if (dice < 2) return time_us_ - random_.between(1, kDayUs);
    if (dice < 3) return kRandomNowUs + random_.between(1, 2);
    if (dice < 45) return time_us_;
    if (dice < 75) {
      auto coming = comingExpiry();
      if (coming > time_us_) return coming + random_.pick<std::int64_t>({0, 0, 0, 0, 1, -1});
    }
    if (dice < 85) return time_us_ + random_.between(1, 3);
    // Whole hours meet each other's expiries more often than any odd times.
    if (dice < 95) return (time_us_ / kHourUs + random_.between(1, 16)) * kHourUs;
    return time_us_ + random_.between(1, kDayUs / 2);
  }

  // One of the next few instants at which an account might expire; 0 where there is none.
  std::int64_t comingExpiry() {
    std::set<std::int64_t> ends;
    for (std::int64_t issued_us : issued_) {
      for (std::int64_t days = 1; days <= 4; ++days) {
        std::int64_t end_us = issued_us + days * kDayUs;
        if (end_us > time_us_) ends.insert(end_us);
      }
    }
    if (ends.empty()) return 0;
    auto end = ends.begin();
    std::advance(end, random_.below(std::min<std::size_t>(3, ends.size())));
    return *end;
  }

  void follow(const Event& event) {
    if (event.kind == "ProjectCreated") known_.projects.insert(event.project);
    if (event.kind == "ProjectDeleted") known_.projects.erase(event.project);
    if (event.kind == "AccountCreated") known_.accounts[event.account] = event.permissions;
    if (event.kind == "AccountDeleted") known_.accounts.erase(event.account);
    if (event.kind == "AccountDisabled") known_.disabled.insert(event.account);
    if (event.kind == "AccountEnabled" || event.kind == "AccountDeleted") {
      known_.disabled.erase(event.account);
    }
    if (event.kind == "PermissionsGranted") {
      known_.accounts[event.account].insert(event.permissions.begin(), event.permissions.end());
    }
    if (event.kind == "PermissionsRevoked") {
      for (const auto& gone : event.permissions) known_.accounts[event.account].erase(gone);
    }
    if (event.kind == "AccountCreated") issued_.push_back(event.issued_us);
    if (event.kind == "AccountRenewed") issued_.push_back(event.time_us);
    if (event.kind == "AccountCreated" || event.kind == "AccountExpiryChanged") {
      known_.expiries[event.account] = event.expiry;
    }
    if (event.kind == "SystemExpiryChanged") known_.system_days = event.days;
    if (event.kind == "OperatorAdded") known_.operators.insert(event.operator_name);
    if (event.kind == "OperatorRemoved") known_.operators.erase(event.operator_name);
    if (event.kind == "RoleGranted" && event.role == "system_admin") {
      known_.system_admins.insert(event.operator_name);
    }
    if (event.kind == "OperatorRemoved" ||
        (event.kind == "RoleRevoked" && event.role == "system_admin")) {
      known_.system_admins.erase(event.operator_name);
    }
  }

  static constexpr std::int64_t kHourUs = 3600 * kSecondUs;

  RandomSource random_;
  NaiveLedger ledger_;
  Known known_;
  std::int64_t time_us_;
  std::vector<std::int64_t> issued_;
};

}  // namespace

std::vector<std::string> randomHistory(std::uint64_t seed, std::size_t line_count) {
  Generator generator(seed);
  std::vector<std::string> lines;
  while (lines.size() < line_count) lines.push_back(generator.next());
  return lines;
}

std::vector<std::int64_t> instantsOf(std::span<const Event> events) {
  EventIndex index = indexOf(events);
  std::set<std::int64_t> instants;
  for (const Event& event : events) instants.insert(event.time_us);
  for (const auto& [id, facts] : index.of_account) {
    Life life(index, id, "");
    instants.insert(life.instants().begin(), life.instants().end());
  }
  return {instants.begin(), instants.end()};
}

std::vector<RandomQuestion> randomQuestions(std::uint64_t seed, std::span<const Event> events,
                                            std::size_t count) {
  static const std::vector<std::string> kCapabilities{
      "push-image", "push-image",     "pull-image", "repository:pull", "pull-image",
      "push-chart", "project:create", "tag:list",   "robot:delete"};
  RandomSource random(seed);
  std::vector<std::int64_t> instants = instantsOf(events);
  auto instant = [&] {
    std::int64_t beside_us = random.between(-1, 1);
    return random.pick(instants) + beside_us;
  };
  std::vector<RandomQuestion> questions;
  while (questions.size() < count) {
    RandomQuestion asked;
    std::string capability = random.pick(kCapabilities);
    std::string project =
        random.chance(3) ? "nowhere" : random.pick<std::string>({"web", "api", "x.y", "/"});
    switch (random.below(3)) {
      case 0: asked.question = askAt(capability, project, instant()); break;
      case 1: {
        std::string date = printTime(instant()).substr(0, 10);
        asked.question = askOn(capability, project, date);
        break;
      }
      default: {
        auto [from_us, until_us] = std::minmax({instant(), instant()});
        asked.question = askBetween(capability, project, from_us, std::max(until_us, from_us + 1));
      }
    }
    if (random.chance(40)) asked.as_of = random.below(events.size());
    questions.push_back(asked);
  }
  return questions;
}

}  // namespace robotledger::model
