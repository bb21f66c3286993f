// prefetch(address): asks the processor for a line of memory that will be used soon, and goes on.
#pragma once

namespace robotledger {

// The address need not be one that can be read.
inline void prefetch(const void* address) {
#if defined(__GNUC__)
  __builtin_prefetch(address);
#else
  (void)address;
#endif
}

}  // namespace robotledger
