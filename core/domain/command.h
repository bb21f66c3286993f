// Commands: wishes, in the imperative, that decide() turns into events or a refusal; and the
// context they come in: who, when, why, by which channel.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/domain/account.h"

namespace robotledger {

// An account by its qualified name, or, where the name is empty, by its id.
struct AccountRef {
  std::string name;
  AccountId id;
  bool operator==(const AccountRef&) const = default;
};

// A permission as it was asked for, not looked at yet.
struct PermissionRequest {
  std::optional<std::string> scope;  // a project's name, "*" or "/"
  std::string capability;            // "push-image" or "resource:action"
  bool operator==(const PermissionRequest&) const = default;
};

// An expiry as it was asked for; `days` is any number.
struct ExpiryRequest {
  Expiry::Kind kind = Expiry::Kind::kSystem;
  std::int64_t days = 0;
  bool operator==(const ExpiryRequest&) const = default;
};

struct CreateProject {
  std::string project;
};
struct DeleteProject {
  std::string project;
};
struct AddOperator {
  std::string name;
};
struct RemoveOperator {
  std::string name;
};
struct SetOperatorPassword {
  std::string name;
  SecretHash password;
};
struct GrantRole {
  std::string name;
  std::string role;
  std::optional<std::string> project;  // with project_admin
};
struct RevokeRole {
  std::string name;
  std::string role;
  std::optional<std::string> project;
};
struct CreateAccount {
  std::optional<std::string> project;  // nothing for a system account
  std::string name;
  std::string description;
  std::vector<PermissionRequest> permissions;
  ExpiryRequest expiry;
  std::optional<SecretHash> secret;  // nothing where a history is imported
  // An issue time claimed by an import from elsewhere, from which the expiry counts; nothing for
  // now. Only a system administrator may claim one; it is in 1970 or later, and not after the time
  // of the event.
  std::optional<Instant> issued_at{};
};
struct GrantPermissions {
  AccountRef account;
  std::vector<PermissionRequest> permissions;
};
struct RevokePermissions {
  AccountRef account;
  std::vector<PermissionRequest> permissions;
};
struct DisableAccount {
  AccountRef account;
};
struct EnableAccount {
  AccountRef account;
};
struct DeleteAccount {
  AccountRef account;
};
struct RenewAccount {
  AccountRef account;
};
struct RotateSecret {
  AccountRef account;
  SecretHash secret;  // kAsserted where a history is imported
};
struct SetAccountExpiry {
  AccountRef account;
  ExpiryRequest expiry;
};
struct DescribeAccount {
  AccountRef account;
  std::string description;
};
// An account as it is to be. What differs becomes events, in one batch and in this order:
// PermissionsRevoked, PermissionsGranted, AccountExpiryChanged, AccountDescribed, AccountDisabled
// or AccountEnabled. Where nothing differs it is accepted and becomes none.
struct UpdateAccount {
  AccountRef account;
  // All that it is to have; nothing leaves them as they are. The implied pull stays even where an
  // explicit one is left out. A project account with no explicit pull that is asked to have just
  // that gets none recorded: such an account is shown so where it has nothing else, and what was
  // read can be written back.
  std::optional<std::vector<PermissionRequest>> permissions;
  // Each as it is where nothing is said.
  std::optional<ExpiryRequest> expiry;
  std::optional<std::string> description;
  std::optional<AccountStatus> status;
};
struct SetSystemExpiry {
  std::int64_t days = 0;
};
struct ChangeServiceSettings {
  ServiceSettings settings;
};
// Announces that what follows was not witnessed.
struct ImportHistory {
  Digest file{};
  std::uint64_t first_line = 1;
};
// Goes on from an older history, on purpose: a backup was restored though the ledger had gone
// further. The origin is one that the ledger never had, so that a key of an old origin can never
// sign again: a key signs in its own name only.
struct RollBackLedger {
  // What becomes of the accounts that are enabled in the older history: it does not know which of
  // them were disabled, deleted or given a new secret after it ended.
  enum class Accounts : std::uint8_t { kDisable, kKeepEnabled };
  TreeSize lost_size;  // the checkpoint of the history that is left behind
  Digest lost_root{};
  std::string origin;
  std::string verifier_key;  // 1 to 512 printable ASCII characters, else not looked at
  Accounts accounts = Accounts::kDisable;
};

// Keeps what another system says happened, and nobody here saw. It changes nothing of what anybody
// could do. The texts are as isText() has them; `source` and `source_id` are not empty.
struct RecordClaim {
  std::optional<AccountRef> account;   // whom it is about here; nothing for nobody known
  std::optional<std::string> project;  // likewise; a name
  std::string source;                  // the other system, such as "harbor.example"
  std::string source_id;               // what it calls the record, such as "audit-log/345"
  Instant time;                        // when it was, it says
  std::string actor;                   // who did it
  std::string operation;               // such as "create"
  std::string resource;                // such as "robot$library+ci"
  std::string resource_type;           // such as "robot"
};

// The order is that of messages between processes. New ones come at the end.
using Command =
    std::variant<CreateProject, DeleteProject, AddOperator, RemoveOperator, SetOperatorPassword,
                 GrantRole, RevokeRole, CreateAccount, GrantPermissions, RevokePermissions,
                 DisableAccount, EnableAccount, DeleteAccount, RenewAccount, RotateSecret,
                 SetAccountExpiry, DescribeAccount, SetSystemExpiry, ChangeServiceSettings,
                 ImportHistory, RollBackLedger, UpdateAccount, RecordClaim>;

struct Context {
  std::string actor;
  Channel channel;
  std::string reason;
  std::string request_id;
  std::string idempotency_key;           // empty for none
  std::optional<Digest> command_digest;  // with a key
  Instant now;                           // the system's clock
  std::optional<Instant> at;             // a time that was given, for a history from elsewhere
};

}  // namespace robotledger
