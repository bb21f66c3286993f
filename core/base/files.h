// What files need from the system that the standard library does not give.
#pragma once

#include <string>

#include "core/base/result.h"

namespace robotledger {

// Makes the names in a directory durable: those that were made, renamed or removed. kIo where the
// system fails. Any thread.
Result<void> syncDirectory(const std::string& path);

}  // namespace robotledger
