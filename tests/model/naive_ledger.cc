#include "tests/model/naive_ledger.h"

namespace robotledger::model {

std::string printExpiry(const Expiry& expiry) {
  switch (expiry.kind) {
    case Expiry::Kind::kSystem: return "system";
    case Expiry::Kind::kNever: return "never";
    case Expiry::Kind::kDays: break;
  }
  return std::to_string(expiry.days);
}

std::string qualifiedName(const std::string& project, const std::string& name) {
  return project.empty() ? "robot$" + name : "robot$" + project + "+" + name;
}

std::string printClaim(const Claim& claim) {
  return claim.source + " says in " + claim.source_id + " that " + claim.who + " did " +
         claim.operation + " the " + claim.resource_type + " " + claim.resource + " at " +
         std::to_string(claim.when_us);
}

NaiveLedger::NaiveLedger() {
  Event event;
  event.kind = "LedgerInitialized";
  event.days = 30;
  append(event);
}

LineOutcome NaiveLedger::submit(std::string_view line, std::uint64_t line_number,
                                std::int64_t now_us) {
  if (line.find_first_not_of(" \t\r") == std::string_view::npos) return {};
  auto command = readCommand(line);
  if (!command) return {LineOutcome::Kind::kRefused, {}, "malformed_line"};
  Decision decision = decide(*command, now_us);
  if (const auto* code = std::get_if<std::string>(&decision)) {
    return {LineOutcome::Kind::kRefused, {}, *code};
  }
  const bool nothing_to_do = std::get<std::vector<Event>>(decision).empty();
  if (import_pending_ && !nothing_to_do) {
    Event imported;
    imported.kind = "HistoryImported";
    imported.time_us = events_.back().time_us;
    append(imported);
    import_pending_ = false;
  }
  LineOutcome outcome{LineOutcome::Kind::kAccepted, {}, {}};
  for (Event& event : std::get<std::vector<Event>>(decision)) {
    event.time_us = command->at_us;
    event.line = line_number;
    event.actor = command->actor;
    event.reason = command->reason;
    append(event);
    outcome.events.push_back(events_.back());
  }
  return outcome;
}

void NaiveLedger::append(Event event) {
  event.sequence = events_.size();
  if (event.kind == "ProjectCreated") event.project_id = last_project_id_ + 1;
  if (event.kind == "AccountCreated") event.account_id = last_account_id_ + 1;
  apply(event);
  events_.push_back(std::move(event));
}

void NaiveLedger::apply(const Event& event) {
  const std::string& kind = event.kind;
  if (kind == "LedgerInitialized") {
    system_days_ = event.days;
    operators_["admin"].insert({"system_admin", ""});
  } else if (kind == "ProjectCreated") {
    last_project_id_ = event.project_id;
    projects_[event.project] = event.project_id;
  } else if (kind == "ProjectDeleted") {
    projects_.erase(event.project);
  } else if (kind == "AccountCreated") {
    last_account_id_ = event.account_id;
    accounts_[event.account] = {event.account_id, event.project,     event.permissions,
                                event.expiry,     event.description, false};
  } else if (kind == "AccountDeleted") {
    accounts_.erase(event.account);
  } else if (kind == "PermissionsGranted") {
    accounts_[event.account].permissions.insert(event.permissions.begin(), event.permissions.end());
  } else if (kind == "PermissionsRevoked") {
    for (const auto& gone : event.permissions) accounts_[event.account].permissions.erase(gone);
  } else if (kind == "AccountDisabled") {
    accounts_[event.account].disabled = true;
  } else if (kind == "AccountEnabled") {
    accounts_[event.account].disabled = false;
  } else if (kind == "AccountExpiryChanged") {
    accounts_[event.account].expiry = event.expiry;
  } else if (kind == "AccountDescribed") {
    accounts_[event.account].description = event.description;
  } else if (kind == "SystemExpiryChanged") {
    system_days_ = event.days;
  } else if (kind == "OperatorAdded") {
    operators_[event.operator_name] = {};
  } else if (kind == "OperatorRemoved") {
    operators_.erase(event.operator_name);
  } else if (kind == "RoleGranted") {
    operators_[event.operator_name].insert({event.role, event.project});
  } else if (kind == "RoleRevoked") {
    operators_[event.operator_name].erase({event.role, event.project});
  }
  // HistoryImported, AccountRenewed, SecretIssued and ClaimRecorded change nothing that a command
  // is judged by.
}

}  // namespace robotledger::model
