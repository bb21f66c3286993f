#include "api/login/failure_limits.h"

#include <algorithm>
#include <array>
#include <cstring>

#include <arpa/inet.h>
#include <netinet/in.h>

namespace robotledger {
namespace {

constexpr std::size_t kPairs = 65536;
constexpr std::int64_t kPerFailureUs = kSecondsPerFailure * kUsPerSecond;
constexpr std::int64_t kMostUs = kFailuresAtOnce * kPerFailureUs;
constexpr std::size_t kNetworkBytes = 8;

}  // namespace

FailureLimits::FailureLimits(BytesView key) : used_(key, kPairs) {}

// A clock that was put back does not make anybody wait for longer than that.
std::int64_t FailureLimits::usedUntil(std::uint64_t tag, Instant now) const {
  return std::clamp(used_.until(tag), now.us, now.us + kMostUs);
}

Allowance FailureLimits::look(std::string_view source, std::string_view name, Instant now) const {
  const std::uint64_t tag = used_.tag(source, name);
  const std::lock_guard lock(mutex_);
  return usedUntil(tag, now) + kPerFailureUs > now.us + kMostUs ? Allowance::kNone
                                                                : Allowance::kSome;
}

Allowance FailureLimits::take(std::string_view source, std::string_view name, Instant now) {
  const std::uint64_t tag = used_.tag(source, name);
  const std::lock_guard lock(mutex_);
  const std::int64_t until = usedUntil(tag, now) + kPerFailureUs;
  if (until > now.us + kMostUs) return Allowance::kNone;
  used_.put(tag, until);
  return Allowance::kSome;
}

void FailureLimits::giveBack(std::string_view source, std::string_view name, Instant now) {
  const std::uint64_t tag = used_.tag(source, name);
  const std::lock_guard lock(mutex_);
  const std::int64_t until = usedUntil(tag, now) - kPerFailureUs;
  used_.put(tag, until > now.us ? until : 0);
}

std::string sourceOf(std::string_view address) {
  const std::string text(address);
  struct in6_addr parsed {};
  if (::inet_pton(AF_INET6, text.c_str(), &parsed) != 1) return text;
  if (IN6_IS_ADDR_V4MAPPED(&parsed)) {
    std::array<char, INET_ADDRSTRLEN> v4{};
    ::inet_ntop(AF_INET, &parsed.s6_addr[12], v4.data(), v4.size());
    return v4.data();
  }
  std::string network(kNetworkBytes, '\0');
  std::memcpy(network.data(), &parsed, kNetworkBytes);
  return toHex(network) + "/64";
}

}  // namespace robotledger
