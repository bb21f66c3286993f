// FailureLimits: how often a login may fail from an address for a name, before it is slowed: ten
// times at once, and then once every 30 s. What others do, for other names or from elsewhere, does
// not count.
//
//   if (limits.take(address, name, now) == Allowance::kNone) return "slowed down";
//   if (fits(secret)) limits.giveBack(address, name, now);
//
// The memory is fixed: 65,536 pairs, in 1 MiB; a pair is of no more interest after five minutes,
// and within them slow hashes allow for some 10,000 failures. Any thread; never waits for long.
#pragma once

#include <mutex>
#include <string>
#include <string_view>

#include "api/login/tag_table.h"
#include "core/base/instant.h"

namespace robotledger {

inline constexpr std::int64_t kFailuresAtOnce = 10;
inline constexpr std::int64_t kSecondsPerFailure = 30;

// Whether one more may be tried.
enum class Allowance : std::uint8_t { kSome, kNone };

class FailureLimits {
 public:
  explicit FailureLimits(BytesView key);

  Allowance look(std::string_view source, std::string_view name, Instant now) const;
  // The same, and counts a failure where there may be one.
  Allowance take(std::string_view source, std::string_view name, Instant now);
  // It was none.
  void giveBack(std::string_view source, std::string_view name, Instant now);

 private:
  std::int64_t usedUntil(std::uint64_t tag, Instant now) const;

  mutable std::mutex mutex_;
  TagTable used_;  // until when, were nothing to come, what was taken is given back
};

// Where a login comes from, as far as limits go: of an IPv6 address its network of 64 bits, since
// whoever has one address has them all.
std::string sourceOf(std::string_view address);

}  // namespace robotledger
