#include "core/domain/checks.h"

#include "tests/core/domain/small_ledger.h"

namespace robotledger {
namespace {

class ChecksTest : public ::testing::Test {
 protected:
  ChecksTest() {
    ledger_.must(CreateProject{"web"});
    ledger_.must(projectAccount("web", "ci"));
    ledger_.must(AddOperator{"alice"});
    ledger_.must(GrantRole{"alice", "project_admin", "web"});
  }

  Checks checks() { return {ledger_.state(), ledger_.context()}; }
  static std::string code(const Checks& checks) {
    return checks.ok() ? "ok" : std::string(refusalName(checks.refusal().code));
  }
  // Whether the actor may change an account of this name, and whether it is there.
  std::string account(const std::string& name) {
    Checks looking = checks();
    const Account* found = looking.needAccount(named(name));
    EXPECT_EQ(found != nullptr, looking.ok());
    return code(looking);
  }

  SmallLedger ledger_;
};

TEST_F(ChecksTest, TheFirstRefusalIsTheAnswer) {
  Checks looking = checks();
  looking.needName("No");
  looking.needDescription("\n");
  looking.refuse(RefusalCode::kNoChange, "later");
  EXPECT_EQ(code(looking), "invalid_name");
}

TEST_F(ChecksTest, NothingIsFoundAfterARefusal) {
  Checks looking = checks();
  looking.needName("No");
  EXPECT_EQ(looking.needProject("web"), nullptr);
  EXPECT_EQ(looking.needOperator("alice"), nullptr);
  EXPECT_EQ(looking.needAccount(named("robot$web+ci")), nullptr);
  EXPECT_EQ(looking.needPermissions(ProjectId{1}, own({"push-image"})), Permissions{});
}

TEST_F(ChecksTest, TheTimeIsTheLaterOfTheClockAndTheLastEvent) {
  const Instant last = ledger_.state().lastTime();
  ledger_.at(Instant{last.us - 5});
  EXPECT_EQ(checks().time(), last);
  ledger_.at(Instant{last.us + 5});
  EXPECT_EQ(checks().time(), Instant{last.us + 5});
}

TEST_F(ChecksTest, AGivenTimeIsNeitherBeforeTheLastEventNorInTheFuture) {
  const Instant last = ledger_.state().lastTime();
  ledger_.at(Instant{last.us + 5});
  const auto given = [&](std::int64_t after) {
    ledger_.context().at = Instant{last.us + after};
    return code(checks());
  };
  EXPECT_EQ(given(-1), "time_goes_back");
  EXPECT_EQ(given(0), "ok");
  EXPECT_EQ(given(5), "ok");
  EXPECT_EQ(given(6), "invalid_time");
  ledger_.at(Instant{last.us - 5});
  EXPECT_EQ(given(-1), "time_goes_back") << "that comes before the future";
  EXPECT_EQ(given(0), "ok") << "a clock that was set back is as late as the last event";
  EXPECT_EQ(given(1), "invalid_time");
}

TEST_F(ChecksTest, TheTimeIsLookedAtBeforeTheActor) {
  ledger_.as("nobody");
  EXPECT_EQ(code(checks()), "unknown_operator");
  ledger_.context().at = Instant{0};
  EXPECT_EQ(code(checks()), "time_goes_back");
}

TEST_F(ChecksTest, AProjectsAdministratorLearnsNothingOfElsewhere) {
  ledger_.as("alice");
  EXPECT_EQ(account("robot$web+ci"), "ok");
  EXPECT_EQ(account("robot$web+cd"), "unknown_account");
  EXPECT_EQ(account("robot$data+ci"), "forbidden");
  EXPECT_EQ(account("robot$ci"), "forbidden");
  EXPECT_EQ(account("ci"), "forbidden");
}

TEST_F(ChecksTest, WhoseAnAccountIsFollowsFromItsNameAloneEvenWhereItIsNone) {
  ledger_.as("alice");
  EXPECT_EQ(account("robot$web+NO NAME"), "unknown_account");
  EXPECT_EQ(account("robot$web+ci+cd"), "unknown_account");
  EXPECT_EQ(account("robot$web+"), "unknown_account");
  EXPECT_EQ(account("robot$WEB+ci"), "forbidden");
}

TEST_F(ChecksTest, AnAccountByItsIdIsJudgedByWhereItIs) {
  const auto by_id = [&](std::uint64_t id) {
    Checks looking = checks();
    looking.needAccount(AccountRef{"", AccountId{id}});
    return code(looking);
  };
  EXPECT_EQ(by_id(9), "unknown_account");
  ledger_.as("alice");
  EXPECT_EQ(by_id(1), "ok");
  EXPECT_EQ(by_id(9), "forbidden");
}

TEST_F(ChecksTest, ARefusalOfANumberDoesNotTellWhereItIsOrWhetherItIsThere) {
  ledger_.must(CreateProject{"api"});
  ledger_.must(projectAccount("api", "other"));
  ledger_.as("alice");
  const auto message = [&](std::uint64_t id) {
    Checks looking = checks();
    looking.needAccount(AccountRef{"", AccountId{id}});
    return looking.refusal().message;
  };
  EXPECT_EQ(message(2), "'alice' may not change account #2");
  EXPECT_EQ(message(9), "'alice' may not change account #9");
}

TEST_F(ChecksTest, MessagesAreOneLineWhateverWasAsked) {
  Checks looking = checks();
  looking.needAccount(named("robot$web+" + std::string(100000, '\n')));
  EXPECT_EQ(looking.refusal().message.find('\n'), std::string::npos);
  EXPECT_LT(looking.refusal().message.size(), 200U);
}

}  // namespace
}  // namespace robotledger
