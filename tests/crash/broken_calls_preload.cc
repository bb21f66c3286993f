// Breaks the calls of a program that knows nothing of it, as a library that is loaded before all
// others, for the tests of the command line:
//
//   LD_PRELOAD=libbroken_calls.so ROBOTLEDGER_ROOM=40:/tmp/x/ci.json robotledger ...
//
// leaves room for 40 bytes in that file, or below that directory.
#include <cstdlib>
#include <string>

#include "tests/crash/broken_calls.h"

namespace robotledger {
namespace {

// Kept until the process ends.
BrokenCalls* callsFromEnvironment() {
  const char* text = std::getenv("ROBOTLEDGER_ROOM");
  if (text == nullptr) return nullptr;
  const std::string room = text;
  const std::size_t colon = room.find(':');
  if (colon == std::string::npos) return nullptr;
  auto* calls = new BrokenCalls(room.substr(colon + 1));
  calls->leaveRoomFor(std::strtoull(text, nullptr, 10));
  return calls;
}

[[maybe_unused]] const BrokenCalls* const calls_of_this_process = callsFromEnvironment();

}  // namespace
}  // namespace robotledger
