#include "tests/core/wire/sample_events.h"

#include <numeric>

namespace robotledger {
namespace {

// 2025-03-01T09:30:00Z
constexpr Instant kMorning{1740821400000000};

Capability capability(std::string_view text) { return *parseCapability(text); }

template <std::size_t Size>
std::array<std::uint8_t, Size> countingFrom(std::uint8_t first) {
  std::array<std::uint8_t, Size> bytes{};
  std::iota(bytes.begin(), bytes.end(), first);
  return bytes;
}

Bytes hashBytes(std::uint8_t first) { return Bytes(digestBytes(countingFrom<32>(first))); }

// An event by alice over HTTP.
Event byAlice(std::uint64_t sequence, EventBody body) {
  Event event;
  event.sequence = Sequence{sequence};
  event.time = Instant{kMorning.us + static_cast<std::int64_t>(sequence) * 1000001};
  event.recorded_at = event.time;
  event.actor = "alice";
  event.channel = Http{"192.0.2.17"};
  event.body = std::move(body);
  return event;
}

Event by(Channel channel, Event event) {
  event.channel = std::move(channel);
  return event;
}

Event withEverything(Event event) {
  event.reason = "laptop lost; ticket 4711, “urgent”";
  event.request_id = "req-0193";
  event.idempotency_key = "disable-ci-1";
  event.command_digest = countingFrom<32>(0x40);
  return event;
}

Event genesis(std::string verifier_key) {
  Event event;
  event.recorded_at = kMorning;
  event.body = LedgerInitialized{"ledger.example/robots", countingFrom<16>(1), 30, "admin",
                                 std::move(verifier_key)};
  return event;
}

Event importedAccount() {
  Event event =
      by(Import{Sequence{1}, 2}, byAlice(5, AccountCreated{AccountId{1},
                                                           ProjectId{1},
                                                           "old-ci",
                                                           "",
                                                           {},
                                                           Expiry::system(),
                                                           Instant{kMorning.us - 30 * kUsPerDay}}));
  event.recorded_at = Instant{kMorning.us + kUsPerDay};
  return event;
}

AccountCreated projectAccount() {
  return {
      AccountId{2},
      ProjectId{1},
      "ci",
      "build pipeline",
      {{Scope::inProject(ProjectId{1}), kPushImage}, {Scope::inProject(ProjectId{1}), kPushChart}},
      Expiry::days(90),
      Instant{kMorning.us + 6 * 1000001}};
}

AccountCreated systemAccount() {
  return {AccountId{3},
          ProjectId{0},
          "mirror",
          "",
          {{Scope::allProjects(), kPullImage},
           {Scope::system(), capability("catalog:read")},
           {Scope::system(), capability("user-group:delete")},
           {Scope::inProject(ProjectId{1}), kPullChart}},
          Expiry::never(),
          Instant{kMorning.us + 7 * 1000001}};
}

ClaimRecorded claimAboutCi() {
  return {.account = AccountId{2},
          .project = ProjectId{1},
          .source = "harbor.example",
          .source_id = "audit-log/345",
          .time = Instant{kMorning.us - 400 * kUsPerDay},
          .actor = "anna",
          .operation = "create",
          .resource = "robot$web+ci",
          .resource_type = "robot"};
}

// About nobody known here; as much as a claim has to have.
ClaimRecorded shortestClaim() {
  ClaimRecorded claim;
  claim.source = "harbor.example";
  claim.source_id = "robot/12";
  return claim;
}

const Permissions kPushBoth{{Scope::inProject(ProjectId{1}), kPushImage},
                            {Scope::inProject(ProjectId{1}), kPushChart}};

}  // namespace

std::vector<Sample> sampleEvents() {
  const AccountId ci{2};
  const SecretHash generated{SecretHash::Kind::kGenerated, hashBytes(0x20), "", 0x2021222324252627};
  const SecretHash chosen{SecretHash::Kind::kChosen, hashBytes(0x60), hashBytes(0x80).substr(16),
                          0};
  return {
      {"00-ledger_initialized", genesis("")},
      {"00-ledger_initialized-key",
       genesis("ledger.example/robots+5ab8f56d+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c")},
      {"01-history_imported", byAlice(1, HistoryImported{countingFrom<32>(0), 1})},
      {"02-project_created", by(CommandLine{"root", "alice", "harbor1"},
                                byAlice(2, ProjectCreated{ProjectId{1}, "web"}))},
      {"03-project_deleted",
       by(CommandLine{"ledger", "", "harbor1"}, byAlice(3, ProjectDeleted{ProjectId{1}}))},
      {"04-account_created-imported", importedAccount()},
      {"04-account_created-project", byAlice(6, projectAccount())},
      {"04-account_created-system", byAlice(7, systemAccount())},
      {"05-permissions_granted", byAlice(8, PermissionsGranted{ci, kPushBoth})},
      {"06-permissions_revoked", byAlice(9, PermissionsRevoked{ci, kPushBoth})},
      {"07-account_disabled", byAlice(10, AccountDisabled{ci})},
      {"07-account_disabled-everything", withEverything(byAlice(11, AccountDisabled{ci}))},
      {"08-account_enabled", byAlice(12, AccountEnabled{ci})},
      {"09-account_deleted", byAlice(13, AccountDeleted{ci})},
      {"10-account_renewed", byAlice(14, AccountRenewed{ci})},
      {"11-account_expiry_changed",
       byAlice(15, AccountExpiryChanged{ci, Expiry::days(90), Expiry::never()})},
      {"11-account_expiry_changed-longest",
       byAlice(16, AccountExpiryChanged{ci, Expiry::system(), Expiry::days(2147483646)})},
      {"12-account_described",
       byAlice(17, AccountDescribed{ci, "build pipeline", "Bau und Prüfung"})},
      {"13-secret_issued", byAlice(18, SecretIssued{ci, generated})},
      {"13-secret_issued-asserted",
       by(Import{Sequence{1}, 70000}, byAlice(19, SecretIssued{ci, SecretHash{}}))},
      {"14-system_expiry_changed", byAlice(20, SystemExpiryChanged{30, 14})},
      {"15-operator_added", byAlice(21, OperatorAdded{OperatorId{2}, "bob"})},
      {"16-operator_removed", byAlice(22, OperatorRemoved{"bob"})},
      {"17-operator_password_set",
       by(Embedder{"registry-console 2.1"}, byAlice(23, OperatorPasswordSet{"bob", chosen}))},
      {"18-role_granted", byAlice(24, RoleGranted{"bob", Role::kProjectAdmin, ProjectId{1}})},
      {"18-role_granted-auditor", byAlice(25, RoleGranted{"eve", Role::kAuditor, ProjectId{0}})},
      {"19-role_revoked", byAlice(26, RoleRevoked{"bob", Role::kSystemAdmin, ProjectId{0}})},
      {"20-service_settings_changed",
       byAlice(27, ServiceSettingsChanged{{300, "charts", ""}, {3600, "", "harbor-registry"}})},
      {"21-ledger_rolled_back",
       by(CommandLine{"root", "alice", "harbor1"},
          byAlice(28, LedgerRolledBack{TreeSize{70000}, countingFrom<32>(0xa0),
                                       "ledger.example/robots", "ledger.example/robots-2",
                                       "ledger.example/robots-2+8b23c28f+"
                                       "AdbT4KmCJ3XtolT2lr6ywstDwk6raXEFY/o7fz25YnLX"}))},
      {"22-claim_recorded", byAlice(29, claimAboutCi())},
      {"22-claim_recorded-shortest", byAlice(30, shortestClaim())},
  };
}

}  // namespace robotledger
