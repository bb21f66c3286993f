#include "api/login/sessions.h"

#include <fstream>
#include <set>

#include "tests/api/login/login_testing.h"

namespace robotledger {
namespace {

struct SignedInAlice {
  LoginLedger ledger;
  Sessions sessions{ledger.authorizer()};
  Instant now = ledger.now;

  OperatorAccess who(const std::string& name = "alice") const {
    return *ledger.authorizer().findOperator(name);
  }
  std::string open(Instant at, const std::string& name = "alice") {
    const auto opened = sessions.open(who(name), at);
    EXPECT_TRUE(opened);
    return opened->token;
  }
  std::string open() { return open(now); }
  bool holds(const std::string& token, Instant at) { return sessions.find(token, at).has_value(); }
  bool holds(const std::string& token) { return holds(token, now); }
};

Instant later(Instant now, std::int64_t us) { return Instant{now.us + us}; }

TEST(Sessions, AreFoundByATokenOf256RandomBitsAlone) {
  SignedInAlice in;
  std::set<std::string> tokens;
  for (std::size_t i = 0; i < kSessionsOfOne; ++i) tokens.insert(in.open());
  EXPECT_EQ(tokens.size(), kSessionsOfOne);
  for (const std::string& token : tokens) {
    EXPECT_EQ(token.size(), 64U);
    EXPECT_EQ(fromHex(token)->size(), 32U);
    ASSERT_TRUE(in.holds(token));
    std::string other = token;
    other.back() = other.back() == '0' ? '1' : '0';
    EXPECT_FALSE(in.holds(other));
  }
  EXPECT_FALSE(in.holds(""));
  EXPECT_FALSE(in.holds(std::string(64, '0')));
  EXPECT_FALSE(in.holds(std::string(100000, '0')));
}

TEST(Sessions, EndThirtyMinutesAfterTheLastRequest) {
  SignedInAlice in;
  const std::string token = in.open();
  EXPECT_TRUE(in.holds(token, later(in.now, kSessionIdleUs - 1)));
  const auto session = in.sessions.find(token, later(in.now, 2 * kSessionIdleUs - 2));
  ASSERT_TRUE(session);
  EXPECT_EQ(session->idle_until, later(in.now, 3 * kSessionIdleUs - 2));
  EXPECT_FALSE(in.holds(token, later(in.now, 3 * kSessionIdleUs - 2)));
  // What has ended does not come back with the clock.
  EXPECT_FALSE(in.holds(token));
}

TEST(Sessions, EndTwelveHoursAfterTheyBeganHoweverMuchTheyAreUsed) {
  SignedInAlice in;
  const std::string token = in.open();
  const std::int64_t minute = 60 * kUsPerSecond;
  for (std::int64_t us = 0; us < kSessionWholeUs; us += minute) {
    ASSERT_TRUE(in.holds(token, later(in.now, us)));
  }
  EXPECT_TRUE(in.holds(token, later(in.now, kSessionWholeUs - 1)));
  EXPECT_FALSE(in.holds(token, later(in.now, kSessionWholeUs)));
}

TEST(Sessions, EndByLogout) {
  SignedInAlice in;
  const std::string token = in.open();
  const std::string other = in.open();
  in.sessions.close(token);
  in.sessions.close("none");
  EXPECT_FALSE(in.holds(token));
  EXPECT_TRUE(in.holds(other));
}

TEST(Sessions, EndByAnyChangeOfTheOperator) {
  SignedInAlice in;
  in.ledger.submit(AddOperator{"bob"});
  const std::vector<Command> changes = {
      SetOperatorPassword{"alice", in.ledger.hash("another good password")},
      GrantRole{"alice", "auditor", std::nullopt},
      RevokeRole{"alice", "auditor", std::nullopt},
      GrantRole{"alice", "project_admin", "web"},
      DeleteProject{"web"},
      RemoveOperator{"alice"}};
  for (const Command& change : changes) {
    const std::string token = in.open();
    in.ledger.submit(GrantRole{"bob", "auditor", std::nullopt});
    in.ledger.submit(RevokeRole{"bob", "auditor", std::nullopt});
    ASSERT_TRUE(in.holds(token)) << change.index();
    in.ledger.submit(change);
    EXPECT_FALSE(in.holds(token)) << change.index();
  }
  in.ledger.submit(AddOperator{"alice"});
  EXPECT_EQ(in.sessions.size(), 0U);
}

TEST(Sessions, ALoginFromBeforeAChangeOpensNothing) {
  SignedInAlice in;
  const OperatorAccess before = in.who();
  in.ledger.submit(GrantRole{"alice", "auditor", std::nullopt});
  const auto opened = in.sessions.open(before, in.now);
  ASSERT_TRUE(opened);
  EXPECT_FALSE(in.holds(opened->token));
}

TEST(Sessions, OfOneOperatorTheLeastRecentlyUsedGoes) {
  SignedInAlice in;
  std::vector<std::string> tokens;
  for (std::size_t i = 0; i < kSessionsOfOne; ++i) {
    tokens.push_back(in.open(later(in.now, static_cast<std::int64_t>(i))));
  }
  const std::string admins = in.open(later(in.now, -1), "admin");
  const Instant then = later(in.now, kUsPerSecond);
  ASSERT_TRUE(in.holds(tokens[0], then));
  const std::string newest = in.open(then);
  EXPECT_TRUE(in.holds(tokens[0], then));
  EXPECT_FALSE(in.holds(tokens[1], then));
  EXPECT_TRUE(in.holds(tokens[2], then));
  EXPECT_TRUE(in.holds(newest, then));
  EXPECT_TRUE(in.holds(admins, then));
  EXPECT_EQ(in.sessions.size(), kSessionsOfOne + 1);
}

TEST(Sessions, InAllTheLeastRecentlyUsedGoes) {
  SignedInAlice in;
  OperatorAccess who = in.who();
  const std::string oldest = in.open(later(in.now, -1));
  for (std::size_t i = 1; i < kSessionsInAll; ++i) {
    who.name = "someone" + std::to_string(i / kSessionsOfOne);
    ASSERT_TRUE(in.sessions.open(who, in.now));
  }
  EXPECT_EQ(in.sessions.size(), kSessionsInAll);
  const std::string newest = in.open();
  EXPECT_EQ(in.sessions.size(), kSessionsInAll);
  EXPECT_FALSE(in.holds(oldest));
  EXPECT_TRUE(in.holds(newest));
  // What has ended makes room.
  (void)in.open(later(in.now, kSessionIdleUs));
  EXPECT_EQ(in.sessions.size(), 1U);
}

}  // namespace
}  // namespace robotledger
