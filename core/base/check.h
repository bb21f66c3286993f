// Assertions for bugs: our own logic, never somebody's input. They are on in every build.
//
//   RL_CHECK(next.value == size, "the tree and the log count alike");
//
// What comes from disk, network or people is checked and returned as an Error instead.
#pragma once

namespace robotledger {

// Writes the place and the message to standard error and ends the process. Any thread.
[[noreturn]] void failCheck(const char* condition, const char* message, const char* file, int line);

}  // namespace robotledger

#define RL_CHECK(condition, message)                                     \
  do {                                                                   \
    if (!(condition)) [[unlikely]] {                                     \
      ::robotledger::failCheck(#condition, message, __FILE__, __LINE__); \
    }                                                                    \
  } while (false)
