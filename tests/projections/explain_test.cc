#include "projections/explain.h"

#include <gtest/gtest.h>

#include "tests/projections/built.h"

namespace robotledger {
namespace {

const Built& built() {
  static const Built kBuilt(
      "web: 2025-01-02T00:00:00Z admin create_project project=web\n"
      "ci: 2025-01-03T00:00:00Z admin create_account project=web name=ci permissions=push-image\n"
      "off: 2025-01-04T00:00:00Z admin disable account=robot$web+ci\n"
      "on: 2025-01-05T00:00:00Z admin enable account=robot$web+ci\n"
      "less: 2025-01-06T00:00:00Z admin revoke account=robot$web+ci permissions=push-image\n"
      "more: 2025-01-07T00:00:00Z admin grant account=robot$web+ci permissions=push-image\n"
      "short: 2025-01-08T00:00:00Z admin set_system_expiry days=2\n"
      "renew: 2025-01-09T00:00:00Z admin renew account=robot$web+ci\n"
      "set: 2025-01-09T12:00:00Z admin set_expiry account=robot$web+ci expires=90\n"
      "gone: 2025-01-10T00:00:00Z admin delete account=robot$web+ci\n"
      "out: 2025-01-11T00:00:00Z admin delete_project project=web\n");
  return kBuilt;
}

Explanation explained(std::string_view at, Capability capability = kPushImage) {
  auto explanation = explain(built().view(), built().row(1), capability, built().place("web"),
                             when(at), built().view().newest());
  EXPECT_TRUE(explanation);
  return *explanation;
}

std::vector<Sequence> chainOf(const Explanation& explanation) {
  std::vector<Sequence> chain;
  for (const Link& link : explanation.chain) chain.push_back(link.event);
  return chain;
}

std::vector<Sequence> events(std::initializer_list<std::string_view> labels) {
  std::vector<Sequence> sequences;
  for (const auto label : labels) sequences.push_back(built()[label]);
  return sequences;
}

TEST(Explanation, SaysWhatTheProjectWas) {
  EXPECT_EQ(explained("2025-01-01").verdict, Verdict::kNoSuchProject);
  EXPECT_TRUE(explained("2025-01-01").chain.empty());
  const Explanation later = explained("2025-01-11");
  EXPECT_EQ(later.verdict, Verdict::kNoSuchProject);
  EXPECT_EQ(chainOf(later), events({"out"}));
  EXPECT_EQ(later.because, "project web did not exist then any more");
}

TEST(Explanation, SaysThatTheAccountWasNotThere) {
  EXPECT_EQ(explained("2025-01-02").verdict, Verdict::kNoSuchAccount);
  const Explanation later = explained("2025-01-10");
  EXPECT_EQ(later.verdict, Verdict::kDeleted);
  EXPECT_EQ(chainOf(later), events({"ci", "gone"}));
}

TEST(Explanation, LeadsToTheGrantAndTheSetting) {
  const Explanation could = explained("2025-01-03");
  EXPECT_EQ(could.verdict, Verdict::kCould);
  auto expected = events({"web", "ci"});
  expected.insert(expected.begin(), Sequence{0});  // the setting is the ledger's first
  EXPECT_EQ(chainOf(could), expected);
  ASSERT_TRUE(could.window);
  EXPECT_EQ(could.window->until, when("2025-01-04"));
  EXPECT_EQ(could.window->closed_by, ClosedBy(built()["off"]));
}

TEST(Explanation, SaysThatItWasDisabledAndWhatEnabledItAgain) {
  const Explanation off = explained("2025-01-04");
  EXPECT_EQ(off.verdict, Verdict::kDisabled);
  EXPECT_EQ(chainOf(off), events({"ci", "off"}));
  EXPECT_FALSE(off.window);
  auto expected = events({"web", "ci", "on"});
  expected.insert(expected.begin(), Sequence{0});
  EXPECT_EQ(chainOf(explained("2025-01-05")), expected);
}

TEST(Explanation, SaysWhatWasTakenAwayAndThatPullIsNot) {
  const Explanation revoked = explained("2025-01-06");
  EXPECT_EQ(revoked.verdict, Verdict::kNotGranted);
  EXPECT_EQ(chainOf(revoked), events({"ci", "less"}));
  EXPECT_EQ(revoked.because, "nothing granted it push-image in web");
  EXPECT_EQ(explained("2025-01-06", kPullImage).verdict, Verdict::kCould);
  EXPECT_EQ(explained("2025-01-06", kPushChart).verdict, Verdict::kNotGranted);
}

TEST(Explanation, SaysSinceWhenItIsExpiredAndByWhichSetting) {
  const Explanation expired = explained("2025-01-08T10:00:00Z");
  EXPECT_EQ(expired.verdict, Verdict::kExpired);
  EXPECT_EQ(expired.expired_at, when("2025-01-08"));
  EXPECT_EQ(expired.because, "the account was expired since 2025-01-08T00:00:00Z");
  EXPECT_EQ(chainOf(expired), events({"web", "ci", "on", "more", "short"}));
}

TEST(Explanation, SaysWhatBroughtItBackAndWhichExpiryItHas) {
  EXPECT_EQ(chainOf(explained("2025-01-09")),
            events({"web", "ci", "on", "more", "short", "renew"}));
  const Explanation own = explained("2025-01-09T12:00:00Z");
  EXPECT_EQ(chainOf(own), events({"web", "ci", "on", "more", "renew", "set"}));
  EXPECT_EQ(own.chain.back().what, "its expiry was set to 90 days");
}

TEST(Explanation, KnowsNothingOfWhatCameAfterTheEventAskedFor) {
  const auto before = explain(built().view(), built().row(1), kPushImage, built().place("web"),
                              when("2025-01-10"), built().asOfEvent("ci"));
  ASSERT_TRUE(before);
  EXPECT_EQ(before->verdict, Verdict::kCould);
  EXPECT_EQ(before->window->until, when("2025-02-02"));
}

TEST(Explanation, OfASystemAccountNamesWhatOpenedTheScope) {
  const Built system(
      "web: 2025-01-01T00:00:00Z admin create_project project=web\n"
      "s: . admin create_account level=system name=s expires=never permissions=*/push-chart\n"
      "open: +1d admin grant account=robot$s permissions=web/push-image\n");
  const auto why = explain(system.view(), system.row(1), kPullImage, system.place("web"),
                           when("2025-01-02"), system.view().newest());
  ASSERT_TRUE(why);
  EXPECT_EQ(why->verdict, Verdict::kCould);
  ASSERT_EQ(why->chain.size(), 3U);
  EXPECT_EQ(why->chain[1].event, system["s"]) << "by the star";
  EXPECT_EQ(why->chain[2].event, system["open"]);
  EXPECT_EQ(why->chain[2].what, "pulling is always there in web, where it was granted something");
}

TEST(Verdicts, HaveNamesOfTheirOwn) {
  EXPECT_STREQ(verdictName(Verdict::kCould), "could");
  EXPECT_STREQ(verdictName(Verdict::kNoSuchProject), "no_such_project");
  EXPECT_STREQ(verdictName(Verdict::kExpired), "expired");
}

}  // namespace
}  // namespace robotledger
