#include "core/domain/refusal.h"

#include <array>

namespace robotledger {
namespace {

constexpr std::array<std::string_view, 24> kNames{
    "malformed_line",      "time_goes_back",         "invalid_time",           "unknown_operator",
    "forbidden",           "unknown_project",        "unknown_account",        "invalid_name",
    "invalid_description", "invalid_reason",         "invalid_days",           "invalid_role",
    "invalid_permission",  "scope_not_allowed",      "permissions_required",   "project_exists",
    "account_exists",      "operator_exists",        "pull_is_always_granted", "last_system_admin",
    "no_change",           "idempotency_key_reused", "invalid_settings",       "invalid_claim"};

}  // namespace

std::string_view refusalName(RefusalCode code) { return kNames.at(static_cast<std::size_t>(code)); }

}  // namespace robotledger
