#include "projections/token_tail.h"

#include <map>
#include <random>

#include <gtest/gtest.h>

#include "core/wire/event_codec.h"
#include "tests/conformance/real_ledger.h"
#include "tests/core/domain/small_ledger.h"
#include "tests/projections/built.h"

namespace robotledger {
namespace {

constexpr std::int64_t kMinute_us = 60 * kUsPerSecond;

// Lifetimes of 10 minutes, from minute 100 on of 2, from minute 200 on of 60.
Instant minute(std::int64_t count) { return Instant{count * kMinute_us}; }
const std::vector<ServiceChange> kChanges = {{minute(0), Sequence{1}, {600, "", ""}},
                                             {minute(100), Sequence{2}, {120, "", ""}},
                                             {minute(200), Sequence{3}, {7200, "", ""}},
                                             {minute(200), Sequence{4}, {3600, "", ""}}};
TokenTail tailAsOf(std::uint64_t sequence) { return {kChanges, Sequence{sequence}}; }

std::optional<Instant> endOf(std::int64_t from, std::int64_t until, std::uint64_t as_of = 9) {
  return tailAsOf(as_of).endOf({.from = minute(from), .until = minute(until)});
}

TEST(TokenTail, IsTheLifetimeThatTokensHadLastAndWhatRegistriesAllow) {
  EXPECT_EQ(endOf(10, 20), minute(20 + 10 + 1));
  EXPECT_EQ(endOf(110, 120), minute(120 + 2 + 1));
  EXPECT_EQ(endOf(90, 100), minute(100 + 10 + 1)) << "the new lifetime counts from its instant on";
  EXPECT_EQ(endOf(100, 101), minute(101 + 2 + 1));
}

TEST(TokenTail, IsOfTheTokenThatLivesLongestWhicheverWasIssuedLast) {
  EXPECT_EQ(endOf(10, 101), minute(100 + 10 + 1)) << "issued before the lifetime was shortened";
  EXPECT_EQ(endOf(10, 109), minute(109 + 2 + 1));
  EXPECT_EQ(endOf(10, 201), minute(201 + 60 + 1));
}

TEST(TokenTail, KnowsTheLifetimesOfItsTime) {
  EXPECT_EQ(endOf(110, 120, 1), minute(120 + 10 + 1)) << "as if the second change never came";
  EXPECT_EQ(endOf(210, 220, 3), minute(220 + 120 + 1));
  EXPECT_EQ(endOf(210, 220, 0), minute(220 + 5 + 1)) << "five minutes before any change";
  EXPECT_EQ(tailAsOf(0).longest_us(), minute(6).us);
  EXPECT_EQ(tailAsOf(9).longest_us(), minute(61).us) << "of two at one instant the last holds";
}

TEST(TokenTail, OfWhatDoesNotEndDoesNotEndEither) {
  EXPECT_EQ(tailAsOf(9).endOf({.from = minute(1)}), std::nullopt);
  const Instant late{kEndOfTime.us - 1};
  EXPECT_EQ(tailAsOf(9).endOf({.from = minute(1), .until = late}), std::nullopt);
}

TEST(TokenTail, MakesOneOfWindowsThatTouchByIt) {
  const std::vector<Window> windows = {
      {minute(10), minute(20), Sequence{11}, Sequence{12}},
      {minute(31), minute(40), Sequence{13}, Sequence{14}},
      {minute(52), std::nullopt, Sequence{15}, Open()},
  };
  const auto wide = tailAsOf(9).widened(windows);
  ASSERT_EQ(wide.size(), 2U);
  EXPECT_EQ(wide[0], (Window{minute(10), minute(51), Sequence{11}, Sequence{14}, minute(40)}));
  EXPECT_EQ(wide[1], (Window{minute(52), std::nullopt, Sequence{15}, Open(), std::nullopt}));
}

TEST(TokenTail, OutlivesAShorterOneAfterIt) {
  const std::vector<Window> windows = {
      {minute(90), minute(100), Sequence{11}, Sequence{12}},
      {minute(101), minute(102), Sequence{13}, Sequence{14}},
  };
  const auto wide = tailAsOf(9).widened(windows);
  ASSERT_EQ(wide.size(), 1U);
  EXPECT_EQ(wide[0], (Window{minute(90), minute(111), Sequence{11}, Sequence{14}, minute(102)}));
}

TEST(TokenTail, IsOfWhatTokensCarryAlone) {
  for (const char* carried :
       {"pull-image", "push-image", "pull-chart", "push-chart", "repository:delete"}) {
    EXPECT_TRUE(isCarriedByTokens(*parseCapability(carried))) << carried;
  }
  EXPECT_FALSE(isCarriedByTokens(*parseCapability("tag:delete")));
  EXPECT_FALSE(isCarriedByTokens(*parseCapability("repository:read")));
}

// ---- beside the definition: at each minute of three days --------------------------------------

constexpr std::int64_t kMinutes = 3 * 24 * 60;

// A few accounts in one project, and what may happen to them, each thing at a whole minute.
class RandomLedger {
 public:
  explicit RandomLedger(std::uint64_t seed) : random_(seed) {
    must(CreateProject{"web"});
    for (const char* name : {"a", "b"}) {
      must(CreateAccount{
          "web", name, "", own({"push-image"}), {Expiry::Kind::kDays, 1}, std::nullopt});
    }
    must(CreateAccount{
        std::nullopt, "s", "", {{"*", "push-image"}}, {Expiry::Kind::kNever}, std::nullopt});
    for (int i = 0; i < 120; ++i) {
      now_ += static_cast<std::int64_t>(random_() % 60);
      try_();
    }
  }

  std::shared_ptr<const View> views(RowStore& rows) {
    LogBatch batch{*newBatchId(), {}};
    for (const Event& event : ledger_.events()) batch.entries.push_back(encodeEvent(event));
    EXPECT_EQ(log_.append(TreeSize{0}, batch).ending, AppendEnding::kCommitted);
    return buildViews(log_, rows, Flushing::kAtTheEnd);
  }

  // The lifetime of tokens at a minute, after all that happened by then.
  std::int64_t lifetimeAt(Instant at) const {
    std::int32_t lifetime_s = ServiceSettings().token_lifetime_s;
    for (const Event& event : ledger_.events()) {
      const auto* change = std::get_if<ServiceSettingsChanged>(&event.body);
      if (change != nullptr && event.time <= at) lifetime_s = change->after.token_lifetime_s;
    }
    return lifetime_s / 60;
  }

 private:
  void must(const Command& command) { ledger_.at(minute(now_)).must(command); }
  void try_() {
    const char* names[] = {"robot$web+a", "robot$web+b", "robot$s"};
    const AccountRef account = named(names[random_() % 3]);
    ledger_.at(minute(now_));
    switch (random_() % 8) {
      case 0: (void)ledger_.submit(DisableAccount{account}); break;
      case 1: (void)ledger_.submit(EnableAccount{account}); break;
      case 2: (void)ledger_.submit(RevokePermissions{account, own({"push-image"})}); break;
      case 3: (void)ledger_.submit(GrantPermissions{account, own({"push-image"})}); break;
      case 4: (void)ledger_.submit(RenewAccount{account}); break;
      case 5: (void)ledger_.submit(RevokePermissions{account, {{"*", "push-image"}}}); break;
      case 6: (void)ledger_.submit(GrantPermissions{account, {{"*", "push-image"}}}); break;
      default:
        const auto minutes = static_cast<std::int32_t>(1 + random_() % 60);
        (void)ledger_.submit(ChangeServiceSettings{{minutes * 60, "", ""}});
    }
  }

  std::mt19937_64 random_;
  SmallLedger ledger_;
  MemoryLogStore log_;
  std::int64_t now_ = 1;
};

using Minutes = std::map<AccountId, std::vector<bool>>;

// Whether each account has a token that lives, minute by minute: any that it could have had by
// then, taken for the lifetime of its own time and the minute that registries allow.
Minutes livingTokens(const RandomLedger& ledger, const View& view, const Place& place) {
  Minutes living;
  for (std::int64_t at = 0; at < kMinutes; ++at) {
    const auto members = membersAt(view, kPushImage, place, minute(at), view.newest());
    EXPECT_TRUE(members);
    const std::int64_t lifetime = ledger.lifetimeAt(minute(at));
    for (const AccessMember& member : *members) {
      auto& minutes = living.try_emplace(member.id, kMinutes + 100, false).first->second;
      for (std::int64_t i = at; i <= at + lifetime + 1; ++i) {
        if (i < kMinutes + 100) minutes[static_cast<std::size_t>(i)] = true;
      }
    }
  }
  return living;
}

TEST(TokenTail, AnswersAsTheDefinitionDoes) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomLedger ledger(seed);
    MemoryRowStore rows;
    const auto view = ledger.views(rows);
    const Place place = *findPlace(*view->catalog, "web", view->last());
    const Minutes living = livingTokens(ledger, *view, place);
    std::size_t checked = 0;
    for (std::int64_t at = 0; at < kMinutes; ++at) {
      const auto answers =
          whoCouldByToken(*view, kPushImage, place, {.from = minute(at)}, view->newest());
      ASSERT_TRUE(answers);
      std::set<AccountId> could;
      for (const AccessAnswer& answer : *answers) {
        could.insert(answer.id);
        ASSERT_EQ(answer.windows.size(), 1U);
        // Whole: the minute before it begins and the one in which it ends are no part of it.
        const auto& minutes = living.at(answer.id);
        const std::int64_t from = answer.windows[0].from.us / kMinute_us;
        EXPECT_FALSE(from > 0 && minutes[static_cast<std::size_t>(from - 1)]) << at;
        if (!answer.windows[0].until || *answer.windows[0].until >= minute(kMinutes)) continue;
        const std::int64_t until = answer.windows[0].until->us / kMinute_us;
        EXPECT_FALSE(minutes[static_cast<std::size_t>(until)]) << at;
        EXPECT_TRUE(minutes[static_cast<std::size_t>(until - 1)]) << at;
        ++checked;
      }
      for (const auto& [id, minutes] : living) {
        EXPECT_EQ(could.contains(id), minutes[static_cast<std::size_t>(at)]) << at;
      }
    }
    EXPECT_GT(checked, 100U);
  }
}

}  // namespace
}  // namespace robotledger
