// Questions of access and account tables, answered by the projections and by the naive model, on
// random histories. A failure names its seed; ROBOTLEDGER_LONG_TESTS=1 tries many more of them.

#include <cstdlib>

#include <gtest/gtest.h>

#include "projections/access.h"
#include "projections/account_queries.h"
#include "projections/explain.h"
#include "projections/replay.h"
#include "tests/conformance/real_ledger.h"
#include "tests/model/naive_ledger.h"
#include "tests/model/questions.h"
#include "tests/model/random_history.h"
#include "tests/projections/rows_in.h"

namespace robotledger {
namespace {

std::uint64_t seeds() { return std::getenv("ROBOTLEDGER_LONG_TESTS") != nullptr ? 5000 : 250; }

std::string printModel(const model::Answer& answer) {
  std::string text = answer.error;
  for (const auto& account : answer.accounts) {
    text += "#" + std::to_string(account.id) + " " + account.account + " " + account.level;
    for (const auto& window : account.windows) {
      text += " [" + formatInstant(Instant{window.from_us}) + " " +
              (window.until_us ? formatInstant(Instant{*window.until_us}) : "null") + " " +
              printCause(window.opened_by) + " " + printCause(window.closed_by) + ")";
    }
    text += "\n";
  }
  return text;
}

std::string printClosedBy(const ClosedBy& closed_by) {
  if (const auto* event = std::get_if<Sequence>(&closed_by)) return std::to_string(event->value);
  return std::holds_alternative<ByExpiry>(closed_by) ? "expiry" : "null";
}

std::string printReal(const std::vector<AccessAnswer>& answers) {
  std::string text;
  for (const auto& answer : answers) {
    text += "#" + std::to_string(answer.id.value) + " " + answer.account + " " +
            (answer.system_level ? "system" : "project");
    for (const auto& window : answer.windows) {
      text += " [" + formatInstant(window.from) + " " +
              (window.until ? formatInstant(*window.until) : "null") + " " +
              std::to_string(window.opened_by.value) + " " + printClosedBy(window.closed_by) + ")";
    }
    text += "\n";
  }
  return text;
}

Period periodOf(const model::Question& question) {
  Period period{.from = Instant{question.from_us}};
  if (question.until_us != question.from_us + 1) period.to = Instant{question.until_us};
  return period;
}

AsOf asOfIn(const View& view, std::uint64_t sequence) {
  const auto found = asOf(view, Sequence{std::min(sequence, view.last().value)});
  EXPECT_TRUE(found);
  return *found;
}

std::string ask(const View& view, const model::RandomQuestion& asked) {
  const AsOf as_of = asOfIn(view, asked.as_of);
  const auto place = findPlace(*view.catalog, asked.question.project, as_of.sequence);
  if (!place) return "unknown_project";
  const auto capability = parseCapability(asked.question.capability);
  if (!capability) return "";
  const Period period = periodOf(asked.question);
  const auto answers = whoCould(view, *capability, *place, period, as_of);
  if (!answers) return answers.error().message;
  if (!period.to) {
    // The quick answer names the same accounts.
    const auto members = membersAt(view, *capability, *place, period.from, as_of);
    if (!members) return members.error().message;
    EXPECT_EQ(members->size(), answers->size());
    for (std::size_t i = 0; i < std::min(members->size(), answers->size()); ++i) {
      EXPECT_EQ((*members)[i].id, (*answers)[i].id);
      EXPECT_EQ((*members)[i].account, (*answers)[i].account);
    }
  }
  return printReal(*answers);
}

std::string describe(const model::RandomQuestion& asked) {
  return asked.question.capability + " in " + asked.question.project + " from " +
         formatInstant(Instant{asked.question.from_us}) + " to " +
         formatInstant(Instant{asked.question.until_us}) + " as of " + std::to_string(asked.as_of);
}

struct Both {
  explicit Both(std::uint64_t seed, std::size_t lines) {
    model.beginImport();
    const auto history = model::randomHistory(seed, lines);
    for (const auto& line : history) model.submit(line, 1, model::kRandomNowUs);
    real.submitAll(history, model::kRandomNowUs);
  }
  model::NaiveLedger model;
  RealLedger real;
};

TEST(AccessAgainstModel, EveryQuestionHasTheModelsAnswer) {
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Both both(seed, 40 + seed % 360);
    ASSERT_EQ(both.real.events(), both.model.events().size());
    MemoryRowStore rows;
    const auto view = both.real.buildViews(rows, Flushing::kAtTheEnd);
    for (const auto& asked : model::randomQuestions(seed, both.model.events(), 25)) {
      const auto expected = whoCould(both.model.events(), asked.question, asked.as_of);
      ASSERT_EQ(ask(*view, asked), printModel(expected)) << describe(asked);
    }
  }
}

std::string printRow(const model::AccountRow& row) {
  std::string text = "#" + std::to_string(row.id) + " " + row.account + " '" + row.description +
                     "' " + (row.disabled ? "disabled " : "") + printExpiry(row.expiry) + " " +
                     formatInstant(Instant{row.issued_us}) + (row.expired ? " expired " : " ") +
                     (row.expires_us ? formatInstant(Instant{*row.expires_us}) : "never");
  for (const auto& permission : row.permissions) {
    text += " " + permission.scope + "/" + permission.capability;
  }
  return text + "\n";
}

std::string scopeName(const View& view, Scope scope) {
  if (scope.kind == Scope::Kind::kAllProjects) return "*";
  if (scope.kind == Scope::Kind::kSystem) return "/";
  return std::string(view.catalog->nameOf(scope.project));
}

std::string printRow(const View& view, const AccountAt& at) {
  const Expiry& expiry = at.account.terms.expiry;
  const auto description = descriptionAt(view, at);
  EXPECT_TRUE(description);
  std::string text =
      "#" + std::to_string(at.account.id.value) + " " + at.name + " '" + *description + "' " +
      (at.account.status == AccountStatus::kDisabled ? "disabled " : "") +
      (expiry.kind == Expiry::Kind::kDays ? std::to_string(expiry.count) : expiry.text()) + " " +
      formatInstant(at.account.terms.issued_at) + (at.expired ? " expired " : " ") +
      (at.expires_at ? formatInstant(*at.expires_at) : "never");
  std::set<std::string> permissions;
  for (const Permission& permission : at.account.permissions) {
    permissions.insert(scopeName(view, permission.scope) + "/" + permission.capability.text());
  }
  for (const std::string& permission : permissions) text += " " + permission;
  return text + "\n";
}

std::string printOrigin(const AccountAt& at) {
  return "  by " + at.created_by + " in " + std::to_string(at.created.value) + " at " +
         formatInstant(at.created_at) + (at.asserted ? ", asserted" : "") +
         (at.secret ? ", secret of " + std::to_string(at.secret->value) + " at " +
                          formatInstant(at.secret_at)
                    : "") +
         "\n";
}

TEST(AccessAgainstModel, TheAccountTableAtAnyInstantIsTheModels) {
  for (std::uint64_t seed = 1; seed <= seeds() / 5; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Both both(seed, 40 + seed % 160);
    MemoryRowStore rows;
    const auto view = both.real.buildViews(rows, Flushing::kAtTheEnd);
    const auto instants = model::instantsOf(both.model.events());
    for (std::size_t i = 0; i < instants.size(); i += 7) {
      const std::uint64_t last = i % 2 == 0 ? model::kNewest : both.real.events() / 2;
      const AsOf as_of = asOfIn(*view, last);
      std::string expected;
      for (const auto& row : accountsAt(both.model.events(), instants[i], last)) {
        expected += printRow(row);
      }
      std::string got;
      const auto living = allLivingAt(*view, Instant{instants[i]}, as_of);
      ASSERT_TRUE(living);
      for (const AccountId id : *living) {
        const auto row = findAccountRow(*view, id);
        ASSERT_TRUE(row && row->has_value());
        const auto at = accountAt(*view, **row, Instant{instants[i]}, as_of);
        ASSERT_TRUE(at && at->has_value()) << "#" << id.value;
        got += printRow(*view, **at);
      }
      ASSERT_EQ(got, expected) << formatInstant(Instant{instants[i]}) << " as of " << last;
    }
  }
}

// The whole table, by folding the log and by asking the views.
std::string printTable(const View& view, const ReplayedAccounts& table) {
  std::string text;
  for (const AccountAt& account : table.accounts) {
    text += printRow(view, account) + printOrigin(account);
  }
  return text;
}

std::string askTable(const View& view, Instant at, const AsOf& as_of) {
  std::string text;
  const auto living = allLivingAt(view, at, as_of);
  EXPECT_TRUE(living);
  for (const AccountId id : *living) {
    const auto row = findAccountRow(view, id);
    const auto stood = accountAt(view, **row, at, as_of);
    EXPECT_TRUE(stood && stood->has_value()) << "#" << id.value;
    text += printRow(view, **stood) + printOrigin(**stood);
  }
  return text;
}

TEST(AccessAgainstModel, ReplayingTheLogGivesTheAccountTableThatTheViewsGive) {
  for (std::uint64_t seed = 1; seed <= seeds() / 5; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RealLedger real;
    real.submitAll(model::randomHistory(seed, 40 + seed % 160), model::kRandomNowUs);
    MemoryRowStore rows;
    const auto view = real.buildViews(rows, Flushing::kAtTheEnd);
    for (std::uint64_t event = 0; event < real.events(); event += 11) {
      const AsOf as_of = asOfIn(*view, event);
      const auto after = replayAccounts(real.log(), as_of.sequence, {});
      ASSERT_TRUE(after) << after.error().message;
      ASSERT_EQ(printTable(*view, *after), askTable(*view, as_of.time, as_of)) << "event " << event;
      for (const Instant at : {as_of.time, Instant{as_of.time.us + 20 * kUsPerDay}}) {
        const auto until = replayAccounts(real.log(), at, {});
        ASSERT_TRUE(until) << until.error().message;
        ASSERT_EQ(printTable(*view, *until), askTable(*view, at, view->newest()))
            << formatInstant(at);
      }
    }
  }
}

TEST(AccessAgainstModel, TheExplanationSaysYesWhereTheModelHasAWindow) {
  for (std::uint64_t seed = 1; seed <= seeds() / 5; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Both both(seed, 40 + seed % 160);
    MemoryRowStore rows;
    const auto view = both.real.buildViews(rows, Flushing::kAtTheEnd);
    for (const auto& asked : model::randomQuestions(seed, both.model.events(), 10)) {
      const AsOf as_of = asOfIn(*view, asked.as_of);
      const auto place = findPlace(*view->catalog, asked.question.project, as_of.sequence);
      const auto capability = parseCapability(asked.question.capability);
      if (!place || !capability) continue;
      auto question = asked.question;
      question.until_us = question.from_us + 1;
      std::set<std::uint64_t> could;
      for (const auto& one : whoCould(both.model.events(), question, asked.as_of).accounts) {
        could.insert(one.id);
      }
      for (std::uint64_t id = 1; id < both.real.state().nextAccount().value; ++id) {
        const auto row = findAccountRow(*view, AccountId{id});
        ASSERT_TRUE(row && row->has_value());
        const auto why =
            explain(*view, **row, *capability, *place, Instant{question.from_us}, as_of);
        ASSERT_TRUE(why);
        EXPECT_EQ(why->verdict == Verdict::kCould, could.contains(id))
            << "#" << id << " " << describe(asked) << ": " << why->because;
        EXPECT_EQ(why->window.has_value(), could.contains(id));
      }
    }
  }
}

TEST(Rebuilding, GivesTheLiveRowsByteForByte) {
  for (std::uint64_t seed = 1; seed <= seeds() / 5; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RealLedger real;
    real.submitAll(model::randomHistory(seed, 400), model::kRandomNowUs);
    MemoryRowStore live;
    (void)real.buildViews(live, Flushing::kEveryEvent);
    MemoryRowStore rebuilt;
    (void)real.buildViews(rebuilt, Flushing::kAtTheEnd);
    ASSERT_EQ(rowsIn(live), rowsIn(rebuilt));
  }
}

}  // namespace
}  // namespace robotledger
