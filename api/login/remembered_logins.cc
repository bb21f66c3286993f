#include "api/login/remembered_logins.h"

#include "core/base/secure.h"

namespace robotledger {

RememberedLogins::Key RememberedLogins::keyOf(std::string_view name,
                                              std::string_view secret) const {
  Bytes both;
  both.reserve(name.size() + secret.size() + 16);  // it does not move, so no copy stays behind
  putText(both, name);
  putText(both, secret);
  const Key key = hmacSha256(key_, both);
  wipe(both);
  return key;
}

std::size_t RememberedLogins::Hash::operator()(const Key& key) const noexcept {
  return static_cast<std::size_t>(ByteReader(digestBytes(key)).bigEndian64());
}

std::optional<RememberedLogin> RememberedLogins::find(const Key& key, Instant now) const {
  const std::lock_guard lock(mutex_);
  const auto found = logins_.find(key);
  if (found == logins_.end()) return std::nullopt;
  // A clock that was put back makes it none, too.
  const std::int64_t age_us = now.us - found->second.at.us;
  if (age_us < 0 || age_us >= kRememberedSeconds * kUsPerSecond) return std::nullopt;
  return found->second;
}

void RememberedLogins::put(const Key& key, const RememberedLogin& login) {
  const std::lock_guard lock(mutex_);
  if (!logins_.insert_or_assign(key, login).second) return;
  in_order_.push_back(key);
  // What was forgotten meanwhile is still in order, and goes with the rest.
  while (in_order_.size() > kMostRemembered) {
    logins_.erase(in_order_.front());
    in_order_.pop_front();
  }
}

void RememberedLogins::forget(const Key& key) {
  const std::lock_guard lock(mutex_);
  logins_.erase(key);
}

}  // namespace robotledger
