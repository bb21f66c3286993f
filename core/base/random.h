// Random bytes that nobody can foretell, from OpenSSL's generator.
#pragma once

#include <cstddef>

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace robotledger {

// Any thread. Fails only where the system has no randomness to give.
Result<Bytes> randomBytes(std::size_t count);

}  // namespace robotledger
