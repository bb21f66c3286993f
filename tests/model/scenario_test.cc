// Every scenario through the naive model.
#include "tests/model/scenario.h"

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "tests/model/civil_time.h"
#include "tests/model/naive_ledger.h"
#include "tests/model/questions.h"

namespace robotledger::model {
namespace {

class ModelSubject : public Subject {
 public:
  SeenOutcome submit(const std::string& line, const std::string& now) override {
    LineOutcome outcome = ledger_.submit(line, ++line_number_, readTime(now).value());
    SeenOutcome seen;
    seen.refusal = outcome.refusal;
    if (outcome.kind == LineOutcome::Kind::kAccepted) seen.kind = SeenOutcome::Kind::kAccepted;
    if (outcome.kind == LineOutcome::Kind::kRefused) seen.kind = SeenOutcome::Kind::kRefused;
    for (const Event& event : outcome.events) {
      SeenEvent one{event.sequence, event.kind, event.account_id, event.operator_name, {}};
      if (one.name.empty()) one.name = event.project;
      for (const auto& permission : event.permissions) {
        one.permissions.push_back(permission.scope + "/" + permission.capability);
      }
      seen.events.push_back(one);
    }
    return seen;
  }

  SeenAnswer ask(const AskedQuestion& asked) override {
    auto time = [](const std::optional<std::string>& text) { return readTime(*text).value(); };
    Question question;
    if (asked.at) question = askAt(asked.capability, asked.project, time(asked.at));
    if (asked.on) question = askOn(asked.capability, asked.project, *asked.on);
    if (asked.from) {
      question = askBetween(asked.capability, asked.project, time(asked.from), time(asked.to));
    }
    Answer answer = whoCould(ledger_.events(), question, asked.as_of.value_or(kNewest));
    SeenAnswer seen{answer.error, {}};
    for (const auto& account : answer.accounts) {
      SeenAccount row{account.id, account.account, {}};
      for (const Window& window : account.windows) {
        row.windows.push_back({printTime(window.from_us),
                               window.until_us ? printTime(*window.until_us) : "never",
                               printCause(window.opened_by), printCause(window.closed_by)});
      }
      seen.accounts.push_back(row);
    }
    return seen;
  }

 private:
  NaiveLedger ledger_;
  std::uint64_t line_number_ = 0;
};

std::filesystem::path folder() {
  return std::filesystem::path(ROBOTLEDGER_SOURCE_DIR) / "tests/scenarios";
}

TEST(Scenarios, ComeOutAsWrittenInTheModel) {
  std::size_t steps = 0;
  std::set<std::string> codes;
  for (const auto& entry : std::filesystem::directory_iterator(folder())) {
    if (entry.path().extension() != ".txt") continue;
    std::ostringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    ParsedScenarios parsed = parseScenarios(text.str());
    for (const auto& error : parsed.errors) ADD_FAILURE() << entry.path() << ", " << error;
    for (const Scenario& scenario : parsed.scenarios) {
      ModelSubject fresh;
      for (const auto& failure : runScenario(scenario, fresh)) {
        ADD_FAILURE() << entry.path() << ", " << scenario.title << "\n" << failure;
      }
      steps += scenario.steps.size();
      for (const Step& step : scenario.steps) {
        if (step.expected.size() == 2 && step.expected[0] == "refused") {
          codes.insert(step.expected[1]);
        }
      }
    }
  }
  EXPECT_GT(steps, 300U);
  EXPECT_EQ(codes.size(), 22U) << "every refusal code is in some scenario";
}

TEST(ScenarioRunner, SaysWhereAScenarioIsWrong) {
  ParsedScenarios parsed = parseScenarios(
      "scenario A wrong one\n"
      "2025-01-01T00:00:00Z admin create_project project=web -> ProjectCreated:api\n"
      "? push-image web at=2025-01-01T00:00:00Z\n"
      "= #1 robot$s [2025-01-01T00:00:00Z never) a..null\n");
  ASSERT_TRUE(parsed.errors.empty());
  ModelSubject fresh;
  EXPECT_EQ(runScenario(parsed.scenarios.at(0), fresh).size(), 2U);
  EXPECT_EQ(parseScenarios("scenario S\nno arrow\n= row\n").errors.size(), 2U);
}

}  // namespace
}  // namespace robotledger::model
