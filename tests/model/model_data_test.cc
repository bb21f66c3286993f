// The model against the history, refusals and questions that lie beside the checkout.
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/model/civil_time.h"
#include "tests/model/naive_ledger.h"
#include "tests/model/questions.h"

namespace robotledger::model {
namespace {

using nlohmann::json;

std::vector<std::string> linesOf(const std::string& file) {
  std::ifstream in(std::filesystem::path(ROBOTLEDGER_SOURCE_DIR) / "../shared/data" / file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

class ModelData : public testing::Test {
 protected:
  void SetUp() override {
    history_ = linesOf("history.jsonl");
    if (history_.empty()) GTEST_SKIP() << "no ../shared/data beside the checkout";
    for (const auto& line : linesOf("refusals.jsonl")) {
      json entry = json::parse(line);
      refusals_[entry["line"].get<std::size_t>()] = entry["refused"].get<std::string>();
    }
  }

  std::vector<std::string> history_;
  std::map<std::size_t, std::string> refusals_;
};

Question questionOf(const json& asked) {
  auto capability = asked["capability"].get<std::string>();
  auto project = asked["project"].get<std::string>();
  auto time = [&](const char* field) { return readTime(asked[field].get<std::string>()).value(); };
  if (asked.contains("at")) return askAt(capability, project, time("at"));
  if (asked.contains("on")) return askOn(capability, project, asked["on"].get<std::string>());
  return askBetween(capability, project, time("from"), time("to"));
}

json answersOf(const Answer& answer) {
  json answers = json::array();
  for (const auto& account : answer.accounts) {
    json windows = json::array();
    for (const auto& window : account.windows) {
      json until;
      if (window.until_us) until = printTime(*window.until_us);
      windows.push_back({{"from", printTime(window.from_us)}, {"until", until}});
    }
    answers.push_back({{"id", account.id}, {"account", account.account}, {"windows", windows}});
  }
  return answers;
}

TEST_F(ModelData, RefusesExactlyTheLinesThatAreListedAndAnswersEveryQuestionAsListed) {
  NaiveLedger ledger;
  ledger.beginImport();
  for (std::size_t i = 0; i < history_.size(); ++i) {
    LineOutcome outcome = ledger.submit(history_[i], i + 1, kYear10000Us - 1);
    auto listed = refusals_.find(i + 1);
    EXPECT_EQ(outcome.refusal, listed == refusals_.end() ? "" : listed->second)
        << "line " << i + 1 << ": " << history_[i];
  }
  auto questions = linesOf("questions.jsonl");
  ASSERT_FALSE(questions.empty());
  for (const auto& line : questions) {
    json entry = json::parse(line);
    Answer answer = whoCould(ledger.events(), questionOf(entry["question"]), kNewest);
    EXPECT_EQ(answer.error, "");
    EXPECT_EQ(answersOf(answer), entry["answers"]) << entry["question"];
  }
}

}  // namespace
}  // namespace robotledger::model
