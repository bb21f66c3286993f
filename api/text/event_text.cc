#include "api/text/event_text.h"

#include <vector>

#include <fmt/format.h>

#include "core/domain/text.h"

namespace robotledger {
namespace {

std::string quoted(std::string_view text) {
  return text.empty() ? "nothing" : "'" + printableText(text) + "'";
}

std::string_view roleText(Role role) {
  if (role == Role::kSystemAdmin) return "system administrator";
  return role == Role::kAuditor ? "auditor" : "project administrator";
}

std::string daysText(std::int32_t days) {
  return fmt::format("{} {}", days, days == 1 ? "day" : "days");
}

// What one kind of event says.
class Words {
 public:
  // `account` is the name of the event's account, empty where it is about none.
  Words(std::string account, const EventNames& names)
      : account_(std::move(account)), names_(names) {}

  std::string operator()(const LedgerInitialized& e) const {
    return fmt::format("began the ledger {}: system expiry of {}, operator {}",
                       printableText(e.origin), daysText(e.system_expiry_days), e.admin);
  }
  std::string operator()(const HistoryImported& e) const {
    const std::string file = toHex(digestBytes(e.file));
    const std::string from =
        e.first_line > 1 ? fmt::format(" from line {} on", e.first_line) : std::string();
    return fmt::format("imported a history{}, SHA-256 {}", from, file);
  }
  std::string operator()(const ProjectCreated& e) const {
    return fmt::format("created project {}", e.name);
  }
  std::string operator()(const ProjectDeleted& e) const {
    return fmt::format("deleted project {}", names_.project(e.project));
  }
  std::string operator()(const AccountCreated& e) const {
    const std::string holding = e.permissions.empty()
                                    ? std::string("no permissions granted")
                                    : "granted " + permissionsText(e.permissions, names_);
    return fmt::format("created {} (#{}): {}, expiry {}", account_, e.account.value, holding,
                       e.expiry.text());
  }
  std::string operator()(const PermissionsGranted& e) const {
    return fmt::format("granted {} to {}", permissionsText(e.permissions, names_), account_);
  }
  std::string operator()(const PermissionsRevoked& e) const {
    return fmt::format("revoked {} from {}", permissionsText(e.permissions, names_), account_);
  }
  std::string operator()(const AccountDisabled&) const { return "disabled " + account_; }
  std::string operator()(const AccountEnabled&) const { return "enabled " + account_; }
  std::string operator()(const AccountDeleted&) const { return "deleted " + account_; }
  std::string operator()(const AccountRenewed&) const { return "renewed " + account_; }
  std::string operator()(const AccountExpiryChanged& e) const {
    return fmt::format("changed the expiry of {} from {} to {}", account_, e.before.text(),
                       e.after.text());
  }
  std::string operator()(const AccountDescribed& e) const {
    return fmt::format("described {} as {}, before {}", account_, quoted(e.after),
                       quoted(e.before));
  }
  std::string operator()(const SecretIssued& e) const {
    if (e.secret.kind == SecretHash::Kind::kAsserted) {
      return fmt::format("changed the secret of {}", account_);
    }
    if (e.secret.kind == SecretHash::Kind::kChosen) {
      return fmt::format("set a chosen secret for {}", account_);
    }
    return fmt::format("issued a secret for {}, fingerprint {:016x}", account_,
                       e.secret.fingerprint);
  }
  std::string operator()(const SystemExpiryChanged& e) const {
    return fmt::format("changed the system's expiry from {} to {}", daysText(e.before_days),
                       daysText(e.after_days));
  }
  std::string operator()(const OperatorAdded& e) const {
    return fmt::format("added operator {}", e.name);
  }
  std::string operator()(const OperatorRemoved& e) const {
    return fmt::format("removed operator {}", e.name);
  }
  std::string operator()(const OperatorPasswordSet& e) const {
    return fmt::format("set the password of operator {}", e.name);
  }
  std::string operator()(const RoleGranted& e) const {
    return fmt::format("made {} {}{}", e.name, roleText(e.role), ofProject(e.project));
  }
  std::string operator()(const RoleRevoked& e) const {
    return fmt::format("took from {} the role {}{}", e.name, roleText(e.role),
                       ofProject(e.project));
  }
  std::string operator()(const ServiceSettingsChanged& e) const {
    std::vector<std::string> changes;
    if (e.before.token_lifetime_s != e.after.token_lifetime_s) {
      changes.push_back(fmt::format("token lifetime from {} s to {} s", e.before.token_lifetime_s,
                                    e.after.token_lifetime_s));
    }
    if (e.before.charts_segment != e.after.charts_segment) {
      changes.push_back(fmt::format("charts segment from {} to {}", quoted(e.before.charts_segment),
                                    quoted(e.after.charts_segment)));
    }
    if (e.before.service_name != e.after.service_name) {
      changes.push_back(fmt::format("service name from {} to {}", quoted(e.before.service_name),
                                    quoted(e.after.service_name)));
    }
    return fmt::format("changed the service's settings: {}", fmt::join(changes, ", "));
  }
  std::string operator()(const LedgerRolledBack& e) const {
    return fmt::format(
        "went back to an older history, and left {} behind at {} {} with the root {}: from here on "
        "the ledger is {}, its key {}",
        printableText(e.old_origin), e.lost_size.value, e.lost_size.value == 1 ? "event" : "events",
        toHex(digestBytes(e.lost_root)), printableText(e.origin), printableText(e.verifier_key));
  }

  std::string operator()(const ClaimRecorded& e) const {
    const auto orElse = [](const std::string& text, const char* other) {
      return text.empty() ? std::string(other) : printableText(text);
    };
    return fmt::format("recorded that, as {} says, {} did {} {} on {}", printableText(e.source),
                       orElse(e.actor, "somebody"), orElse(e.operation, "something to"),
                       orElse(e.resource, "nothing that it names"), formatInstant(e.time));
  }

 private:
  std::string ofProject(ProjectId project) const {
    return project.value == 0 ? std::string() : " of " + names_.project(project);
  }

  std::string account_;
  const EventNames& names_;
};

// The length of the UTF-8 character that the text begins with; 0 where it begins with none.
std::size_t characterLength(std::string_view text) {
  for (std::size_t length = 1; length <= 4 && length <= text.size(); ++length) {
    if (isText(text.substr(0, length))) return length;
  }
  return 0;
}

}  // namespace

std::string printableText(std::string_view text) {
  std::string shown;
  while (!text.empty()) {
    const auto byte = static_cast<unsigned char>(text.front());
    const std::size_t length = characterLength(text);
    if (length > 0) {
      shown += text.substr(0, length);
    } else if (byte < 0x20 || byte == 0x7f) {
      shown += fmt::format("\\x{:02x}", byte);
    } else {
      shown += '?';
    }
    text.remove_prefix(length > 0 ? length : 1);
  }
  return shown;
}

std::string permissionsText(const Permissions& permissions, const EventNames& names) {
  // They are sorted by scope first.
  std::string text;
  for (std::size_t i = 0; i < permissions.size(); ++i) {
    const bool first_in_scope = i == 0 || permissions[i - 1].scope != permissions[i].scope;
    if (i > 0) text += first_in_scope ? "; " : ", ";
    text += permissions[i].capability.shortName();
    const bool last_in_scope =
        i + 1 == permissions.size() || permissions[i + 1].scope != permissions[i].scope;
    if (last_in_scope) text += " in " + names.scope(permissions[i].scope);
  }
  return text;
}

Result<std::string> eventText(const Event& event, EventNames& names) {
  std::string account;
  if (const AccountId id = accountOf(event.body); id.value != 0) {
    auto name = names.account(id);
    if (!name) return name.error();
    account = std::move(*name);
  }
  return std::visit(Words(std::move(account), names), event.body);
}

std::string actorText(std::string_view actor, const Channel& channel) {
  struct Way {
    std::string operator()(const LedgerItself&) const { return ""; }
    std::string operator()(const CommandLine& c) const {
      const std::string user = "cli, " + printableText(c.system_user);
      return c.sudo_user.empty() ? user : user + ", sudo by " + printableText(c.sudo_user);
    }
    std::string operator()(const Http& c) const { return "http, " + printableText(c.address); }
    std::string operator()(const Import& c) const {
      // The announcement that an import follows has no line.
      return c.line == 0 ? "import" : "import line " + std::to_string(c.line);
    }
    std::string operator()(const Embedder& c) const {
      return "program " + printableText(c.program);
    }
  };
  if (std::holds_alternative<LedgerItself>(channel) && actor.empty()) return "the ledger itself";
  const std::string way = std::visit(Way{}, channel);
  return way.empty() ? printableText(actor) : printableText(actor) + " (" + way + ")";
}

}  // namespace robotledger
