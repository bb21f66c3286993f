// What files need from the system that the standard library does not give.
#pragma once

#include <cstddef>
#include <string>

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace robotledger {

// Makes the names in a directory durable: those that were made, renamed or removed. kIo where the
// system fails. Any thread.
Result<void> syncDirectory(const std::string& path);

// All of a file of at most `max_bytes`. kNotFound where there is none; kInvalidArgument where it is
// longer, or no file; kIo where the system fails. Any thread.
Result<Bytes> readFile(const std::string& path, std::size_t max_bytes);

// Makes a file that was not there, durably, with the rights that the process gives by default.
// kInvalidArgument where there is something already; kIo where the system fails, and then there is
// no file. Any thread.
Result<void> writeNewFile(const std::string& path, BytesView bytes);

}  // namespace robotledger
