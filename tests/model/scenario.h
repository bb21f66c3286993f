// Rules tested as text: reads tests/scenarios/*.txt (the format is in the README there) and runs
// them through anything that takes history lines and answers questions. Knows no rules itself.
//
//   class MySubject : public Subject { … };
//   for (const Scenario& scenario : parseScenarios(text).scenarios) {
//     MySubject fresh;
//     for (const auto& failure : runScenario(scenario, fresh)) ADD_FAILURE() << failure;
//   }
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace robotledger::model {

// What a line became, as far as scenarios look.
struct SeenEvent {
  std::uint64_t sequence = 0;
  std::string kind;                      // "AccountCreated"
  std::uint64_t account_id = 0;          // 0 where the event is of no account
  std::string name;                      // of the operator, or else the project, of an event that
                                         // is of no account; may be empty
  std::vector<std::string> permissions;  // "SCOPE/resource:action", in any order
};
struct SeenOutcome {
  enum class Kind { kBlank, kAccepted, kRefused };
  Kind kind = Kind::kBlank;
  std::vector<SeenEvent> events;  // of an accepted line, in order, without HistoryImported
  std::string refusal;            // a code, "malformed_line" among them
};

// Times are texts as in the scenario: exactly one of at, on and (from, to) is there.
struct AskedQuestion {
  std::string capability;
  std::string project;
  std::optional<std::string> at;
  std::optional<std::string> on;  // a date of UTC
  std::optional<std::string> from;
  std::optional<std::string> to;
  std::optional<std::uint64_t> as_of;  // the newest event where absent
};
struct SeenWindow {
  std::string from;       // RFC 3339 with Z
  std::string until;      // the same, or "never"
  std::string opened_by;  // a sequence
  std::string closed_by;  // a sequence, "expiry" or "null"
};
struct SeenAccount {
  std::uint64_t id = 0;
  std::string account;  // qualified name
  std::vector<SeenWindow> windows;
};
struct SeenAnswer {
  std::string error;  // "unknown_project", or empty
  std::vector<SeenAccount> accounts;
};

// A ledger under test, fresh for every scenario.
class Subject {
 public:
  Subject() = default;
  Subject(const Subject&) = delete;
  Subject& operator=(const Subject&) = delete;
  virtual ~Subject() = default;
  // One line of a history file; `now` (RFC 3339) is the clock that `invalid_time` is judged by.
  virtual SeenOutcome submit(const std::string& line, const std::string& now) = 0;
  virtual SeenAnswer ask(const AskedQuestion& question) = 0;
};

struct Step {
  enum class Kind { kCommand, kQuestion };
  Kind kind = Kind::kCommand;
  std::size_t line = 0;  // of the scenario file
  std::string label;     // by which windows name the line's events; may be empty
  std::string json;      // of a command: the history line
  std::string now;
  AskedQuestion question;             // of a question, but for as_of
  std::string as_of;                  // a label, or empty
  std::vector<std::string> expected;  // of a command: tokens; of a question: rows
};
struct Scenario {
  std::string title;
  std::size_t line = 0;
  std::vector<Step> steps;
};
struct ParsedScenarios {
  std::vector<Scenario> scenarios;
  std::vector<std::string> errors;  // what in the text could not be read, with its line
};
ParsedScenarios parseScenarios(std::string_view text);

// What did not come as expected, a text each, with the line of the file; empty where all did.
std::vector<std::string> runScenario(const Scenario& scenario, Subject& subject);

}  // namespace robotledger::model
