#include "core/base/check.h"

#include <cstdio>
#include <cstdlib>

namespace robotledger {

void failCheck(const char* condition, const char* message, const char* file, int line) {
  std::fprintf(stderr, "robotledger: bug at %s:%d: %s (%s)\n", file, line, message, condition);
  std::abort();
}

}  // namespace robotledger
