#include <algorithm>
#include <map>
#include <utility>

#include "tests/model/scenario.h"

namespace robotledger::model {
namespace {

std::string joined(const std::vector<std::string>& parts, const std::string& separator) {
  std::string text;
  for (const auto& part : parts) text += (text.empty() ? "" : separator) + part;
  return text;
}

// The event as a scenario would write it, in as much detail as `like` has.
std::string printLike(const SeenEvent& event, const std::string& like) {
  std::string text = event.kind;
  if (like.find('#') != std::string::npos) text += "#" + std::to_string(event.account_id);
  if (like.find('(') != std::string::npos) {
    auto permissions = event.permissions;
    std::sort(permissions.begin(), permissions.end());
    return text + "(" + joined(permissions, ",") + ")";
  }
  if (like.find('#') == std::string::npos && like.find(':') != std::string::npos) {
    text += ":" + event.name;
  }
  return text;
}

class Runner {
 public:
  explicit Runner(Subject& subject) : subject_(subject) {}

  std::vector<std::string> run(const Scenario& scenario) {
    for (const Step& step : scenario.steps) {
      if (step.kind == Step::Kind::kCommand) {
        submit(step);
      } else {
        ask(step);
      }
    }
    return std::move(failures_);
  }

 private:
  void compare(const Step& step, const std::string& expected, const std::string& seen) {
    if (expected == seen) return;
    failures_.push_back("line " + std::to_string(step.line) + ": expected\n    " + expected +
                        "\n  but it was\n    " + seen +
                        (step.json.empty() ? "" : "\n  for " + step.json.substr(0, 400)));
  }

  void submit(const Step& step) {
    SeenOutcome outcome = subject_.submit(step.json, step.now);
    std::vector<std::string> seen;
    switch (outcome.kind) {
      case SeenOutcome::Kind::kBlank: seen = {"blank"}; break;
      case SeenOutcome::Kind::kRefused: seen = {"refused", outcome.refusal}; break;
      case SeenOutcome::Kind::kAccepted:
        for (std::size_t i = 0; i < outcome.events.size(); ++i) {
          seen.push_back(
              printLike(outcome.events[i], i < step.expected.size() ? step.expected[i] : "#:("));
        }
        if (outcome.events.empty()) seen = {"nothing"};
        remember(step.label, outcome.events);
    }
    compare(step, joined(step.expected, " "), joined(seen, " "));
  }

  void remember(const std::string& label, const std::vector<SeenEvent>& events) {
    if (label.empty() || events.empty()) return;
    sequences_[label] = events.back().sequence;
    labels_[events.back().sequence] = label;
    if (events.size() == 1) return;
    for (std::size_t i = 0; i < events.size(); ++i) {
      std::string numbered = label + "." + std::to_string(i + 1);
      sequences_[numbered] = events[i].sequence;
      if (i + 1 < events.size()) labels_[events[i].sequence] = numbered;
    }
  }

  // By its label where its line has one.
  std::string causeOf(const std::string& cause) const {
    bool is_sequence = cause.find_first_not_of("0123456789") == std::string::npos;
    if (!is_sequence || cause.empty()) return cause;
    auto found = labels_.find(std::stoull(cause));
    return found == labels_.end() ? "event " + cause : found->second;
  }

  void ask(const Step& step) {
    AskedQuestion question = step.question;
    if (!step.as_of.empty()) {
      auto found = sequences_.find(step.as_of);
      if (found == sequences_.end()) {
        compare(step, "a label", step.as_of);
        return;
      }
      question.as_of = found->second;
    }
    SeenAnswer answer = subject_.ask(question);
    std::vector<std::string> rows;
    if (!answer.error.empty()) rows.push_back("refused " + answer.error);
    if (answer.error.empty() && answer.accounts.empty()) rows.emplace_back("nobody");
    for (const auto& account : answer.accounts) {
      std::string row = "#" + std::to_string(account.id) + " " + account.account;
      for (const auto& window : account.windows) {
        row += " [" + window.from + " " + window.until + ") " + causeOf(window.opened_by) + ".." +
               causeOf(window.closed_by);
      }
      rows.push_back(row);
    }
    compare(step, joined(step.expected, "\n    "), joined(rows, "\n    "));
  }

  Subject& subject_;
  std::vector<std::string> failures_;
  std::map<std::string, std::uint64_t> sequences_;  // by label
  std::map<std::uint64_t, std::string> labels_;
};

}  // namespace

std::vector<std::string> runScenario(const Scenario& scenario, Subject& subject) {
  return Runner(subject).run(scenario);
}

}  // namespace robotledger::model
