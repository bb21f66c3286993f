#include "api/import/importer.h"

#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "core/base/limits.h"
#include "tests/core/ledger/ledger_testing.h"

namespace robotledger {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// A line at so many seconds after midnight.
std::string line(int second, const std::string& rest, const std::string& actor = "admin") {
  const Instant at{parseInstant("2024-01-01T00:00:00Z")->us + second * kUsPerSecond};
  return R"({"at":")" + formatInstant(at) + R"(","actor":")" + actor + R"(",)" + rest + "}\n";
}

std::string project(int second, const std::string& name) {
  return line(second, R"("do":"create_project","project":")" + name + R"(")");
}

class Importing : public ::testing::Test {
 protected:
  Importing() : ledger_(made_.open()) {
    importer_.actor = "admin";
    importer_.channel = CommandLine{"bob", "", "host"};
    importer_.reason = "moved house";
  }
  ~Importing() override { std::remove(path_.c_str()); }

  void write(const std::string& text) { std::ofstream(path_, std::ios::binary) << text; }

  Result<std::variant<Refusal, ImportSummary>> run(AfterRefusal after_refusal) {
    auto file = inspectHistory(path_);
    if (!file) return file.error();
    request_.file = *file;
    request_.after_refusal = after_refusal;
    const ImportWatch watch{
        .refused =
            [&](const RefusedLine& refused) {
              refused_.push_back(std::to_string(refused.line) + " " +
                                 std::string(refusalName(refused.refusal.code)));
            },
        .done = [&](std::uint64_t done) { done_.push_back(done); }};
    return importHistory(*ledger_, importer_, request_, watch);
  }

  // "3 lines, 2 events, 1 refused", or the refusal's code.
  std::string import(AfterRefusal after_refusal) {
    const auto imported = run(after_refusal);
    if (!imported) return "[" + imported.error().message + "]";
    if (const auto* refused = std::get_if<Refusal>(&*imported)) {
      return std::string(refusalName(refused->code));
    }
    const auto& summary = std::get<ImportSummary>(*imported);
    return std::to_string(summary.lines) + " lines, " + std::to_string(summary.events) +
           " events, " + std::to_string(summary.refusals) + " refused";
  }

  Event eventOf(std::uint64_t sequence) const { return eventAt(*made_.log, sequence); }

  MemoryLedger made_;
  std::unique_ptr<Ledger> ledger_;
  Context importer_;
  ImportRequest request_;
  std::vector<std::string> refused_;
  std::vector<std::uint64_t> done_;
  std::string path_ = ::testing::TempDir() + "import_" + std::to_string(::getpid()) + ".jsonl";
};

TEST_F(Importing, AnnouncesTheFileAndMarksEachEventWithItsLine) {
  const std::string text = project(5, "web") + "\n" + project(6, "data");
  write(text);
  EXPECT_EQ(import(AfterRefusal::kStop), "2 lines, 2 events, 0 refused");
  ASSERT_EQ(made_.size(), 4U);
  const Event announced = eventOf(1);
  EXPECT_EQ(std::get<HistoryImported>(announced.body), (HistoryImported{sha256(text), 1}));
  EXPECT_EQ(announced.actor, "admin");
  EXPECT_EQ(announced.reason, "moved house");
  EXPECT_EQ(announced.channel, importer_.channel);
  EXPECT_EQ(announced.time, Instant{0}) << "the time of the event before it";
  EXPECT_EQ(announced.recorded_at, made_.clock.now());
  EXPECT_EQ(eventOf(2).channel, Channel(Import{Sequence{1}, 1}));
  EXPECT_EQ(eventOf(3).channel, Channel(Import{Sequence{1}, 3})) << "blank lines count";
  EXPECT_EQ(formatInstant(eventOf(3).time), "2024-01-01T00:00:06Z");
  EXPECT_TRUE(isAsserted(eventOf(3)));
  EXPECT_THAT(done_, ElementsAre(3));
}

TEST_F(Importing, StopsAtTheFirstRefusedLineAndKeepsWhatCameBefore) {
  write(project(1, "web") + project(2, "Bad") + project(3, "data"));
  EXPECT_EQ(import(AfterRefusal::kStop), "2 lines, 1 events, 1 refused");
  EXPECT_THAT(refused_, ElementsAre("2 invalid_name"));
  EXPECT_EQ(made_.size(), 3U);
}

TEST_F(Importing, StopsAtAMalformedLineAsAtARefusedOne) {
  write(project(1, "web") + "{\n" + project(3, "data"));
  EXPECT_EQ(import(AfterRefusal::kStop), "2 lines, 1 events, 1 refused");
  EXPECT_THAT(refused_, ElementsAre("2 malformed_line"));
  EXPECT_EQ(made_.size(), 3U);
}

TEST_F(Importing, ALineRefusedBeforeAMalformedOneIsTheOneThatStops) {
  write(project(1, "web") + project(2, "web") + "{\n");
  EXPECT_EQ(import(AfterRefusal::kStop), "2 lines, 1 events, 1 refused");
  EXPECT_THAT(refused_, ElementsAre("2 project_exists"));
}

TEST_F(Importing, GoesOnBehindRefusedLinesAndTellsOfThemInTheirOrder) {
  write("what\n" + project(1, "web") + project(2, "web") + "[]\n" + project(0, "early") +
        line(3, R"("do":"create_project","project":"x")", "nobody") + project(4, "data"));
  EXPECT_EQ(import(AfterRefusal::kGoOn), "7 lines, 2 events, 5 refused");
  EXPECT_THAT(refused_, ElementsAre("1 malformed_line", "3 project_exists", "4 malformed_line",
                                    "5 time_goes_back", "6 unknown_operator"));
  EXPECT_EQ(eventOf(3).channel, Channel(Import{Sequence{1}, 7}));
}

TEST_F(Importing, RecordsNothingWhereNothingIsAccepted) {
  write(project(1, "Bad") + "{\n");
  EXPECT_EQ(import(AfterRefusal::kGoOn), "2 lines, 0 events, 2 refused");
  EXPECT_EQ(made_.size(), 1U);
  write("\n \r\n\t\n");
  EXPECT_EQ(import(AfterRefusal::kStop), "0 lines, 0 events, 0 refused");
  EXPECT_EQ(made_.size(), 1U);
}

TEST_F(Importing, IsForSystemAdministratorsEvenOfAnEmptyFile) {
  ASSERT_EQ(outcomeOf(*ledger_, AddOperator{"alice"}), "1 event from 1");
  write("");
  importer_.actor = "alice";
  EXPECT_EQ(import(AfterRefusal::kStop), "forbidden");
  importer_.actor = "nobody";
  EXPECT_EQ(import(AfterRefusal::kGoOn), "unknown_operator");
  importer_.actor = "admin";
  importer_.reason = "\n";
  EXPECT_EQ(import(AfterRefusal::kGoOn), "invalid_reason");
  write(project(1, "web"));
  EXPECT_EQ(import(AfterRefusal::kGoOn), "invalid_reason");
  EXPECT_THAT(refused_, IsEmpty());
  EXPECT_EQ(made_.size(), 2U);
}

TEST_F(Importing, PassesOverTheLinesBeforeTheFirst) {
  write(project(1, "web") + "{\n" + project(3, "data"));
  request_.from_line = 3;
  EXPECT_EQ(import(AfterRefusal::kStop), "1 lines, 1 events, 0 refused");
  EXPECT_EQ(std::get<HistoryImported>(eventOf(1).body).first_line, 3U);
  EXPECT_EQ(eventOf(2).channel, Channel(Import{Sequence{1}, 3}));
}

TEST_F(Importing, AnnouncesOnceOverManyBatches) {
  std::string text;
  for (int i = 0; i < 1200; ++i) text += project(0, "Bad");
  for (int i = 0; i < 1900; ++i) text += project(i, "p" + std::to_string(i));
  write(text);
  EXPECT_EQ(import(AfterRefusal::kGoOn), "3100 lines, 1900 events, 1200 refused");
  EXPECT_EQ(made_.size(), 1902U);
  for (std::uint64_t i = 0; i < 1900; ++i) {
    ASSERT_EQ(eventOf(i + 2).channel, Channel(Import{Sequence{1}, i + 1201}));
  }
  EXPECT_THAT(done_, ElementsAre(1000, 2000, 3000, 3100));
}

TEST_F(Importing, StopsInALaterBatchAndDecidesNothingBehind) {
  std::string text;
  for (int i = 0; i < 2500; ++i) text += project(i, i == 1700 ? "p5" : "p" + std::to_string(i));
  write(text);
  EXPECT_EQ(import(AfterRefusal::kStop), "1701 lines, 1700 events, 1 refused");
  EXPECT_THAT(refused_, ElementsAre("1701 project_exists"));
  EXPECT_EQ(made_.size(), 1702U);
}

TEST_F(Importing, ALineThatIsTooLongIsMalformed) {
  write(std::string(kMaxHistoryLineBytes + 1, 'x') + "\n" + project(1, "web"));
  EXPECT_EQ(import(AfterRefusal::kGoOn), "2 lines, 1 events, 1 refused");
  EXPECT_THAT(refused_, ElementsAre("1 malformed_line"));
}

TEST_F(Importing, AFileThatChangesMeanwhileIsAnErrorAndWhatWasDoneIsKept) {
  std::string text;
  for (int i = 0; i < 3000; ++i) text += project(i, "p" + std::to_string(i));
  write(text);
  auto file = inspectHistory(path_);
  ASSERT_TRUE(file);
  request_.file = *file;
  std::uint64_t done = 0;
  const ImportWatch watch{.refused = {}, .done = [&](std::uint64_t up_to) {
                            if (done == 0) std::ofstream(path_, std::ios::app) << "\n";
                            done = up_to;
                          }};
  const auto imported = importHistory(*ledger_, importer_, request_, watch);
  ASSERT_FALSE(imported);
  EXPECT_EQ(imported.error().code, ErrorCode::kIo);
  EXPECT_GE(done, 1000U);
  EXPECT_EQ(made_.size(), done + 2);
}

// What other histories are there lie beside the checkout, where they do.
TEST_F(Importing, RefusesExactlyTheLinesThatAreToBeRefused) {
  const std::string data = std::string(ROBOTLEDGER_SOURCE_DIR) + "/../shared/data";
  std::ifstream refusals(data + "/refusals.jsonl");
  if (!refusals) GTEST_SKIP() << "there is no " << data;
  std::vector<std::string> expected;
  for (std::string text; std::getline(refusals, text);) {
    const auto json = nlohmann::json::parse(text);
    expected.push_back(std::to_string(json["line"].get<int>()) + " " +
                       json["refused"].get<std::string>());
  }
  made_.clock.set(*parseInstant("2100-01-01T00:00:00Z"));
  std::remove(path_.c_str());
  ASSERT_EQ(::symlink((data + "/history.jsonl").c_str(), path_.c_str()), 0);
  import(AfterRefusal::kGoOn);
  EXPECT_EQ(refused_, expected);
}

}  // namespace
}  // namespace robotledger
