#include "api/http/peers.h"

#include <algorithm>

namespace robotledger::http {

Peers::Key Peers::keyOf(const Address& address) {
  Key key = address.bytes();
  if (!address.isV4()) std::fill(key.begin() + 8, key.end(), std::uint8_t{0});
  return key;
}

bool Peers::isCounted(const Address& address) const {
  return options_.most > 0 && std::ranges::none_of(options_.trusted, [&](const Network& one) {
           return one.contains(address);
         });
}

bool Peers::enter(const Address& address) {
  if (!isCounted(address)) return true;
  const std::lock_guard lock(mutex_);
  std::size_t& count = counts_[keyOf(address)];
  if (count >= options_.most) return false;
  count += 1;
  return true;
}

void Peers::leave(const Address& address) {
  if (!isCounted(address)) return;
  const std::lock_guard lock(mutex_);
  const auto found = counts_.find(keyOf(address));
  if (found != counts_.end() && --found->second == 0) counts_.erase(found);
}

}  // namespace robotledger::http
