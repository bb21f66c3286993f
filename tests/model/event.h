// What the naive model keeps of the past: a plain vector of these, an event's place in it being
// its sequence. One struct serves every kind; a field that a kind does not need stays empty.
#pragma once

#include <compare>
#include <cstdint>
#include <set>
#include <string>

namespace robotledger::model {

// A pair of scope (a project's name, "*" or "/") and capability ("resource:action").
struct Permission {
  std::string scope;
  std::string capability;
  auto operator<=>(const Permission&) const = default;
};

struct Expiry {
  enum class Kind { kSystem, kNever, kDays };
  Kind kind = Kind::kSystem;
  std::int64_t days = 0;  // of kDays only
  bool operator==(const Expiry&) const = default;
};

// "system", "never", or the days in decimal.
std::string printExpiry(const Expiry& expiry);

// kind                                   fields
// LedgerInitialized                      days (30)
// HistoryImported
// ProjectCreated, ProjectDeleted         project, project_id
// AccountCreated                         the account's; permissions, expiry, description, issued_us
// PermissionsGranted, PermissionsRevoked the account's; permissions: those that really changed
// AccountDisabled, AccountEnabled, AccountDeleted, AccountRenewed, SecretIssued
//                                        the account's
// AccountExpiryChanged                   the account's; expiry
// AccountDescribed                       the account's; description
// SystemExpiryChanged                    days
// OperatorAdded, OperatorRemoved         operator_name
// RoleGranted, RoleRevoked               operator_name, role, project (of a project_admin)
// ClaimRecorded                          the account's; project (the claim's, where it has one),
// claim "The account's" are account_id, account (its qualified name) and project ("" at system
// level).
struct Event {
  std::uint64_t sequence = 0;
  std::int64_t time_us = 0;
  std::uint64_t line = 0;  // of the history; 0 for events that no line became
  std::string kind;
  std::string actor;
  std::string reason;
  std::string project;
  std::uint64_t project_id = 0;  // counts up from 1 in order of creation
  std::string account;
  std::uint64_t account_id = 0;
  std::set<Permission> permissions;
  Expiry expiry;
  std::string description;
  std::int64_t days = 0;
  std::string operator_name;
  std::string role;
  std::int64_t issued_us = 0;  // from here the days of the expiry count
  std::string claim;           // all that another system says, in one text
};

}  // namespace robotledger::model
