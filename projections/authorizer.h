// Authorizer: what robots may do now, in memory, for decisions in nanoseconds.
//
//   auto authorizer = Authorizer::load(state, *rows);           // before the writer starts
//   auto ledger = Ledger::open(log, {.observers = {authorizer->get()}});
//   auto who = (*authorizer)->authenticate("robot$web+ci", secret, now);
//   auto web = (*authorizer)->project("web");
//   if (!(*authorizer)->authorize(*who, kPushImage, *web, now)) ...        // it may
//
// It follows the writer: what is acknowledged is seen by every later call, on any thread. Readers
// take no locks and never wait for the writer. Permissions that are exchanged for others at once
// are seen as before or as after.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>

#include "core/domain/state.h"
#include "core/ledger/observer.h"
#include "projections/row_store.h"

namespace robotledger {

// Handles, to be had once and used often. They stay valid as long as the authorizer; what they
// stand for may be gone, and is then refused: ids are never used again.
struct Principal {
  AccountId account;
  std::uint32_t slot = 0;
  bool operator==(const Principal&) const = default;
};
struct ProjectHandle {
  ProjectId project;
  std::uint32_t slot = 0;
  bool operator==(const ProjectHandle&) const = default;
};

// Why an account may not; the first of these that is so.
enum class Denial : std::uint8_t { kNoAccount, kDisabled, kExpired, kNoProject, kNotGranted };
// "no_account", "disabled", "expired", "no_project", "not_granted".
std::string_view denialName(Denial denial);

// Why a login is refused, for logs: the caller is told the same whichever it was.
enum class LoginFailure : std::uint8_t { kUnknownAccount, kWrongSecret, kDisabled, kExpired };
std::string_view loginFailureName(LoginFailure failure);

using Login = std::variant<Principal, LoginFailure>;

// An account whose secret a person chose, which takes a slow hash to check.
struct ChosenSecret {
  Principal principal;
  SecretHash secret;
};

// An operator, as those who let people in need him.
struct OperatorAccess {
  std::string name;
  std::set<Role> roles;
  std::set<ProjectId> administers;
  std::optional<SecretHash> password;
  Sequence changed;  // the last event about him, of those since the ledger was opened
};

class Authorizer final : public Observer {
 public:
  // The state, and the rows of the account table as of the same size: secrets are there.
  // kViewsDamaged where the rows are not what was written.
  static Result<std::unique_ptr<Authorizer>> load(const State& state, const RowSnapshot& rows);
  ~Authorizer() override;

  // All of these: any thread. `now` is the system's clock; where the last event is later, that
  // counts. No locks.

  // The living project of that name.
  std::optional<ProjectHandle> project(std::string_view name) const;
  // The living account of that qualified name.
  std::optional<Principal> principal(std::string_view qualified_name) const;
  std::optional<std::string> qualifiedName(Principal principal) const;

  // Nothing where the account may; else why not.
  std::optional<Denial> authorize(Principal principal, Capability capability, ProjectHandle project,
                                  Instant now) const;
  // The same in the system's scope.
  std::optional<Denial> authorizeSystem(Principal principal, Capability capability,
                                        Instant now) const;
  // By names.
  std::optional<Denial> authorize(std::string_view qualified_name, Capability capability,
                                  std::string_view project, Instant now) const;

  // For secrets that were made here: found by the SHA-256 of the secret, compared in constant
  // time. `login` is the qualified name, or the login name robot$NAME, which several accounts may
  // share: the secret decides. An account with a chosen secret is kWrongSecret here.
  Login authenticate(std::string_view login, std::string_view secret, Instant now) const;

  // Whether the account may log in at all: nothing, or kNoAccount, kDisabled, kExpired.
  std::optional<Denial> standing(Principal principal, Instant now) const;
  // When the account expires, or did, as things stand; nothing where it never ends, or there is no
  // such account.
  std::optional<Instant> expiresAt(Principal principal) const;
  // The system's setting, which accounts without an expiry of their own follow.
  std::int32_t systemDays() const;
  // The last event about the account, claims aside, of those since the ledger was opened: what was
  // found out about it before that event is void.
  Sequence changed(Principal principal) const;

  // How many events it has: every decision is as of this size or a later one.
  TreeSize size() const;

  // These may take a short lock; they are for what is rare.

  // Nothing where the living account of that qualified name has no chosen secret.
  std::optional<ChosenSecret> chosenSecret(std::string_view qualified_name) const;
  std::optional<OperatorAccess> findOperator(std::string_view name) const;
  ServiceSettings service() const;
  std::string origin() const;

  void onCommitted(const CommittedEvents& events) override;

 private:
  class Tables;
  explicit Authorizer(std::unique_ptr<Tables> tables);
  std::unique_ptr<Tables> tables_;
};

}  // namespace robotledger
