// The public header: what is refused, what fails, and what is the same by every way.
#include <fstream>

#include "tests/api/embedding.h"

namespace robotledger {
namespace {

template <class T>
rl::Failure failed(const rl::Result<T>& result) {
  EXPECT_FALSE(result);
  return result ? rl::Failure() : result.failure();
}

TEST(EmbeddedLedger, IsOpenedByOneAtATimeAndUnderAName) {
  const Embedding embedding;
  const rl::Ledger ledger = embedding.open();
  const rl::Failure in_use = failed(rl::Ledger::open(embedding.path()));
  EXPECT_EQ(in_use.code, rl::Code::kInUse);
  EXPECT_NE(in_use.message.find("embedding-test"), std::string::npos) << in_use.message;
  EXPECT_EQ(failed(rl::Ledger::open(embedding.room + "/nothing")).code, rl::Code::kNotFound);
  EXPECT_EQ(failed(rl::Ledger::open(embedding.path(), rl::Options{""})).code,
            rl::Code::kInvalidArgument);
  EXPECT_EQ(failed(rl::Ledger::open(embedding.path(), rl::Options{"a\nb"})).code,
            rl::Code::kInvalidArgument);
  EXPECT_EQ(failed(rl::Ledger::create(embedding.path(), rl::NewLedger{"a.example/b"})).code,
            rl::Code::kInvalidArgument);
  EXPECT_EQ(failed(rl::Ledger::create(embedding.room + "/x", rl::NewLedger{"no origin"})).code,
            rl::Code::kInvalidArgument);
}

TEST(EmbeddedLedger, IsFreeWhenAnotherIsMovedOverIt) {
  const Embedding one;
  const Embedding two;
  rl::Ledger ledger = one.open();
  ledger = two.open();
  EXPECT_EQ(one.open().size(), 1U);
  EXPECT_EQ(failed(rl::Ledger::open(two.path())).code, rl::Code::kInUse);
}

TEST(EmbeddedLedger, GivesASecretOnceAndOnlyWhereOneIsIssued) {
  const Embedding embedding;
  rl::Ledger ledger = embedding.open();
  EXPECT_FALSE(carryOut(ledger, rl::CreateProject{"web"}).secret);
  const rl::Receipt made = carryOut(ledger, rl::CreateAccount{"web", "ci"});
  ASSERT_TRUE(made.secret);
  const rl::Receipt rotated = carryOut(ledger, rl::RotateSecret{"robot$web+ci"});
  ASSERT_TRUE(rotated.secret);
  EXPECT_NE(rotated.secret->text(), made.secret->text());
  EXPECT_EQ(ledger.authenticate("robot$web+ci", made.secret->text()).result,
            rl::LoginResult::kWrongSecret);
  EXPECT_EQ(ledger.authenticate("robot$web+ci", rotated.secret->text()).result,
            rl::LoginResult::kWelcome);
  EXPECT_EQ(ledger.authenticate("robot$web+no", rotated.secret->text()).result,
            rl::LoginResult::kUnknownAccount);
}

TEST(EmbeddedLedger, LetsRobotsInWithSecretsThatPeopleChose) {
  const Embedding embedding;
  rl::Ledger ledger = embedding.open();
  fill(ledger);
  const std::string chosen = "Chosen-By-Me-1";
  EXPECT_EQ(failed(ledger.setSecret("#1", "short", kAdmin)).code, rl::Code::kInvalidArgument);
  EXPECT_EQ(failed(ledger.setSecret("robot$web+no", chosen, kAdmin)).refusal, "unknown_account");
  EXPECT_EQ(failed(ledger.setSecret("#1", chosen, {"admin", "", "", "a-key"})).code,
            rl::Code::kInvalidArgument);
  const auto set = ledger.setSecret("#1", chosen, kAdmin);
  ASSERT_TRUE(set) << set.failure().message;
  EXPECT_EQ(set->account, "robot$web+ci");
  EXPECT_FALSE(set->secret);
  // What decides without waiting does not know it.
  EXPECT_EQ(ledger.authenticate("robot$web+ci", chosen).result, rl::LoginResult::kWrongSecret);
  const auto login = ledger.checkLogin("robot$web+ci", chosen, "127.0.0.1");
  ASSERT_TRUE(login) << login.failure().message;
  ASSERT_EQ(login->result, rl::LoginResult::kWelcome);
  EXPECT_EQ(ledger.authorize(login->robot, rl::kPushImage, *ledger.project("web")),
            rl::Decision::kAllowed);
  EXPECT_EQ(ledger.checkLogin("robot$web+ci", "Another-One-2", "127.0.0.1")->result,
            rl::LoginResult::kWrongSecret);
  // An operator is let in elsewhere.
  ASSERT_TRUE(ledger.setOperatorPassword("admin", "a long pass phrase", kAdmin));
  EXPECT_EQ(ledger.checkLogin("admin", "a long pass phrase", "127.0.0.1")->result,
            rl::LoginResult::kUnknownAccount);
  EXPECT_EQ(failed(ledger.setOperatorPassword("nobody", "a long pass phrase", kAdmin)).refusal,
            "unknown_operator");
}

TEST(EmbeddedLedger, DoesWhatIsRepeatedUnderAKeyOnce) {
  const Embedding embedding;
  rl::Ledger ledger = embedding.open();
  carryOut(ledger, rl::CreateProject{"web"});
  const rl::By once{"admin", "", "", "key-1"};
  const rl::Receipt first = carryOut(ledger, rl::CreateAccount{"web", "ci"}, once);
  const rl::Receipt again = carryOut(ledger, rl::CreateAccount{"web", "ci"}, once);
  EXPECT_TRUE(again.repeated);
  EXPECT_FALSE(again.secret);
  EXPECT_EQ(again.sequence, first.sequence);
  EXPECT_EQ(again.account, "robot$web+ci");
  const rl::Failure other = failed(ledger.submit(rl::CreateAccount{"web", "cd"}, once));
  EXPECT_EQ(other.code, rl::Code::kRefused);
  EXPECT_EQ(other.refusal, "idempotency_key_reused");
}

TEST(EmbeddedLedger, RefusesWithTheNameOfTheRule) {
  const Embedding embedding;
  rl::Ledger ledger = embedding.open();
  fill(ledger);
  const auto refusal = [&](const rl::Command& command, const rl::By& by = kAdmin) {
    const rl::Failure why = failed(ledger.submit(command, by));
    EXPECT_EQ(why.code, rl::Code::kRefused);
    return why.refusal;
  };
  EXPECT_EQ(refusal(rl::DisableAccount{"robot$web+no"}), "unknown_account");
  EXPECT_EQ(refusal(rl::CreateProject{"Web"}), "invalid_name");
  EXPECT_EQ(refusal(rl::EnableAccount{"#1"}), "no_change");
  EXPECT_EQ(refusal(rl::SetSystemExpiry{0}), "invalid_days");
  EXPECT_EQ(refusal(rl::SetAccountExpiry{"#1", rl::Expiry::inDays(-1)}), "invalid_days");
  EXPECT_EQ(refusal(rl::RevokePermissions{"#1", {{"pull-image"}}}), "pull_is_always_granted");
  EXPECT_EQ(refusal(rl::CreateProject{"x"}, {"nobody"}), "unknown_operator");
  EXPECT_EQ(refusal(rl::CreateProject{"x"}, {"admin", "a\nb"}), "invalid_reason");
  // What cannot be a command is no refusal.
  EXPECT_EQ(failed(ledger.submit(rl::EnableAccount{"#x"}, kAdmin)).code,
            rl::Code::kInvalidArgument);
  EXPECT_EQ(failed(ledger.submit(rl::EnableAccount{""}, kAdmin)).code, rl::Code::kInvalidArgument);
  EXPECT_EQ(ledger.size(), 4U);
}

TEST(EmbeddedLedger, DecidesOnHandlesThatAreOfNothingLiving) {
  const Embedding embedding;
  rl::Ledger ledger = embedding.open();
  fill(ledger);
  const auto robot = ledger.robot("robot$web+ci");
  const auto web = ledger.project("web");
  ASSERT_TRUE(robot && web);
  EXPECT_EQ(ledger.authorize(*robot, rl::Capability{65535}, *web), rl::Decision::kNotGranted);
  EXPECT_EQ(ledger.authorize(rl::Robot{}, rl::kPushImage, *web), rl::Decision::kNoAccount);
  EXPECT_EQ(ledger.authorize(*robot, rl::kPushImage, rl::Project{}), rl::Decision::kNoProject);
  carryOut(ledger, rl::DeleteProject{"web"});
  EXPECT_FALSE(ledger.project("web"));
  EXPECT_FALSE(ledger.robot("robot$web+ci"));
  EXPECT_EQ(ledger.authorize(*robot, rl::kPushImage, *web), rl::Decision::kNoAccount);
  EXPECT_FALSE(rl::capability("fly"));
}

TEST(EmbeddedLedger, AnswersOperatorsWhatTheyMayKnow) {
  const Embedding embedding;
  rl::Ledger ledger = embedding.open();
  fill(ledger);
  carryOut(ledger, rl::AddOperator{"eve"});
  carryOut(ledger, rl::AddOperator{"paula"});
  carryOut(ledger, rl::GrantRole{"paula", "project_admin", "web"});
  const rl::WhoCould question{"push-image", "web"};
  EXPECT_EQ(ledger.whoCould(question)->accounts.size(), 1U);
  EXPECT_EQ(ledger.whoCould(question, "paula")->accounts.size(), 1U);
  EXPECT_EQ(failed(ledger.whoCould(question, "eve")).refusal, "forbidden");
  EXPECT_EQ(failed(ledger.accounts({}, "paula")).refusal, "forbidden");
  EXPECT_EQ(failed(ledger.account("#1", "nobody")).refusal, "unknown_operator");
  EXPECT_EQ(failed(ledger.whoCould(rl::WhoCould{"push-image", "no"})).refusal, "unknown_project");
}

TEST(EmbeddedLedger, AnswersForThePastAndAsOfAnEvent) {
  const Embedding embedding;
  rl::Ledger ledger = embedding.open();
  const rl::Receipt made = fill(ledger);
  const rl::Receipt gone = carryOut(ledger, rl::DeleteAccount{"robot$web+ci"});
  EXPECT_EQ(gone.account, "robot$web+ci");
  rl::Accounts list;
  EXPECT_TRUE(ledger.accounts(list)->accounts.empty());
  list.at = made.time;
  ASSERT_EQ(ledger.accounts(list)->accounts.size(), made.time == gone.time ? 0U : 1U);
  rl::WhatCould what{"#1", made.time};
  what.as_of = gone.sequence - 1;
  const auto held = ledger.whatCould(what);
  ASSERT_TRUE(held);
  ASSERT_EQ(held->could.size(), 2U);
  EXPECT_EQ(held->could[0].scope, "web");
  EXPECT_EQ(held->could[0].capability, "repository:pull");
  EXPECT_EQ(held->could[0].window.opened_by, made.sequence);
  EXPECT_FALSE(held->could[0].window.closed_by);
  EXPECT_TRUE(held->could[0].window.until);  // it expires
  EXPECT_EQ(failed(ledger.account("#1")).refusal, "unknown_account");
  what.as_of = 1000;
  EXPECT_EQ(failed(ledger.whatCould(what)).code, rl::Code::kNotFound);
}

TEST(EmbeddedLedger, CountsTheLivesOfTokensWhereThatIsAsked) {
  const Embedding embedding;
  rl::Ledger ledger = embedding.open();
  fill(ledger);
  const rl::Receipt disabled = carryOut(ledger, rl::DisableAccount{"#1"});
  const rl::Time soon = disabled.time + std::chrono::seconds(1);
  rl::WhoCould question{"push-image", "web", rl::At{soon}};
  EXPECT_TRUE(ledger.whoCould(question)->accounts.empty());
  question.tail = rl::Tail::kTokens;
  const auto answer = ledger.whoCould(question);
  ASSERT_TRUE(answer);
  ASSERT_EQ(answer->accounts.size(), 1U);
  // 300 s that a token lives, and 60 s that registries allow.
  const rl::Time last = disabled.time + std::chrono::seconds(360);
  EXPECT_EQ(answer->accounts[0].windows.at(0).until, last);
  EXPECT_EQ(answer->accounts[0].windows.at(0).access_until, disabled.time);
  rl::Could why{"#1", "push-image", "web", soon};
  why.tail = rl::Tail::kTokens;
  EXPECT_EQ(ledger.could(why)->verdict, "disabled");
  EXPECT_EQ(ledger.could(why)->token_until, last);
  const auto json =
      ledger.ask(R"({"ask":"could","account":"#1","capability":"push-image","project":"web",)"
                 R"("token_tail":true})");
  ASSERT_TRUE(json) << json.failure().message;
  EXPECT_NE(json->find(R"("token_until":")"), std::string::npos) << *json;
  question.project = "/";
  EXPECT_EQ(failed(ledger.whoCould(question)).code, rl::Code::kInvalidArgument);
  // Back before its tokens have run out, it still could by those alone while it was disabled.
  carryOut(ledger, rl::EnableAccount{"#1"});
  why.at = disabled.time;
  EXPECT_EQ(ledger.could(why)->verdict, "disabled");
  EXPECT_EQ(ledger.could(why)->token_until, last);
}

TEST(EmbeddedLedger, LooksAtTimes) {
  const Embedding embedding;
  rl::Ledger ledger = embedding.open();
  fill(ledger);
  rl::WhoCould question{"push-image", "web"};
  const auto code = [&](const rl::When& when) {
    question.when = when;
    return failed(ledger.whoCould(question)).code;
  };
  EXPECT_EQ(code(rl::At{rl::Time::max()}), rl::Code::kInvalidArgument);
  EXPECT_EQ(code(rl::At{rl::Time::min()}), rl::Code::kInvalidArgument);
  const rl::Time noon = rl::Time(std::chrono::hours(480000));
  EXPECT_EQ(code(rl::Between{noon, noon}), rl::Code::kInvalidArgument);
  EXPECT_EQ(code(rl::OnDate{"2025-02-30"}), rl::Code::kInvalidArgument);
  EXPECT_EQ(code(rl::OnDate{"2025-02-03", "Nowhere/Town"}), rl::Code::kInvalidArgument);
  question.when = rl::OnDate{"2025-02-03", "Europe/Berlin"};
  EXPECT_TRUE(ledger.whoCould(question)->accounts.empty());
}

TEST(EmbeddedLedger, TakesAHistoryFile) {
  const Embedding embedding;
  rl::Ledger ledger = embedding.open();
  const std::string file = embedding.room + "/history.jsonl";
  std::ofstream(file)
      << R"({"at":"2025-03-01T09:00:00Z","actor":"admin","do":"create_project","project":"old"})"
      << "\n"
      << R"({"at":"2025-03-01T09:00:01Z","actor":"admin","do":"disable","account":"robot$old+x"})"
      << "\n";
  const auto imported = ledger.importHistory(file, kAdmin);
  ASSERT_TRUE(imported) << imported.failure().message;
  EXPECT_EQ(imported->lines, 2U);
  EXPECT_EQ(imported->events, 1U);
  EXPECT_EQ(imported->refused, 1U);
  EXPECT_EQ(imported->first_refused.rfind("line 2: unknown_account: ", 0), 0U);
  EXPECT_TRUE(ledger.project("old"));
  EXPECT_EQ(failed(ledger.importHistory(embedding.room + "/none", kAdmin)).code,
            rl::Code::kNotFound);
  EXPECT_EQ(failed(ledger.importHistory(file, {"nobody"})).refusal, "unknown_operator");
}

TEST(EmbeddedLedger, IsACopyWithoutItsKey) {
  const Embedding embedding;
  std::filesystem::remove(embedding.path() + "/keys/log-key.pem");
  rl::Ledger ledger = embedding.open();
  EXPECT_EQ(failed(ledger.submit(rl::CreateProject{"web"}, kAdmin)).code,
            rl::Code::kInvalidArgument);
  EXPECT_EQ(failed(ledger.checkpoint()).code, rl::Code::kInvalidArgument);
  EXPECT_EQ(ledger.events(0, 10)->size(), 1U);
  EXPECT_TRUE(ledger.verify(rl::VerifyScope::kEverything));
}

}  // namespace
}  // namespace robotledger
