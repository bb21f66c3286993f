// What comes from elsewhere: claims, and accounts that were issued earlier. Their refusals and the
// order of these are in tests/scenarios/claims.txt.
#include "core/domain/decide.h"
#include "tests/core/domain/small_ledger.h"

namespace robotledger {
namespace {

using Bodies = std::vector<EventBody>;

class Claims : public ::testing::Test {
 protected:
  Claims() {
    ledger_.must(CreateProject{"web"});
    ledger_.must(projectAccount("web", "ci"));
    claim_.source = "harbor.example";
    claim_.source_id = "audit-log/345";
    claim_.time = instantOf("2019-05-01T12:00:00Z");
    claim_.actor = "anna";
    claim_.operation = "create";
    claim_.resource = "robot$web+ci";
    claim_.resource_type = "robot";
  }

  SmallLedger ledger_;
  RecordClaim claim_;
};

TEST_F(Claims, AreRecordedAsTheyWereMade) {
  claim_.account = named("robot$web+ci");
  claim_.project = "web";
  EXPECT_EQ(ledger_.must(claim_), (Bodies{ClaimRecorded{
                                      .account = AccountId{1},
                                      .project = ProjectId{1},
                                      .source = "harbor.example",
                                      .source_id = "audit-log/345",
                                      .time = instantOf("2019-05-01T12:00:00Z"),
                                      .actor = "anna",
                                      .operation = "create",
                                      .resource = "robot$web+ci",
                                      .resource_type = "robot",
                                  }}));
  EXPECT_EQ(ledger_.must(claim_).size(), 1U) << "the same may be claimed again";
}

TEST_F(Claims, MayBeAboutNobodyKnown) {
  const Bodies bodies = ledger_.must(claim_);
  ASSERT_EQ(bodies.size(), 1U);
  EXPECT_EQ(std::get<ClaimRecorded>(bodies[0]).account, AccountId{0});
  EXPECT_EQ(std::get<ClaimRecorded>(bodies[0]).project, ProjectId{0});
  EXPECT_EQ(accountOf(bodies[0]), AccountId{0});
}

TEST_F(Claims, ChangeNothingThatACommandIsJudgedBy) {
  StateImage before = ledger_.state().image();
  claim_.account = named("robot$web+ci");
  claim_.project = "web";
  ledger_.must(claim_);
  claim_.account = std::nullopt;
  ledger_.must(claim_);
  before.size.value += 2;
  EXPECT_EQ(ledger_.state().image(), before);
}

TEST_F(Claims, AreOfTheYearsThatInstantsHave) {
  for (const Instant time : {kStartOfTime, Instant{kEndOfTime.us - 1}}) {
    claim_.time = time;
    EXPECT_EQ(ledger_.refusal(claim_), "accepted") << time.us;
  }
  for (const Instant time : {Instant{kStartOfTime.us - 1}, kEndOfTime}) {
    claim_.time = time;
    EXPECT_EQ(ledger_.refusal(claim_), "invalid_time") << time.us;
  }
  ledger_.because("\n");
  EXPECT_EQ(ledger_.refusal(claim_), "invalid_time") << "before the reason";
  claim_.resource = "\n";
  EXPECT_EQ(ledger_.refusal(claim_), "invalid_claim") << "after the texts";
}

TEST_F(Claims, HaveTextsThatAreUtf8) {
  claim_.actor = "\xff";
  EXPECT_EQ(ledger_.refusal(claim_), "invalid_claim");
}

// A log that somebody else wrote.
TEST_F(Claims, OfWhoDoesNotLiveCannotFollow) {
  Event event{.sequence = Sequence{ledger_.state().size().value},
              .time = ledger_.state().lastTime(),
              .body = ClaimRecorded{.account = AccountId{7}, .source = "s", .source_id = "i"}};
  const auto state_of = [&] {
    auto state = State::fromImage(ledger_.state().image());
    EXPECT_TRUE(state);
    return *std::move(state);
  };
  auto applied = state_of().apply(event);
  ASSERT_FALSE(applied);
  EXPECT_NE(applied.error().message.find("no such account lives"), std::string::npos);
  event.body = ClaimRecorded{.project = ProjectId{7}, .source = "s", .source_id = "i"};
  applied = state_of().apply(event);
  ASSERT_FALSE(applied);
  EXPECT_NE(applied.error().message.find("no such project lives"), std::string::npos);
  event.body = ClaimRecorded{.account = AccountId{1}, .project = ProjectId{1}};
  EXPECT_TRUE(state_of().apply(event));
}

TEST_F(Claims, OfAnEarlierIssueGiveTheAccountItsExpiry) {
  ledger_.at("2025-01-10T00:00:00Z");
  CreateAccount create = projectAccount("web", "cd");
  create.expiry = {Expiry::Kind::kDays, 30};
  create.issued_at = instantOf("2025-01-01T00:00:00Z");
  const Bodies bodies = ledger_.must(create);
  EXPECT_EQ(std::get<AccountCreated>(bodies.at(0)).issued_at, *create.issued_at);
  const ExpiryTerms& terms = ledger_.account("robot$web+cd").terms;
  EXPECT_EQ(terms,
            (ExpiryTerms{Expiry::days(30), *create.issued_at, instantOf("2025-01-10T00:00:00Z")}));
  EXPECT_EQ(expiresAt(terms, ledger_.state().settings()), instantOf("2025-01-31T00:00:00Z"));
}

TEST_F(Claims, OfAnIssueAreNoLaterThanTheEventAndNoEarlierThan1970) {
  const Instant now = instantOf("2025-01-10T00:00:00Z");
  ledger_.at(now);
  CreateAccount create = projectAccount("web", "a");
  for (const Instant wrong : {Instant{now.us + 1}, Instant{-1}, kStartOfTime, kEndOfTime}) {
    create.issued_at = wrong;
    EXPECT_EQ(ledger_.refusal(create), "invalid_time") << wrong.us;
  }
  create.issued_at = now;
  EXPECT_EQ(ledger_.refusal(create), "accepted");
  create.name = "b";
  create.issued_at = Instant{0};
  EXPECT_EQ(ledger_.refusal(create), "accepted");
  // The event is as late as the last one, whatever the clock says.
  ledger_.at("2025-01-01T00:00:00Z");
  create.name = "c";
  create.issued_at = now;
  EXPECT_EQ(ledger_.refusal(create), "accepted");
}

}  // namespace
}  // namespace robotledger
