// The rules of the ledger written down a second time, naively, to check the real ones against.
// Takes the lines of a history file and says what each became. Shares no code with core/.
//
//   NaiveLedger ledger;
//   ledger.beginImport();
//   LineOutcome outcome = ledger.submit(line, 1, now_us);
//   if (outcome.kind == LineOutcome::Kind::kRefused) … outcome.refusal == "no_change" …
//   auto answer = whoCould(ledger.events(), …);      // questions.h
//
// Event 0 is LedgerInitialized, at 1970-01-01T00:00:00Z. Not thread-safe; no function fails.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "tests/model/command.h"
#include "tests/model/event.h"

namespace robotledger::model {

struct LineOutcome {
  enum class Kind { kBlank, kAccepted, kRefused };
  Kind kind = Kind::kBlank;
  // Of an accepted line, without HistoryImported; none where an update found nothing to change.
  std::vector<Event> events;
  std::string refusal;  // the code of a refused one, "malformed_line" among them
};

class NaiveLedger {
 public:
  NaiveLedger();

  // From here on the lines are of an import: before the first that is accepted HistoryImported is
  // written, with the time of the last event before it. An import of which no line is accepted
  // writes nothing. Never called, the lines are commands to the living ledger.
  void beginImport() { import_pending_ = true; }

  // One line, without its newline. `line_number` is only recorded in the events. A time after
  // `now_us` is `invalid_time`.
  LineOutcome submit(std::string_view line, std::uint64_t line_number, std::int64_t now_us);

  // All that was accepted; the index is the sequence.
  const std::vector<Event>& events() const { return events_; }

 private:
  struct Account {
    std::uint64_t id = 0;
    std::string project;  // "" at system level
    std::set<Permission> permissions;
    Expiry expiry;
    std::string description;
    bool disabled = false;
  };
  // A role and the project it is of, "" for the others.
  using Role = std::pair<std::string, std::string>;
  // What a command becomes: events, or the code of its refusal.
  using Decision = std::variant<std::vector<Event>, std::string>;
  // The code of a refusal, empty where there is none.
  using Check = std::string;

  // decide.cc: one function a verb, each in the order objects, values, state.
  Decision decide(const Command& command, std::int64_t now_us) const;
  Decision createProject(const Command& command) const;
  Decision deleteProject(const Command& command) const;
  Decision addOperator(const Command& command) const;
  Decision removeOperator(const Command& command) const;
  Decision grantRole(const Command& command) const;
  Decision revokeRole(const Command& command) const;
  Decision setSystemExpiry(const Command& command) const;
  Decision createAccount(const Command& command) const;
  Decision grant(const Command& command) const;
  Decision revoke(const Command& command) const;
  Decision setExpiry(const Command& command) const;
  Decision describe(const Command& command) const;
  Decision actOnAccount(const Command& command) const;
  Decision update(const Command& command) const;
  Decision recordClaim(const Command& command) const;

  Check checkActor(const Command& command) const;
  Check checkRoleCommand(const Command& command) const;
  Check checkPermissions(const Command& command, const std::string& project,
                         std::set<Permission>& permissions) const;
  bool isLastSystemAdmin(const std::string& name) const;
  // What differs between what the account has and what it is to have.
  std::vector<Event> permissionChanges(const Command& command,
                                       const std::set<Permission>& asked) const;
  Event eventOf(std::string_view kind, const std::string& account) const;

  void apply(const Event& event);
  void append(Event event);

  std::vector<Event> events_;
  bool import_pending_ = false;

  // The state after all events. Only the living are here.
  std::map<std::string, std::uint64_t> projects_;    // by name
  std::map<std::string, Account> accounts_;          // by qualified name
  std::map<std::string, std::set<Role>> operators_;  // by name
  std::int64_t system_days_ = 0;
  std::uint64_t last_account_id_ = 0;
  std::uint64_t last_project_id_ = 0;
};

// All that the claim says.
std::string printClaim(const Claim& claim);

// "robot$PROJECT+NAME", or "robot$NAME" for an empty project.
std::string qualifiedName(const std::string& project, const std::string& name);

}  // namespace robotledger::model
