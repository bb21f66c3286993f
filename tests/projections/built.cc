#include "tests/projections/built.h"

#include <gtest/gtest.h>

#include "projections/access.h"
#include "tests/model/random_history.h"
#include "tests/model/scenario.h"

namespace robotledger {
namespace {

// As a scenario, whose lines say what they become; nobody looks at that here.
std::string scenarioOf(std::string_view commands) {
  std::string text = "scenario Built\n";
  while (!commands.empty()) {
    const std::size_t end = commands.find('\n');
    text += std::string(commands.substr(0, end)) + " -> x\n";
    commands.remove_prefix(end == std::string_view::npos ? commands.size() : end + 1);
  }
  return text;
}

}  // namespace

Instant when(std::string_view text) {
  const auto instant = parseInstant(std::string(text) + (text.size() == 10 ? "T00:00:00Z" : ""));
  EXPECT_TRUE(instant) << text;
  return instant.value_or(Instant{});
}

Built::Built(std::string_view commands) {
  const auto parsed = model::parseScenarios(scenarioOf(commands));
  for (const std::string& error : parsed.errors) ADD_FAILURE() << error;
  for (const model::Scenario& scenario : parsed.scenarios) {
    for (const model::Step& step : scenario.steps) {
      const std::size_t before = ledger_.events();
      ledger_.submit(step.json, model::kRandomNowUs);
      EXPECT_GT(ledger_.events(), before) << "refused: " << step.json;
      if (!step.label.empty()) labels_[step.label] = Sequence{ledger_.events() - 1};
    }
  }
  view_ = ledger_.buildViews(rows_, Flushing::kAtTheEnd);
}

Sequence Built::operator[](std::string_view label) const {
  const auto found = labels_.find(label);
  EXPECT_NE(found, labels_.end()) << label;
  return found == labels_.end() ? Sequence{} : found->second;
}

AsOf Built::asOfEvent(std::string_view label) const {
  const auto found = asOf(view(), (*this)[label]);
  EXPECT_TRUE(found) << label;
  return found ? *found : view().newest();
}

Place Built::place(std::string_view name) const {
  auto found = findPlace(*view().catalog, name, view().last());
  EXPECT_TRUE(found) << name;
  return found.value_or(Place());
}

AccountRow Built::row(std::uint64_t account) const {
  const auto found = findAccountRow(view(), AccountId{account});
  EXPECT_TRUE(found && found->has_value()) << "account " << account;
  return found && found->has_value() ? **found : AccountRow();
}

}  // namespace robotledger
