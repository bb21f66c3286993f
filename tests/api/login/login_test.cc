#include "api/login/login.h"

#include <algorithm>
#include <ctime>
#include <future>
#include <vector>

#include "tests/api/login/login_testing.h"

namespace robotledger {
namespace {

constexpr std::int64_t kMinuteUs = 60 * kUsPerSecond;

std::string typoIn(std::string secret) {
  secret[10] = secret[10] == 'a' ? 'b' : 'a';
  return secret;
}

// Of all processors, whatever else the machine does meanwhile.
double processorMsOf(const std::function<void()>& work) {
  const std::clock_t begun = std::clock();
  work();
  return static_cast<double>(std::clock() - begun) * 1000 / CLOCKS_PER_SEC;
}

TEST(Login, TellsRobotsAndOperatorsWithTheRightSecret) {
  const LoginLedger ledger;
  EXPECT_EQ(words(ledger.check(ledger.made, ledger.secret)), "robot$web+made");
  EXPECT_EQ(words(ledger.check("robot$made", ledger.secret)), "robot$web+made");
  EXPECT_EQ(words(ledger.check(ledger.chosen, kChosenSecret)), "robot$web+chosen");
  EXPECT_EQ(words(ledger.check(ledger.alice, kPassword)), "operator alice");
  const auto login = ledger.check(ledger.chosen, kChosenSecret);
  EXPECT_EQ(std::get<RobotLogin>(login).principal, ledger.authorizer().principal(ledger.chosen));
}

TEST(Login, RefusesAllElseAndKnowsWhy) {
  const LoginLedger ledger;
  EXPECT_EQ(words(ledger.check(ledger.made, newSecret())), "wrong_secret");
  EXPECT_EQ(words(ledger.check(ledger.made, typoIn(ledger.secret))), "typo");
  EXPECT_EQ(words(ledger.check(ledger.made, kChosenSecret)), "wrong_secret");
  EXPECT_EQ(words(ledger.check(ledger.chosen, "Another-secret-1")), "wrong_secret");
  EXPECT_EQ(words(ledger.check("robot$web+nobody", kChosenSecret)), "unknown");
  EXPECT_EQ(words(ledger.check(ledger.alice, "another password")), "wrong_secret");
  EXPECT_EQ(words(ledger.check("nobody", kPassword)), "unknown");
  EXPECT_EQ(words(ledger.check("admin", kPassword)), "wrong_secret");  // has none
  // A chosen secret logs in under the qualified name alone.
  EXPECT_EQ(words(ledger.check("robot$chosen", kChosenSecret)), "unknown");
  // A generated secret is no operator's.
  EXPECT_EQ(words(ledger.check(ledger.alice, ledger.secret)), "unknown");
}

TEST(Login, SecretsThatAreMadeHereAndWhatCannotBeANameTakeNoSlowCheck) {
  const LoginLedger ledger;
  for (const auto& attempt :
       {ledger.attempt(ledger.made, ledger.secret), ledger.attempt(ledger.made, newSecret()),
        ledger.attempt("robot$web+nobody", newSecret()),
        ledger.attempt(ledger.made, typoIn(ledger.secret)), ledger.attempt("", kPassword),
        ledger.attempt("a:b", kPassword), ledger.attempt("robot$Web+x", kPassword),
        ledger.attempt(std::string(256, 'a'), kPassword)}) {
    EXPECT_TRUE(ledger.logins->quick(attempt)) << attempt.name;
  }
  for (const auto& attempt :
       {ledger.attempt(ledger.made, "Chosen-secret-1"), ledger.attempt(ledger.chosen, ""),
        ledger.attempt("robot$web+nobody", "Chosen-secret-1"), ledger.attempt("nobody", kPassword),
        ledger.attempt("alice", std::string(100000, 'a'))}) {
    EXPECT_FALSE(ledger.logins->quick(attempt)) << attempt.name;
  }
}

TEST(Login, WhatIsRefusedTakesAsLongWhateverTheReason) {
  LoginLedger ledger;
  ledger.submit(DisableAccount{ledger.account(ledger.made)});
  ledger.submit(CreateAccount{.project = "web", .name = "off", .secret = ledger.hash(kPassword)});
  ledger.submit(DisableAccount{ledger.account("robot$web+off")});
  std::vector<double> slow;
  const std::pair<std::string, std::string> attempts[] = {{"robot$web+nobody", "Chosen-secret-1"},
                                                          {ledger.chosen, "Chosen-secret-1"},
                                                          {ledger.made, "Chosen-secret-1"},
                                                          {"robot$web+off", kPassword},
                                                          {"nobody", "Chosen-secret-1"},
                                                          {"alice", "Chosen-secret-1"},
                                                          {"admin", "Chosen-secret-1"}};
  for (const auto& [name, secret] : attempts) {
    double least = 1e9;
    for (int i = 0; i < 3; ++i) {
      const auto attempt = ledger.attempt(name, secret);
      ASSERT_FALSE(ledger.logins->quick(attempt)) << name;
      least = std::min(
          least, processorMsOf([&] {
            EXPECT_TRUE(std::holds_alternative<LoginRefused>(ledger.logins->slow(attempt)));
          }));
    }
    slow.push_back(least);
  }
  const auto [least, most] = std::ranges::minmax(slow);
  EXPECT_GT(least, 10) << "a slow hash was left out";
  EXPECT_LT(most, 1.7 * least) << "a slow hash more than one";
}

TEST(Login, DisabledAndExpiredAreToldFromWrongInTheLogAlone) {
  LoginLedger ledger;
  ledger.submit(SetAccountExpiry{ledger.account(ledger.made), {Expiry::Kind::kDays, 1}});
  ledger.submit(SetAccountExpiry{ledger.account(ledger.chosen), {Expiry::Kind::kDays, 1}});
  LoginAttempt made = ledger.attempt(ledger.made, ledger.secret);
  LoginAttempt chosen = ledger.attempt(ledger.chosen, kChosenSecret);
  made.now.us += 2 * kUsPerDay;
  chosen.now = made.now;
  EXPECT_EQ(words(ledger.check(made)), "expired");
  EXPECT_EQ(words(ledger.check(chosen)), "expired");
  chosen.secret = "Another-secret-1";
  EXPECT_EQ(words(ledger.check(chosen)), "wrong_secret");
  ledger.submit(DisableAccount{ledger.account(ledger.made)});
  ledger.submit(DisableAccount{ledger.account(ledger.chosen)});
  EXPECT_EQ(words(ledger.check(made)), "disabled");
  chosen.secret = kChosenSecret;
  EXPECT_EQ(words(ledger.check(chosen)), "disabled");
  chosen.secret = "Another-secret-1";
  EXPECT_EQ(words(ledger.check(chosen)), "wrong_secret");
}

TEST(Login, ASuccessIsRememberedForAMinute) {
  const LoginLedger ledger;
  for (const auto& [name, secret] :
       {std::pair(ledger.chosen, kChosenSecret), std::pair(ledger.alice, kPassword)}) {
    LoginAttempt attempt = ledger.attempt(name, secret);
    ASSERT_FALSE(ledger.logins->quick(attempt));
    const std::string who = words(ledger.logins->slow(attempt));
    attempt.now.us += kMinuteUs - 1;
    attempt.address = "192.0.2.1";
    ASSERT_TRUE(ledger.logins->quick(attempt));
    EXPECT_EQ(words(*ledger.logins->quick(attempt)), who);
    attempt.secret += "x";
    EXPECT_FALSE(ledger.logins->quick(attempt));
    attempt.secret.pop_back();
    attempt.now.us += 1;
    EXPECT_FALSE(ledger.logins->quick(attempt));
    attempt.now.us -= 2 * kMinuteUs;  // a clock that was put back
    EXPECT_FALSE(ledger.logins->quick(attempt));
  }
}

TEST(Login, WhatIsRememberedIsForgottenWhenWhomItIsAboutChanges) {
  LoginLedger ledger;
  const auto chosen = ledger.attempt(ledger.chosen, kChosenSecret);
  const auto alice = ledger.attempt(ledger.alice, kPassword);
  const auto remembered = [&](const LoginAttempt& attempt) {
    return ledger.logins->quick(attempt).has_value();
  };
  const std::pair<const LoginAttempt*, std::vector<Command>> changes[] = {
      {&chosen,
       {DisableAccount{ledger.account(ledger.chosen)},
        EnableAccount{ledger.account(ledger.chosen)}}},
      {&chosen, {RenewAccount{ledger.account(ledger.chosen)}}},
      {&alice, {GrantRole{"alice", "auditor", std::nullopt}}},
      {&alice, {RevokeRole{"alice", "auditor", std::nullopt}}},
      {&alice, {SetOperatorPassword{"alice", ledger.hash(kPassword)}}}};
  for (const auto& [attempt, commands] : changes) {
    (void)ledger.check(*attempt);
    ASSERT_TRUE(remembered(*attempt));
    // What others do is no change.
    ledger.submit(RenewAccount{ledger.account(ledger.made)});
    ASSERT_TRUE(remembered(*attempt));
    for (const Command& command : commands) {
      ledger.submit(command);
      EXPECT_FALSE(remembered(*attempt));
    }
  }
}

TEST(Login, ANewSecretTheEndOfAnAccountAndOfAnOperatorCountAtOnce) {
  LoginLedger ledger;
  EXPECT_EQ(words(ledger.check(ledger.chosen, kChosenSecret)), "robot$web+chosen");
  ledger.submit(RotateSecret{ledger.account(ledger.chosen), ledger.hash("Chosen-anew-22")});
  EXPECT_EQ(words(ledger.check(ledger.chosen, kChosenSecret)), "wrong_secret");
  EXPECT_EQ(words(ledger.check(ledger.chosen, "Chosen-anew-22")), "robot$web+chosen");
  ledger.submit(RotateSecret{ledger.account(ledger.chosen), hashOf(ledger.secret + "")});
  EXPECT_EQ(words(ledger.check(ledger.chosen, "Chosen-anew-22")), "wrong_secret");
  ledger.submit(DeleteAccount{ledger.account(ledger.chosen)});
  ledger.submit(CreateAccount{.project = "web", .name = "chosen", .secret = std::nullopt});
  EXPECT_EQ(words(ledger.check(ledger.chosen, "Chosen-anew-22")), "wrong_secret");

  EXPECT_EQ(words(ledger.check(ledger.alice, kPassword)), "operator alice");
  ledger.submit(RemoveOperator{"alice"});
  EXPECT_EQ(words(ledger.check(ledger.alice, kPassword)), "unknown");
  ledger.submit(AddOperator{"alice"});
  EXPECT_EQ(words(ledger.check(ledger.alice, kPassword)), "wrong_secret");
}

TEST(Login, FailuresAreSlowedPerAddressAndNameAndTheRightSecretOfOthersIsNot) {
  LoginLedger ledger;
  for (std::int64_t i = 0; i < kFailuresAtOnce; ++i) {
    EXPECT_EQ(words(ledger.check(ledger.chosen, "Wrong-secret-1")), "wrong_secret");
  }
  // From there, for that name, nothing is looked at that is not known to be right.
  const auto slowed = ledger.logins->quick(ledger.attempt(ledger.chosen, "Wrong-secret-2"));
  ASSERT_TRUE(slowed);
  EXPECT_EQ(words(*slowed), "slowed_down");
  EXPECT_EQ(words(ledger.check(ledger.chosen, kChosenSecret)), "slowed_down");
  // From elsewhere, and for other names, it is.
  const auto elsewhere = ledger.attempt(ledger.chosen, kChosenSecret, "10.0.0.8");
  EXPECT_EQ(words(ledger.check(elsewhere)), "robot$web+chosen");
  EXPECT_EQ(words(ledger.check(ledger.alice, kPassword)), "operator alice");
  // It is remembered now, wherever it comes from.
  EXPECT_EQ(words(ledger.check(ledger.chosen, kChosenSecret)), "robot$web+chosen");
  // A secret that is made here is never slowed.
  ledger.submit(RotateSecret{ledger.account(ledger.chosen), hashOf(ledger.secret)});
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(words(ledger.check(ledger.chosen, newSecret())), "wrong_secret");
  }
  EXPECT_EQ(words(ledger.check(ledger.chosen, ledger.secret)), "robot$web+chosen");
  // After a while there is another try.
  LoginAttempt later = ledger.attempt(ledger.chosen, "Wrong-secret-3");
  later.now.us += kSecondsPerFailure * kUsPerSecond;
  EXPECT_FALSE(ledger.logins->quick(later));
}

TEST(Login, RightSecretsAreNoFailuresHoweverManyAndHoweverFast) {
  const LoginLedger ledger;
  std::vector<std::future<CheckedLogin>> logins;
  for (int i = 0; i < 32; ++i) {
    logins.push_back(
        std::async(std::launch::async, [&] { return ledger.check(ledger.chosen, kChosenSecret); }));
  }
  for (auto& login : logins) EXPECT_EQ(words(login.get()), "robot$web+chosen");
  LoginAttempt later = ledger.attempt(ledger.chosen, kChosenSecret);
  for (int i = 0; i < 12; ++i) {
    later.now.us += kMinuteUs;
    EXPECT_EQ(words(ledger.check(later)), "robot$web+chosen");
  }
}

// Nobody could tell a right secret of a disabled account by its never being slowed.
TEST(Login, ADisabledAccountIsSlowedLikeAWrongSecret) {
  LoginLedger ledger;
  ledger.submit(DisableAccount{ledger.account(ledger.chosen)});
  for (std::int64_t i = 0; i < kFailuresAtOnce; ++i) {
    EXPECT_EQ(words(ledger.check(ledger.chosen, kChosenSecret)), "disabled");
  }
  EXPECT_EQ(words(ledger.check(ledger.chosen, kChosenSecret)), "slowed_down");
}

TEST(Login, SecretsOutliveTheProcessAndNeedThePepper) {
  LoginLedger ledger;
  ledger.open();
  ledger.start();
  EXPECT_EQ(words(ledger.check(ledger.alice, kPassword)), "operator alice");
  EXPECT_EQ(words(ledger.check(ledger.chosen, kChosenSecret)), "robot$web+chosen");
  ledger.pepper = std::string(kPepperBytes, 'x');
  ledger.start();
  EXPECT_EQ(words(ledger.check(ledger.alice, kPassword)), "wrong_secret");
  EXPECT_EQ(words(ledger.check(ledger.made, ledger.secret)), "robot$web+made");
  EXPECT_FALSE(LoginChecker::start(ledger.authorizer(), {.pepper = "short"}));
}

TEST(Login, NamesThatMayBeSecretsAreNotLogged) {
  const LoginLedger ledger;
  EXPECT_EQ(nameForLogs(ledger.authorizer(), "alice"), "alice");
  EXPECT_EQ(nameForLogs(ledger.authorizer(), "robot$web+nobody"), "robot$web+nobody");
  EXPECT_EQ(nameForLogs(ledger.authorizer(), "hunter2"), "?");
  EXPECT_EQ(nameForLogs(ledger.authorizer(), ledger.secret), "?");
}

}  // namespace
}  // namespace robotledger
