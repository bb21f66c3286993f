#include "core/base/result.h"

namespace robotledger {

const char* errorCodeName(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument: return "invalid_argument";
    case ErrorCode::kNotFound: return "not_found";
    case ErrorCode::kInUse: return "in_use";
    case ErrorCode::kIo: return "io";
    case ErrorCode::kDamaged: return "damaged";
    case ErrorCode::kViewsDamaged: return "views_damaged";
    case ErrorCode::kOutcomeUnknown: return "outcome_unknown";
    case ErrorCode::kClock: return "clock";
    case ErrorCode::kOverloaded: return "overloaded";
    case ErrorCode::kClosed: return "closed";
  }
  return "unknown";
}

}  // namespace robotledger
