#include "projections/history.h"

#include <gtest/gtest.h>

namespace robotledger {
namespace {

const Permissions kPermissions = {{Scope::inProject(ProjectId{2}), kPushImage},
                                  {Scope::allProjects(), kPullChart}};

std::vector<Event> life() {
  std::vector<Event> events;
  const auto add = [&](std::uint64_t sequence, std::int64_t time_us, EventBody body) {
    events.push_back(
        {.sequence = Sequence{sequence}, .time = Instant{time_us}, .body = std::move(body)});
  };
  const AccountId id{5};
  AccountCreated created{.account = id, .name = "ci", .permissions = kPermissions};
  created.expiry = Expiry::days(90);
  created.issued_at = Instant{1000};
  add(7, 5000, created);
  add(8, 5000, PermissionsGranted{id, {{Scope::system(), kPullImage}}});
  add(300, 900'000'000, PermissionsRevoked{id, kPermissions});
  add(301, 900'000'001, AccountDisabled{id});
  add(302, 900'000'001, AccountExpiryChanged{id, Expiry::days(90), Expiry::system()});
  add(303, 900'000'002, ClaimRecorded{.account = id, .source = "s", .source_id = "i"});
  add(70000, 1'800'000'000'000'000, AccountDeleted{id});
  return events;
}

Bytes partOf(const std::vector<Event>& events) {
  Bytes part;
  HistoryMark previous;
  for (const Event& event : events) {
    putHistory(part, event, previous);
    previous = {event.sequence, event.time};
  }
  return part;
}

TEST(History, GivesBackWhatAccessFollowsFrom) {
  const auto events = life();
  History history;
  ASSERT_TRUE(readHistory(partOf(events), Sequence{70000}, history));
  ASSERT_EQ(history.size(), events.size());
  for (std::size_t i = 0; i < events.size(); ++i) {
    EXPECT_EQ(history[i].sequence, events[i].sequence);
    EXPECT_EQ(history[i].time, events[i].time);
    EXPECT_EQ(history[i].kind, events[i].body.index());
  }
  EXPECT_EQ(history[0].permissions, kPermissions);
  EXPECT_EQ(history[0].expiry, Expiry::days(90));
  EXPECT_EQ(history[0].issued_at, Instant{1000});
  EXPECT_EQ(history[1].permissions, (Permissions{{Scope::system(), kPullImage}}));
  EXPECT_EQ(history[2].permissions, kPermissions);
  EXPECT_EQ(history[4].expiry, Expiry::system());
}

TEST(History, EndsWithTheEventThatIsAskedFor) {
  const auto events = life();
  const Bytes part = partOf(events);
  for (const std::uint64_t as_of : {0, 6, 7, 8, 299, 300, 301, 302, 303, 69999, 70000, 80000}) {
    History history;
    ASSERT_TRUE(readHistory(part, Sequence{as_of}, history));
    std::size_t expected = 0;
    for (const Event& event : events) expected += event.sequence.value <= as_of ? 1 : 0;
    EXPECT_EQ(history.size(), expected) << "as of " << as_of;
  }
}

TEST(History, OfSeveralPartsIsOne) {
  const auto events = life();
  History history;
  for (const Event& event : events) {
    ASSERT_TRUE(readHistory(partOf({event}), Sequence{70000}, history));
  }
  ASSERT_EQ(history.size(), events.size());
  EXPECT_EQ(history.back().sequence, Sequence{70000});
}

TEST(History, ThatIsCutShortIsDamagedOrEndsWithAnEvent) {
  const auto events = life();
  const Bytes part = partOf(events);
  std::size_t whole_events = 0;
  for (std::size_t length = 0; length < part.size(); ++length) {
    History history;
    const auto read = readHistory(BytesView(part).substr(0, length), Sequence{70000}, history);
    if (!read) {
      EXPECT_EQ(read.error().code, ErrorCode::kViewsDamaged);
      continue;
    }
    ++whole_events;
    ASSERT_LE(history.size(), events.size());
    for (std::size_t i = 0; i < history.size(); ++i) {
      EXPECT_EQ(history[i].sequence, events[i].sequence);
    }
  }
  EXPECT_EQ(whole_events, events.size());
}

TEST(History, OfAKindThatIsNoneIsDamaged) {
  Bytes part = partOf({Event{.body = AccountDisabled{AccountId{1}}}});
  ASSERT_EQ(part.size(), 3U);
  part.back() = static_cast<char>(std::variant_size_v<EventBody>);
  History history;
  EXPECT_FALSE(readHistory(part, Sequence{0}, history));
}

TEST(History, KnowsAnEventsKindByItsBody) {
  EXPECT_EQ(eventKindName(kKindOf<LedgerInitialized>), "ledger_initialized");
  EXPECT_EQ(eventKindName(kKindOf<AccountDisabled>), "account_disabled");
  EXPECT_EQ(eventKindName(kKindOf<ServiceSettingsChanged>), "service_settings_changed");
  EXPECT_EQ(eventKindName(kKindOf<LedgerRolledBack>), "ledger_rolled_back");
  EXPECT_EQ(eventKindName(kKindOf<ClaimRecorded>), "claim_recorded");
}

}  // namespace
}  // namespace robotledger
