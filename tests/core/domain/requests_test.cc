#include "core/domain/requests.h"

#include "tests/core/domain/small_ledger.h"

namespace robotledger {
namespace {

class Requests : public ::testing::Test {
 protected:
  Requests() {
    ledger_.must(CreateProject{"web"});
    ledger_.must(CreateProject{"data"});
  }

  // The refusal's code, or how many permissions there are.
  std::string resolved(ProjectId project, const std::vector<PermissionRequest>& requests) {
    const auto answer = resolvePermissions(ledger_.state(), project, requests);
    if (const auto* refused = std::get_if<Refusal>(&answer)) {
      return std::string(refusalName(refused->code));
    }
    return std::to_string(std::get<Permissions>(answer).size());
  }

  static constexpr ProjectId kWeb{1};
  static constexpr ProjectId kNone{0};
  SmallLedger ledger_;
};

TEST_F(Requests, OfAProjectAccountNameItsOwnProjectOrNone) {
  EXPECT_EQ(resolved(kWeb, {{std::nullopt, "push-image"}, {"web", "pull-chart"}}), "2");
  for (const char* scope : {"data", "*", "/", "", "nowhere"}) {
    EXPECT_EQ(resolved(kWeb, {{scope, "push-image"}}), "scope_not_allowed") << scope;
  }
}

TEST_F(Requests, OfASystemAccountNameAScopeThatExists) {
  EXPECT_EQ(resolved(kNone, {{"web", "push-image"}, {"*", "push-image"}, {"/", "robot:read"}}),
            "3");
  EXPECT_EQ(resolved(kNone, {{std::nullopt, "push-image"}}), "scope_not_allowed");
  EXPECT_EQ(resolved(kNone, {{"nowhere", "push-image"}}), "unknown_project");
}

TEST_F(Requests, MayBeGrantedInTheirLevel) {
  EXPECT_EQ(resolved(kNone, {{"/", "push-image"}}), "invalid_permission");
  EXPECT_EQ(resolved(kNone, {{"*", "project:create"}}), "invalid_permission");
  EXPECT_EQ(resolved(kWeb, {{std::nullopt, "project:create"}}), "invalid_permission");
  EXPECT_EQ(resolved(kWeb, {{std::nullopt, "fly"}}), "invalid_permission");
}

TEST_F(Requests, AreLookedAtEachInTurn) {
  EXPECT_EQ(resolved(kNone, {{"nowhere", "fly"}}), "unknown_project");
  EXPECT_EQ(resolved(kNone, {{"web", "fly"}, {std::nullopt, "fly"}}), "invalid_permission");
  EXPECT_EQ(resolved(kNone, {{std::nullopt, "fly"}, {"nowhere", "fly"}}), "scope_not_allowed");
}

TEST_F(Requests, CountOnceHoweverTheyAreWritten) {
  EXPECT_EQ(resolved(kWeb, {{std::nullopt, "push-image"}, {"web", "repository:push"}}), "1");
  EXPECT_EQ(resolved(kWeb, {}), "0");
}

TEST_F(Requests, AreAtMost500Different) {
  std::vector<PermissionRequest> requests;
  for (int i = 0; i < 8; ++i) ledger_.must(CreateProject{"p" + std::to_string(i)});
  for (int i = 0; i < 8 && requests.size() < 500; ++i) {
    for (std::uint16_t c = 0; c < capabilityCount() && requests.size() < 500; ++c) {
      if (!grantableInProject(Capability{c})) continue;
      requests.push_back({"p" + std::to_string(i), Capability{c}.text()});
    }
  }
  ASSERT_EQ(requests.size(), 500U);
  EXPECT_EQ(resolved(kNone, requests), "500");
  requests.push_back(requests.front());
  EXPECT_EQ(resolved(kNone, requests), "500") << "duplicates count once";
  requests.push_back({"web", "push-image"});
  EXPECT_EQ(resolved(kNone, requests), "invalid_permission");
}

TEST(ExpiryRequests, AreOneToTheLargestNumberOfDays) {
  const auto resolved = [](Expiry::Kind kind, std::int64_t days) {
    const auto answer = resolveExpiry({kind, days});
    const auto* expiry = std::get_if<Expiry>(&answer);
    return expiry == nullptr ? "refused" : expiry->text();
  };
  EXPECT_EQ(resolved(Expiry::Kind::kSystem, 0), "system");
  EXPECT_EQ(resolved(Expiry::Kind::kNever, 0), "never");
  EXPECT_EQ(resolved(Expiry::Kind::kDays, 1), "1 day");
  EXPECT_EQ(resolved(Expiry::Kind::kDays, 2147483646), "2147483646 days");
  EXPECT_EQ(resolved(Expiry::Kind::kDays, 0), "refused");
  EXPECT_EQ(resolved(Expiry::Kind::kDays, -1), "refused");
  EXPECT_EQ(resolved(Expiry::Kind::kDays, 2147483647), "refused");
  EXPECT_EQ(resolved(Expiry::Kind::kDays, INT64_MIN), "refused");
  EXPECT_EQ(resolved(Expiry::Kind::kDays, INT64_MAX), "refused");
  EXPECT_TRUE(isDays(1));
  EXPECT_FALSE(isDays(0));
}

}  // namespace
}  // namespace robotledger
