// The parts of commands that several of them share, looked at: permissions and expiries as asked.
#pragma once

#include <optional>
#include <span>
#include <variant>

#include "core/domain/command.h"
#include "core/domain/refusal.h"
#include "core/domain/state.h"

namespace robotledger {

// The permissions asked for, sorted, each once; or the refusal of the first that is not valid for
// an account of this level (`project` 0 for the system level). Each in turn: its scope is allowed,
// its project lives, it may be granted there; the 501st is invalid.
std::variant<Refusal, Permissions> resolvePermissions(const State& state, ProjectId project,
                                                      std::span<const PermissionRequest> requests);

// The expiry asked for, or `invalid_days`.
std::variant<Refusal, Expiry> resolveExpiry(const ExpiryRequest& request);

// Whether a number of days is one.
bool isDays(std::int64_t days);

}  // namespace robotledger
