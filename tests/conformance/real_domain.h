// The real domain under the tests that compare it with the naive model: lines of a history go
// through parseLine, decide and State::apply, in memory, and come out as the model's events.
//
//   RealDomain domain;
//   domain.beginImport();
//   model::LineOutcome outcome = domain.submit(line, 1, now);      // to compare with the model's
//
// Events that the state does not take fail the test. One thread.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/domain/decide.h"
#include "tests/model/naive_ledger.h"
#include "tests/model/scenario.h"

namespace robotledger {

// Whether the state stays in memory or is saved and opened again after every line.
enum class Restarts { kNone, kAfterEveryLine };

class RealDomain {
 public:
  explicit RealDomain(Restarts restarts = Restarts::kNone);

  // From here on the lines are of an import: HistoryImported is written just before the first event
  // that is accepted, with the time of the last event before it.
  void beginImport() { import_pending_ = true; }

  model::LineOutcome submit(std::string_view line, std::uint64_t line_number, Instant now);

  const State& state() const { return state_; }
  const std::vector<Event>& events() const { return events_; }
  // Of the last refused line, for a person.
  const std::string& lastMessage() const { return last_message_; }

 private:
  void append(const Context& context, Instant time, EventBody body);
  model::Event asModelEvent(const Event& event) const;
  template <class E>
  void takeFields(model::Event& out, const E& e) const;
  void nameAccount(model::Event& out, AccountId id) const;
  std::set<model::Permission> named(const Permissions& permissions) const;

  const Restarts restarts_;
  State state_;
  std::vector<Event> events_;
  bool import_pending_ = false;
  std::string last_message_;

  // Of all that ever were.
  struct NamedAccount {
    std::string qualified_name;
    std::string project;
  };
  std::map<ProjectId, std::string> projects_;
  std::map<AccountId, NamedAccount> accounts_;
};

// Scenarios' commands through the real domain. What it answers is a subclass's affair: events() has
// what projections are made of.
class DomainSubject : public model::Subject {
 public:
  model::SeenOutcome submit(const std::string& line, const std::string& now) override;

  const RealDomain& domain() const { return domain_; }

 private:
  RealDomain domain_;
  std::uint64_t line_number_ = 0;
};

// All that two events can differ in, on one line.
std::string printEvent(const model::Event& event);
std::string printOutcome(const model::LineOutcome& outcome);

}  // namespace robotledger
