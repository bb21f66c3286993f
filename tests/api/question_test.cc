#include "api/answers/question.h"

#include <gtest/gtest.h>

#include "api/evidence/statement.h"
#include "tests/projections/built.h"

namespace robotledger {
namespace {

std::vector<Question> everyKind() {
  return {WhoCouldQuestion{kPushImage, "web", atInstant(when("2025-01-05"))},
          WhoCouldQuestion{*parseCapability("audit-log:list"), "/",
                           *betweenInstants(when("2025-01-01"), when("2025-02-01"))},
          WhoCouldQuestion{kPullChart, "web", *onDate("2025-03-30", "Europe/Berlin")},
          WhoCouldQuestion{kPullChart, "web",
                           onDateIn("2025-10-26", "Nowhere/Twice", "2099z",
                                    {{when("2025-10-25"), when("2025-10-26")},
                                     {when("2025-10-27"), when("2025-10-28")}})},
          WhoCouldQuestion{kPushImage, "web", atInstant(when("2025-01-05")), Tail::kTokens},
          HistoryQuestion{{.name = "robot$web+ci"}},
          HistoryQuestion{{.id = AccountId{12}}},
          LogQuestion{},
          LogQuestion{.account = AccountRef{.id = AccountId{3}},
                      .project = "web",
                      .actor = "alice",
                      .kind = parseEventKind("account_disabled"),
                      .from = when("2025-01-01"),
                      .to = when("2025-02-01"),
                      .after = Sequence{7},
                      .limit = 10}};
}

TEST(Questions, ComeBackFromJsonAsTheyWere) {
  for (const Question& question : everyKind()) {
    const Json json = questionJson(question);
    const auto back = parseQuestion(json);
    ASSERT_TRUE(back) << jsonText(json);
    EXPECT_EQ(back->index(), question.index());
    EXPECT_EQ(jsonText(questionJson(*back)), jsonText(json));
  }
  // What is asked about is there, not only what is said of it.
  const auto twice = parseQuestion(questionJson(everyKind()[3]));
  ASSERT_TRUE(twice);
  const When& asked = std::get<WhoCouldQuestion>(*twice).when;
  ASSERT_EQ(asked.periods.size(), 2U);
  EXPECT_EQ(asked.periods[1].from, when("2025-10-27"));
  EXPECT_EQ(asked.words, std::get<WhoCouldQuestion>(everyKind()[3]).when.words);
}

TEST(Questions, ThatAreNoneAreRefused) {
  const std::string web = R"({"ask":"who-could","capability":"push-image","project":"web",)";
  const std::string on = web + R"("on":"2025-01-01","tz":"UTC","tzdata":"x")";
  const std::string back = R"("from":"2025-01-02T00:00:00Z","to":"2025-01-01T00:00:00Z")";
  ASSERT_TRUE(parseQuestion(Json::parse(web + R"("at":"2025-01-01T00:00:00Z"})")));
  for (const std::string& text : std::vector<std::string>{
           "{}",
           "[]",
           "7",
           "null",
           R"({"ask":"what"})",
           R"({"ask":"who-could"})",
           R"({"ask":"who-could","capability":"x","project":"web","at":"2025-01-01T00:00:00Z"})",
           R"({"ask":"who-could","capability":"push-image","at":"2025-01-01T00:00:00Z"})",
           web + R"("at":"now"})",
           web + R"("at":7})",
           web + R"("at":"2025-01-01T00:00:00Z","token_tail":false})",
           web + R"("at":"2025-01-01T00:00:00Z","token_tail":"yes"})",
           R"({"ask":"who-could","capability":"push-image","project":"/",)"
           R"("at":"2025-01-01T00:00:00Z","token_tail":true})",
           R"({"ask":"who-could","capability":"tag:delete","project":"web",)"
           R"("at":"2025-01-01T00:00:00Z","token_tail":true})",
           web + back + "}",
           on + "}",
           on + R"(,"periods":[]})",
           on + R"(,"periods":{}})",
           on + R"(,"periods":[{)" + back + "}]}",
           R"({"ask":"account history"})",
           R"({"ask":"account history","account":"#"})",
           R"({"ask":"account history","account":"#01"})",
           R"({"ask":"log","limit":-1})",
           R"({"ask":"log","after":"7"})",
           R"({"ask":"log","kind":"nothing"})"}) {
    EXPECT_FALSE(parseQuestion(Json::parse(text))) << text;
  }
}

TEST(Questions, WithMoreEventsThanCanBeProvenAreToldSo) {
  const Built built(
      "2025-01-01T00:00:00Z admin create_project project=web\n"
      "+1d admin create_project project=docs\n");
  const Reader admin{.name = "admin", .known = true, .everything = true};
  Asking asking(built.view(), admin, built.view().last_time);
  const auto all = logAnswer(asking, {}, built.view().newest(), 4);
  ASSERT_TRUE(all);
  EXPECT_EQ(std::get<LogAnswer>(*all).events.size(), 4U);
  const auto more = logAnswer(asking, {}, built.view().newest(), 3);
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().code, ErrorCode::kInvalidArgument);
  EXPECT_NE(more.error().message.find("more than 3 events"), std::string::npos);
  EXPECT_TRUE(logAnswer(asking, {.limit = 3}, built.view().newest(), 3));
}

Statement aStatement() {
  return {.question = everyKind()[0],
          .as_of = {Sequence{9}, when("2025-06-01")},
          .checkpoint = {.origin = "ledger.example/robots", .size = TreeSize{10}, .root = {}},
          .completeness = Completeness::kSlim,
          .reader = {.name = "alice", .known = true, .administers = {ProjectId{3}, ProjectId{7}}}};
}

TEST(Statements, ComeBackAsTheyWere) {
  const std::string text = formatStatement(aStatement());
  const auto back = parseStatement(text);
  ASSERT_TRUE(back) << text;
  EXPECT_EQ(back->as_of.sequence, Sequence{9});
  EXPECT_EQ(back->checkpoint, aStatement().checkpoint);
  EXPECT_EQ(back->completeness, Completeness::kSlim);
  EXPECT_FALSE(back->reader.everything);
  EXPECT_EQ(back->reader.administers, aStatement().reader.administers);
  Statement everything = aStatement();
  everything.completeness = Completeness::kFull;
  everything.reader.everything = true;
  const auto whole = parseStatement(formatStatement(everything));
  ASSERT_TRUE(whole);
  EXPECT_TRUE(whole->reader.everything);
  EXPECT_EQ(whole->completeness, Completeness::kFull);
}

TEST(Statements, HaveOneSpelling) {
  const std::string text = formatStatement(aStatement());
  bool in_text = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    EXPECT_FALSE(parseStatement(text.substr(0, i))) << i;
    const std::string spaced = text.substr(0, i) + " " + text.substr(i);
    EXPECT_TRUE(in_text || !parseStatement(spaced)) << i;
    if (text[i] == '"') in_text = !in_text;
  }
  Statement other = aStatement();
  other.checkpoint.size = TreeSize{11};
  EXPECT_FALSE(parseStatement(formatStatement(other))) << "the log does not end with that event";
}

}  // namespace
}  // namespace robotledger
