// The real domain beside the naive model, line by line: the same refusal or the same events. A
// failure names the seed and the first line that differs; ROBOTLEDGER_LONG_TESTS=1 tries many more.
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/conformance/living_line.h"
#include "tests/conformance/real_domain.h"
#include "tests/model/random_history.h"
#include "tests/model/random_source.h"

namespace robotledger {
namespace {

std::uint64_t seeds() {
#ifdef ROBOTLEDGER_SMALL_PAGES
  return 10;  // pages are nothing to the domain
#else
  return std::getenv("ROBOTLEDGER_LONG_TESTS") != nullptr ? 20000 : 1000;
#endif
}

std::filesystem::path source() { return ROBOTLEDGER_SOURCE_DIR; }

std::vector<std::string> linesOf(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// The same lines to both, up to the first that becomes different things.
class SideBySide {
 public:
  SideBySide(Restarts restarts, Instant now) : domain_(restarts), now_(now) {
    domain_.beginImport();
    model_.beginImport();
  }

  // What differs, or nothing.
  std::string submit(const std::string& line) {
    ++number_;
    last_ = domain_.submit(line, number_, now_);
    const std::string real = printOutcome(last_);
    const std::string naive = printOutcome(model_.submit(line, number_, now_.us));
    if (real == naive) return "";
    return "line " + std::to_string(number_) + ": " + line + "\nthe domain: " + real + "\n  " +
           domain_.lastMessage() + "\nthe model:  " + naive;
  }
  std::string submitAll(const std::vector<std::string>& lines) {
    for (const std::string& line : lines) {
      if (std::string difference = submit(line); !difference.empty()) return difference;
    }
    return "";
  }

  const RealDomain& domain() const { return domain_; }
  const model::NaiveLedger& model() const { return model_; }
  const model::LineOutcome& last() const { return last_; }

 private:
  RealDomain domain_;
  model::NaiveLedger model_;
  model::LineOutcome last_;
  const Instant now_;
  std::uint64_t number_ = 0;
};

TEST(DomainAgainstModel, MakesTheSameOfEveryLineOfRandomHistories) {
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
    SideBySide both(Restarts::kNone, Instant{model::kRandomNowUs});
    const std::string difference =
        both.submitAll(model::randomHistory(seed, seed % 10 == 0 ? 400 : 120));
    ASSERT_EQ(difference, "") << "seed " << seed;
    State replayed;
    for (const Event& event : both.domain().events()) ASSERT_TRUE(replayed.apply(event));
    ASSERT_EQ(replayed.image(), both.domain().state().image()) << "seed " << seed;
  }
}

TEST(DomainAgainstModel, MakesTheSameOfThemWhenItIsSavedAndOpenedAfterEveryLine) {
  for (std::uint64_t seed = 1; seed <= seeds() / 10; ++seed) {
    SideBySide both(Restarts::kAfterEveryLine, Instant{model::kRandomNowUs});
    ASSERT_EQ(both.submitAll(model::randomHistory(seed, 300)), "") << "seed " << seed;
  }
}

TEST(DomainAgainstModel, ForetellsTheSameExpiries) {
  for (std::uint64_t seed = 1; seed <= seeds() / 10; ++seed) {
    SideBySide both(Restarts::kNone, Instant{model::kRandomNowUs});
    ASSERT_EQ(both.submitAll(model::randomHistory(seed, 200)), "") << "seed " << seed;
    const Instant last = both.domain().state().lastTime();
    for (const std::int32_t days : {1, 2, 7, 30, 365}) {
      for (const std::int64_t later : {std::int64_t{0}, kUsPerDay, 20 * kUsPerDay}) {
        const Instant now{last.us + later};
        const auto real = previewSystemExpiry(both.domain().state(), days, now);
        const auto naive =
            model::previewSystemExpiry(both.model().events(), days, now.us, model::kNewest);
        EXPECT_EQ(real.following, naive.following) << "seed " << seed << ", " << days;
        EXPECT_EQ(real.would_expire + real.would_expire_disabled, naive.expiring)
            << "seed " << seed << ", " << days << " days at " << formatInstant(now);
        EXPECT_EQ(real.would_expire_disabled, naive.expiring_disabled)
            << "seed " << seed << ", " << days << " days at " << formatInstant(now);
      }
    }
  }
}

// Lines as they come, with a few bytes changed, put in or taken out.
std::string spoiled(std::string line, model::RandomSource& random) {
  // With the NUL at its end.
  static constexpr char kBytes[] = "\"{}[],:\\ \t0129.eE-+antu$*/\xc3\xa9\xff\x01\xef\xbb\xbf";
  for (std::uint64_t changes = 1 + random.below(2); changes > 0 && !line.empty(); --changes) {
    const std::size_t at = random.below(line.size());
    const char byte = kBytes[random.below(sizeof(kBytes))];
    switch (random.below(4)) {
      case 0: line[at] = byte; break;
      case 1: line.insert(at, 1, byte); break;
      case 2: line.erase(at, 1); break;
      default: line.insert(at, line, random.below(line.size()), random.below(30)); break;
    }
  }
  return line;
}

TEST(DomainAgainstModel, MakesTheSameOfSpoiledLines) {
  std::size_t understood = 0;
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
    model::RandomSource random(seed);
    SideBySide both(Restarts::kNone, Instant{model::kRandomNowUs});
    for (const std::string& line : model::randomHistory(seed, 60)) {
      const bool spoil = !isOfLivingLedger(line) && random.chance(50);
      const std::string difference = both.submit(spoil ? spoiled(line, random) : line);
      ASSERT_EQ(difference, "") << "seed " << seed;
      if (spoil && both.last().refusal != "malformed_line") ++understood;
    }
  }
  EXPECT_GT(understood, seeds()) << "some changes leave a line that means something";
}

TEST(DomainAgainstModel, RefusesWhatTheGivenHistorySaysAndNothingElse) {
  const auto history = linesOf(source() / "../shared/data/history.jsonl");
  if (history.empty()) GTEST_SKIP() << "no ../shared/data beside the checkout";
  const auto refusals = linesOf(source() / "../shared/data/refusals.jsonl");
  SideBySide both(Restarts::kNone, Instant{kEndOfTime.us - 1});
  std::size_t next = 0;
  for (std::size_t i = 0; i < history.size(); ++i) {
    ASSERT_EQ(both.submit(history[i]), "");
    if (both.last().kind != model::LineOutcome::Kind::kRefused) continue;
    ASSERT_LT(next, refusals.size()) << "line " << i + 1 << ": " << both.last().refusal;
    const auto expected = nlohmann::json::parse(refusals[next++]);
    ASSERT_EQ(expected["line"], i + 1);
    ASSERT_EQ(expected["refused"], both.last().refusal) << "line " << i + 1;
  }
  EXPECT_EQ(next, refusals.size());
}

// The commands of the scenarios; their questions are asked elsewhere.
class CommandsOnly : public DomainSubject {
 public:
  model::SeenAnswer ask(const model::AskedQuestion&) override { return {}; }
};

TEST(DomainAgainstScenarios, BecomesWhatIsWritten) {
  std::size_t commands = 0;
  for (const auto& entry : std::filesystem::directory_iterator(source() / "tests/scenarios")) {
    if (entry.path().extension() != ".txt") continue;
    std::string text;
    for (const std::string& line : linesOf(entry.path())) text += line + "\n";
    model::ParsedScenarios parsed = model::parseScenarios(text);
    ASSERT_TRUE(parsed.errors.empty()) << entry.path();
    for (model::Scenario& scenario : parsed.scenarios) {
      std::erase_if(scenario.steps, [](const model::Step& step) {
        return step.kind == model::Step::Kind::kQuestion;
      });
      CommandsOnly subject;
      for (const std::string& failure : model::runScenario(scenario, subject)) {
        ADD_FAILURE() << entry.path() << ", " << scenario.title << "\n" << failure;
      }
      commands += scenario.steps.size();
    }
  }
  EXPECT_GT(commands, 300U);
}

}  // namespace
}  // namespace robotledger
