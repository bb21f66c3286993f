// libFuzzer's way in; which target a binary is for is said when it is built.
#include "tests/fuzz/tried.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  robotledger::ROBOTLEDGER_FUZZED({reinterpret_cast<const char*>(data), size});
  return 0;
}
