#include "core/domain/event.h"

#include "core/base/check.h"

namespace robotledger {
namespace {

constexpr std::array<std::string_view, 3> kRoleNames{"system_admin", "auditor", "project_admin"};

constexpr std::array<std::string_view, std::variant_size_v<EventBody>> kKindNames{
    "ledger_initialized",  "history_imported", "project_created",
    "project_deleted",     "account_created",  "permissions_granted",
    "permissions_revoked", "account_disabled", "account_enabled",
    "account_deleted",     "account_renewed",  "account_expiry_changed",
    "account_described",   "secret_issued",    "system_expiry_changed",
    "operator_added",      "operator_removed", "operator_password_set",
    "role_granted",        "role_revoked",     "service_settings_changed",
    "ledger_rolled_back",  "claim_recorded"};

template <class Names>
std::optional<std::size_t> indexOf(const Names& names, std::string_view name) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == name) return i;
  }
  return std::nullopt;
}

}  // namespace

std::string_view roleName(Role role) { return kRoleNames.at(static_cast<std::size_t>(role)); }

std::optional<Role> parseRole(std::string_view text) {
  const auto index = indexOf(kRoleNames, text);
  if (!index) return std::nullopt;
  return static_cast<Role>(*index);
}

std::string_view eventKindName(std::size_t index) {
  RL_CHECK(index < kKindNames.size(), "every kind of event has a name");
  return kKindNames[index];
}

std::optional<std::size_t> parseEventKind(std::string_view name) {
  return indexOf(kKindNames, name);
}

AccountId accountOf(const EventBody& body) {
  return std::visit(
      [](const auto& event) {
        if constexpr (requires { event.account; }) {
          return event.account;
        } else {
          return AccountId{0};
        }
      },
      body);
}

bool isAsserted(const Event& event) { return std::holds_alternative<Import>(event.channel); }

}  // namespace robotledger
