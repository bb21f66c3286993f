// Every scenario, its questions too, through the real rules and the projections of their events.
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "core/wire/event_codec.h"
#include "projections/access.h"
#include "tests/conformance/real_domain.h"
#include "tests/conformance/real_ledger.h"

namespace robotledger {
namespace {

Instant timeOf(const std::string& text) {
  const auto instant = parseInstant(text);
  EXPECT_TRUE(instant) << text;
  return instant.value_or(Instant{});
}

Period periodOf(const model::AskedQuestion& asked) {
  if (asked.at) return {.from = timeOf(*asked.at)};
  if (asked.on) {
    const Instant midnight = timeOf(*asked.on + "T00:00:00Z");
    return {.from = midnight, .to = Instant{midnight.us + kUsPerDay}};
  }
  return {.from = timeOf(*asked.from), .to = timeOf(*asked.to)};
}

std::string printClosedBy(const ClosedBy& closed_by) {
  if (const auto* event = std::get_if<Sequence>(&closed_by)) return std::to_string(event->value);
  return std::holds_alternative<ByExpiry>(closed_by) ? "expiry" : "null";
}

class RealSubject : public DomainSubject {
 public:
  model::SeenAnswer ask(const model::AskedQuestion& asked) override {
    follow();
    MemoryRowStore rows;
    const auto view = buildViews(log_, rows, Flushing::kAtTheEnd);
    const auto as_of = asOf(*view, asked.as_of ? Sequence{*asked.as_of} : view->last());
    EXPECT_TRUE(as_of);
    const auto place = findPlace(*view->catalog, asked.project, as_of->sequence);
    // `*` is no project, although what it alone gives can be asked for below.
    if (!place || asked.project == "*") return {"unknown_project", {}};
    const auto capability = parseCapability(asked.capability);
    EXPECT_TRUE(capability) << asked.capability;
    const auto answers = whoCould(*view, *capability, *place, periodOf(asked), *as_of);
    EXPECT_TRUE(answers);
    model::SeenAnswer seen;
    for (const AccessAnswer& answer : *answers) {
      model::SeenAccount row{answer.id.value, answer.account, {}};
      for (const Window& window : answer.windows) {
        row.windows.push_back(
            {formatInstant(window.from), window.until ? formatInstant(*window.until) : "never",
             std::to_string(window.opened_by.value), printClosedBy(window.closed_by)});
      }
      seen.accounts.push_back(std::move(row));
    }
    return seen;
  }

 private:
  // Takes the events into the log that it does not have.
  void follow() {
    for (std::size_t i = log_.head().size.value; i < domain().events().size(); ++i) {
      const LogBatch batch{*newBatchId(), {encodeEvent(domain().events()[i])}};
      EXPECT_EQ(log_.append(TreeSize{i}, batch).ending, AppendEnding::kCommitted);
    }
  }

  MemoryLogStore log_;
};

TEST(Scenarios, ComeOutAsWrittenInTheRealLedger) {
  std::size_t questions = 0;
  const auto folder = std::filesystem::path(ROBOTLEDGER_SOURCE_DIR) / "tests/scenarios";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".txt") continue;
    std::ostringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    const model::ParsedScenarios parsed = model::parseScenarios(text.str());
    for (const std::string& error : parsed.errors) ADD_FAILURE() << entry.path() << ", " << error;
    for (const model::Scenario& scenario : parsed.scenarios) {
      RealSubject fresh;
      for (const std::string& failure : model::runScenario(scenario, fresh)) {
        ADD_FAILURE() << entry.path() << ", " << scenario.title << "\n" << failure;
      }
      for (const model::Step& step : scenario.steps) {
        if (step.kind == model::Step::Kind::kQuestion) ++questions;
      }
    }
  }
  EXPECT_GT(questions, 50U);
}

}  // namespace
}  // namespace robotledger
