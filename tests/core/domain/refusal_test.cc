#include "core/domain/refusal.h"

#include <gtest/gtest.h>

namespace robotledger {
namespace {

// Codes are never renamed: this list only grows.
TEST(RefusalCode, HasTheNameThatItAlwaysHad) {
  EXPECT_EQ(refusalName(RefusalCode::kMalformedLine), "malformed_line");
  EXPECT_EQ(refusalName(RefusalCode::kTimeGoesBack), "time_goes_back");
  EXPECT_EQ(refusalName(RefusalCode::kInvalidTime), "invalid_time");
  EXPECT_EQ(refusalName(RefusalCode::kUnknownOperator), "unknown_operator");
  EXPECT_EQ(refusalName(RefusalCode::kForbidden), "forbidden");
  EXPECT_EQ(refusalName(RefusalCode::kUnknownProject), "unknown_project");
  EXPECT_EQ(refusalName(RefusalCode::kUnknownAccount), "unknown_account");
  EXPECT_EQ(refusalName(RefusalCode::kInvalidName), "invalid_name");
  EXPECT_EQ(refusalName(RefusalCode::kInvalidDescription), "invalid_description");
  EXPECT_EQ(refusalName(RefusalCode::kInvalidReason), "invalid_reason");
  EXPECT_EQ(refusalName(RefusalCode::kInvalidDays), "invalid_days");
  EXPECT_EQ(refusalName(RefusalCode::kInvalidRole), "invalid_role");
  EXPECT_EQ(refusalName(RefusalCode::kInvalidPermission), "invalid_permission");
  EXPECT_EQ(refusalName(RefusalCode::kScopeNotAllowed), "scope_not_allowed");
  EXPECT_EQ(refusalName(RefusalCode::kPermissionsRequired), "permissions_required");
  EXPECT_EQ(refusalName(RefusalCode::kProjectExists), "project_exists");
  EXPECT_EQ(refusalName(RefusalCode::kAccountExists), "account_exists");
  EXPECT_EQ(refusalName(RefusalCode::kOperatorExists), "operator_exists");
  EXPECT_EQ(refusalName(RefusalCode::kPullIsAlwaysGranted), "pull_is_always_granted");
  EXPECT_EQ(refusalName(RefusalCode::kLastSystemAdmin), "last_system_admin");
  EXPECT_EQ(refusalName(RefusalCode::kNoChange), "no_change");
  EXPECT_EQ(refusalName(RefusalCode::kIdempotencyKeyReused), "idempotency_key_reused");
  EXPECT_EQ(refusalName(RefusalCode::kInvalidSettings), "invalid_settings");
  EXPECT_EQ(refusalName(RefusalCode::kInvalidClaim), "invalid_claim");
}

}  // namespace
}  // namespace robotledger
