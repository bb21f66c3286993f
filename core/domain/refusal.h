// Refusals: the domain's no. A refusal writes nothing; its code is stable and never renamed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace robotledger {

enum class RefusalCode : std::uint8_t {
  kMalformedLine,
  kTimeGoesBack,
  kInvalidTime,
  kUnknownOperator,
  kForbidden,
  kUnknownProject,
  kUnknownAccount,
  kInvalidName,
  kInvalidDescription,
  kInvalidReason,
  kInvalidDays,
  kInvalidRole,
  kInvalidPermission,
  kScopeNotAllowed,
  kPermissionsRequired,
  kProjectExists,
  kAccountExists,
  kOperatorExists,
  kPullIsAlwaysGranted,
  kLastSystemAdmin,
  kNoChange,
  kIdempotencyKeyReused,  // by another command; not from decide() but from the writer
  kInvalidSettings,
  kInvalidClaim,
};

// The code's stable name, such as "pull_is_always_granted".
std::string_view refusalName(RefusalCode code);

struct Refusal {
  RefusalCode code = RefusalCode::kMalformedLine;
  std::string message;  // one line, for a person: what, and why
  bool operator==(const Refusal&) const = default;
};

}  // namespace robotledger
