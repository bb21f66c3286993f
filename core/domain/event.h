// Events: what happened, in the past tense, never changed. Plain structs; the bytes are made and
// read in core/wire alone.
//
//   Event event{.sequence = Sequence{7}, .time = t, .actor = "alice", ...,
//               .body = AccountDisabled{AccountId{12}}};
//
// Accounts and projects are named by ids, which are never used again; their names are in the
// AccountCreated and ProjectCreated events, and never change. Operators are named by their names.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "core/base/bytes.h"
#include "core/base/ids.h"
#include "core/base/instant.h"
#include "core/base/sha256.h"
#include "core/domain/expiry.h"
#include "core/domain/permission.h"

namespace robotledger {

// By which way a command came.
struct LedgerItself {  // nobody's command: the ledger's own first event
  bool operator==(const LedgerItself&) const = default;
};
struct CommandLine {
  std::string system_user;
  std::string sudo_user;  // empty unless it ran under sudo
  std::string host;
  bool operator==(const CommandLine&) const = default;
};
struct Http {
  std::string address;
  bool operator==(const Http&) const = default;
};
struct Import {
  Sequence opened;         // the HistoryImported event that names the file and the importer
  std::uint64_t line = 0;  // in that file, from 1
  bool operator==(const Import&) const = default;
};
struct Embedder {
  std::string program;
  bool operator==(const Embedder&) const = default;
};
using Channel = std::variant<LedgerItself, CommandLine, Http, Import, Embedder>;

enum class Role : std::uint8_t { kSystemAdmin, kAuditor, kProjectAdmin };
std::string_view roleName(Role role);  // "system_admin", "auditor", "project_admin"
std::optional<Role> parseRole(std::string_view text);

// A secret as it is kept: never the secret itself.
struct SecretHash {
  enum class Kind : std::uint8_t {
    kGenerated,  // made here: hash is SHA-256 of the secret, fingerprint its first 8 bytes
    kChosen,     // chosen by a person: HMAC-SHA-256(pepper, scrypt(secret, salt)), no fingerprint
    kAsserted,   // an imported history says that it changed; nothing of it is known
  };
  Kind kind = Kind::kAsserted;
  Bytes hash;
  Bytes salt;
  std::uint64_t fingerprint = 0;
  bool operator==(const SecretHash&) const = default;
};

// What changes the meaning of the token service's answers.
struct ServiceSettings {
  std::int32_t token_lifetime_s = 300;    // kMinTokenLifetimeSeconds to kMaxTokenLifetimeSeconds
  std::string charts_segment = "charts";  // a name, or empty: charts are not told from images
  std::string service_name;               // printable ASCII; empty for the ledger's origin
  bool operator==(const ServiceSettings&) const = default;
};

struct LedgerInitialized {
  std::string origin;
  std::array<std::uint8_t, 16> ledger_id{};
  std::int32_t system_expiry_days = 0;
  std::string admin;  // the first operator, a system administrator
  // The key that checks the ledger's checkpoints, in C2SP's one line of text; empty where it has
  // none.
  std::string verifier_key;
  bool operator==(const LedgerInitialized&) const = default;
};
// What the actor brought from elsewhere, and was not witnessed, follows.
struct HistoryImported {
  Digest file{};
  std::uint64_t first_line = 1;
  bool operator==(const HistoryImported&) const = default;
};
struct ProjectCreated {
  ProjectId project;
  std::string name;
  bool operator==(const ProjectCreated&) const = default;
};
struct ProjectDeleted {
  ProjectId project;
  bool operator==(const ProjectDeleted&) const = default;
};
struct AccountCreated {
  AccountId account;
  ProjectId project;  // 0 for a system account
  std::string name;
  std::string description;
  Permissions permissions;
  Expiry expiry;
  Instant issued_at;  // the event's time, unless an earlier issue is claimed
  bool operator==(const AccountCreated&) const = default;
};
struct PermissionsGranted {
  AccountId account;
  Permissions permissions;
  bool operator==(const PermissionsGranted&) const = default;
};
struct PermissionsRevoked {
  AccountId account;
  Permissions permissions;
  bool operator==(const PermissionsRevoked&) const = default;
};
struct AccountDisabled {
  AccountId account;
  bool operator==(const AccountDisabled&) const = default;
};
struct AccountEnabled {
  AccountId account;
  bool operator==(const AccountEnabled&) const = default;
};
struct AccountDeleted {
  AccountId account;
  bool operator==(const AccountDeleted&) const = default;
};
struct AccountRenewed {
  AccountId account;
  bool operator==(const AccountRenewed&) const = default;
};
struct AccountExpiryChanged {
  AccountId account;
  Expiry before;
  Expiry after;
  bool operator==(const AccountExpiryChanged&) const = default;
};
struct AccountDescribed {
  AccountId account;
  std::string before;
  std::string after;
  bool operator==(const AccountDescribed&) const = default;
};
struct SecretIssued {
  AccountId account;
  SecretHash secret;
  bool operator==(const SecretIssued&) const = default;
};
struct SystemExpiryChanged {
  std::int32_t before_days = 0;
  std::int32_t after_days = 0;
  bool operator==(const SystemExpiryChanged&) const = default;
};
struct OperatorAdded {
  OperatorId id;
  std::string name;
  bool operator==(const OperatorAdded&) const = default;
};
struct OperatorRemoved {
  std::string name;
  bool operator==(const OperatorRemoved&) const = default;
};
struct OperatorPasswordSet {
  std::string name;
  SecretHash password;  // kChosen
  bool operator==(const OperatorPasswordSet&) const = default;
};
struct RoleGranted {
  std::string name;
  Role role = Role::kAuditor;
  ProjectId project;  // 0 unless the role is kProjectAdmin
  bool operator==(const RoleGranted&) const = default;
};
struct RoleRevoked {
  std::string name;
  Role role = Role::kAuditor;
  ProjectId project;
  bool operator==(const RoleRevoked&) const = default;
};
struct ServiceSettingsChanged {
  ServiceSettings before;
  ServiceSettings after;
  bool operator==(const ServiceSettingsChanged&) const = default;
};
// The ledger goes on from an older history, on purpose, and leaves behind what came after it: from
// here on it is a log of another name, which another key signs.
struct LedgerRolledBack {
  TreeSize lost_size;  // of the history that is left behind, the part that stays included
  Digest lost_root{};  // the root of its Merkle tree
  std::string old_origin;
  std::string origin;
  std::string verifier_key;  // the new key's, as text
  bool operator==(const LedgerRolledBack&) const = default;
};

// What another system says happened, and nobody here saw. It changes nothing of what anybody could
// do.
struct ClaimRecorded {
  AccountId account;          // whom it is about here; 0 for nobody known
  ProjectId project;          // likewise
  std::string source;         // the other system, such as "harbor.example"
  std::string source_id;      // what it calls the record, such as "robot/12" or "audit-log/345"
  Instant time;               // when it was, it says
  std::string actor;          // who did it, as it names him
  std::string operation;      // such as "create"
  std::string resource;       // such as "robot$library+ci"
  std::string resource_type;  // such as "robot"
  bool operator==(const ClaimRecorded&) const = default;
};

// The order is that of the union in event.capnp and of eventKindName(). New ones come at the end.
using EventBody =
    std::variant<LedgerInitialized, HistoryImported, ProjectCreated, ProjectDeleted, AccountCreated,
                 PermissionsGranted, PermissionsRevoked, AccountDisabled, AccountEnabled,
                 AccountDeleted, AccountRenewed, AccountExpiryChanged, AccountDescribed,
                 SecretIssued, SystemExpiryChanged, OperatorAdded, OperatorRemoved,
                 OperatorPasswordSet, RoleGranted, RoleRevoked, ServiceSettingsChanged,
                 LedgerRolledBack, ClaimRecorded>;

struct Event {
  Sequence sequence;
  Instant time;         // when it happened; never before the event before it
  Instant recorded_at;  // the system's clock when it was written
  std::string actor;    // an operator's name; empty for the ledger's own first event
  Channel channel;
  std::string reason;
  std::string request_id;
  std::string idempotency_key;
  std::optional<Digest> command_digest;  // with an idempotency key
  EventBody body;
  bool operator==(const Event&) const = default;
};

// The stable name of an event's kind, such as "account_disabled"; by the index in EventBody.
std::string_view eventKindName(std::size_t index);
std::optional<std::size_t> parseEventKind(std::string_view name);

// The account an event is about, or 0 for none.
AccountId accountOf(const EventBody& body);

// Whether it was brought from elsewhere and not witnessed.
bool isAsserted(const Event& event);

}  // namespace robotledger
