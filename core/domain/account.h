// A living robot account, and how an event changes it. Used by the write state and by projections
// alike, so that an event means the same everywhere.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/domain/event.h"

namespace robotledger {

enum class AccountStatus : std::uint8_t { kEnabled, kDisabled };

struct Account {
  AccountId id;
  std::string name;
  std::string description;
  Permissions permissions;  // as granted: the implied pull is not among them
  ExpiryTerms terms;
  ProjectId project;  // 0 for a system account
  AccountStatus status = AccountStatus::kEnabled;
  bool operator==(const Account&) const = default;

  bool isSystemLevel() const { return project.value == 0; }
};

// The account as its creation left it; `time` is the event's.
Account accountFrom(const AccountCreated& created, Instant time);

// Changes the account by an event about it, other than its creation and deletion; a claim and a new
// secret change nothing here. An event that
// cannot follow on this state is an error that says why, and changes nothing.
Result<void> applyToAccount(Account& account, const EventBody& body, Instant time);

// Whether the account has the scope at all: its own project, or a scope of any of its permissions.
bool hasScope(const Account& account, Scope scope);

// Whether the scope grants the account the capability, the pull that is always there included.
// Says nothing of disabled or expired.
bool grants(const Account& account, Scope scope, Capability capability);

// Every pair the account holds, the pulls that are always there included; sorted.
Permissions heldBy(const Account& account);

}  // namespace robotledger
