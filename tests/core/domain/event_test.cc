#include "core/domain/event.h"

#include <set>

#include <gtest/gtest.h>

namespace robotledger {
namespace {

TEST(EventKind, HasANameOfItsOwnThatIsReadBack) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < std::variant_size_v<EventBody>; ++i) {
    EXPECT_EQ(parseEventKind(eventKindName(i)), i);
    names.insert(eventKindName(i));
  }
  EXPECT_EQ(names.size(), std::variant_size_v<EventBody>);
  EXPECT_FALSE(parseEventKind("account_lost"));
  EXPECT_FALSE(parseEventKind(""));
}

TEST(EventKind, IsNamedAfterItsStruct) {
  EXPECT_EQ(eventKindName(EventBody(LedgerInitialized{}).index()), "ledger_initialized");
  EXPECT_EQ(eventKindName(EventBody(HistoryImported{}).index()), "history_imported");
  EXPECT_EQ(eventKindName(EventBody(ProjectDeleted{}).index()), "project_deleted");
  EXPECT_EQ(eventKindName(EventBody(AccountCreated{}).index()), "account_created");
  EXPECT_EQ(eventKindName(EventBody(PermissionsGranted{}).index()), "permissions_granted");
  EXPECT_EQ(eventKindName(EventBody(AccountEnabled{}).index()), "account_enabled");
  EXPECT_EQ(eventKindName(EventBody(AccountExpiryChanged{}).index()), "account_expiry_changed");
  EXPECT_EQ(eventKindName(EventBody(SystemExpiryChanged{}).index()), "system_expiry_changed");
  EXPECT_EQ(eventKindName(EventBody(OperatorPasswordSet{}).index()), "operator_password_set");
  EXPECT_EQ(eventKindName(EventBody(RoleRevoked{}).index()), "role_revoked");
  EXPECT_EQ(eventKindName(EventBody(ServiceSettingsChanged{}).index()), "service_settings_changed");
  EXPECT_EQ(eventKindName(EventBody(LedgerRolledBack{}).index()), "ledger_rolled_back");
  EXPECT_EQ(eventKindName(EventBody(ClaimRecorded{}).index()), "claim_recorded");
}

TEST(Role, IsReadBackFromItsName) {
  for (const Role role : {Role::kSystemAdmin, Role::kAuditor, Role::kProjectAdmin}) {
    EXPECT_EQ(parseRole(roleName(role)), role);
  }
  EXPECT_EQ(roleName(Role::kProjectAdmin), "project_admin");
  EXPECT_FALSE(parseRole("Auditor"));
  EXPECT_FALSE(parseRole(""));
}

TEST(AccountOf, IsTheAccountAnEventIsAbout) {
  EXPECT_EQ(accountOf(AccountDeleted{AccountId{7}}), AccountId{7});
  EXPECT_EQ(accountOf(SecretIssued{AccountId{7}, {}}), AccountId{7});
  EXPECT_EQ(accountOf(ProjectDeleted{ProjectId{7}}), AccountId{0});
  EXPECT_EQ(accountOf(ClaimRecorded{.account = AccountId{7}}), AccountId{7});
  EXPECT_EQ(accountOf(ClaimRecorded{.project = ProjectId{7}}), AccountId{0});
}

TEST(Asserted, IsWhatAnImportBrought) {
  Event event;
  EXPECT_FALSE(isAsserted(event));
  event.channel = CommandLine{"root", "", "host"};
  EXPECT_FALSE(isAsserted(event));
  event.channel = Import{Sequence{1}, 7};
  EXPECT_TRUE(isAsserted(event));
}

}  // namespace
}  // namespace robotledger
