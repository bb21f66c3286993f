#include "api/token/scope.h"

#include <gtest/gtest.h>

namespace robotledger {
namespace {

using Scopes = std::vector<ResourceScope>;

std::optional<Scopes> parsed(std::vector<std::string> texts) { return parseScopes(texts); }

TEST(Scopes, AreSplitAtTheFirstAndTheLastColon) {
  EXPECT_EQ(parsed({"repository:web/app:pull,push"}),
            (Scopes{{"repository", "web/app", {"pull", "push"}}}));
  EXPECT_EQ(parsed({"repository:localhost:5000/web/app:pull"}),
            (Scopes{{"repository", "localhost:5000/web/app", {"pull"}}}));
  EXPECT_EQ(parsed({"registry:catalog:*"}), (Scopes{{"registry", "catalog", {"*"}}}));
}

TEST(Scopes, ComeRepeatedOrPartedBySpacesAndEachResourceOnce) {
  const Scopes both{{"repository", "a", {"pull"}}, {"repository", "b", {"push"}}};
  EXPECT_EQ(parsed({"repository:a:pull", "repository:b:push"}), both);
  EXPECT_EQ(parsed({"repository:a:pull repository:b:push"}), both);
  EXPECT_EQ(parsed({" repository:a:pull  repository:b:push "}), both);
  // As helm 3 asks.
  EXPECT_EQ(parsed({"repository:web/charts/x:pull repository:web/charts/x:pull,push"}),
            (Scopes{{"repository", "web/charts/x", {"pull", "push"}}}));
}

TEST(Scopes, MayBeNoneAndMayAskForNothing) {
  EXPECT_EQ(parsed({}), Scopes());
  EXPECT_EQ(parsed({""}), Scopes());
  EXPECT_EQ(parsed({"repository:a:"}), (Scopes{{"repository", "a", {}}}));
  EXPECT_EQ(parsed({"repository:a:,,pull,"}), (Scopes{{"repository", "a", {"pull"}}}));
}

TEST(Scopes, OfAnotherFormAreRefused) {
  for (const char* wrong : {"repository", "repository:a", ":a:pull", "repository::pull",
                            "repository:a\t:pull", "repository:\xc3\xa4:pull", ":", "::"}) {
    EXPECT_EQ(parsed({wrong}), std::nullopt) << wrong;
  }
}

TEST(Scopes, HaveLimits) {
  std::string text;
  for (std::size_t i = 0; i < kMaxScopes; ++i)
    text += "repository:r" + std::to_string(i) + ":pull ";
  EXPECT_EQ(parsed({text})->size(), kMaxScopes);
  EXPECT_EQ(parsed({text + "repository:more:pull"}), std::nullopt);
  EXPECT_TRUE(parsed({text + "repository:r0:push"}));
  const std::string longest = "repository:" + std::string(kMaxScopeBytes - 16, 'a') + ":pull";
  EXPECT_TRUE(parsed({longest}));
  EXPECT_EQ(parsed({longest + "x"}), std::nullopt);
  std::string actions = "repository:a:0";
  for (std::size_t i = 1; i < kMaxActions; ++i) actions += "," + std::to_string(i);
  EXPECT_TRUE(parsed({actions}));
  EXPECT_EQ(parsed({actions + ",more"}), std::nullopt);
}

TEST(RepositoryName, FollowsTheDistributionProjectsGrammar) {
  for (const char* right :
       {"a", "web/app", "web/a.b", "web/a_b", "web/a__b", "web/a---b", "w3b/charts/x/y/z", "0/1"}) {
    EXPECT_TRUE(isRepositoryName(right)) << right;
  }
  for (const char* wrong :
       {"", "/", "web/", "/app", "web//app", "Web/app", "web/a..b", "web/a._b", "web/a___b",
        "web/-a", "web/a-", "web/a.", "web/.a", "web/a:b", "web/a b", "web/../x"}) {
    EXPECT_FALSE(isRepositoryName(wrong)) << wrong;
  }
  EXPECT_TRUE(isRepositoryName(std::string(255, 'a')));
  EXPECT_FALSE(isRepositoryName(std::string(256, 'a')));
}

}  // namespace
}  // namespace robotledger
