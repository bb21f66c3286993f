// RememberedLogins: slow checks that went well in the last 60 s, so that whoever asks again with
// the same name and secret needs no other. What is kept of a secret is its HMAC under a random key
// of the process.
//
//   remembered.put(remembered.keyOf(name, secret), {.changed = changed, .at = now});
//   if (auto known = remembered.find(keyOf(name, secret), now)) ...     // is `changed` still so?
//
// At most 4,096; the oldest goes. Any thread; never waits for long.
#pragma once

#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "core/base/hmac.h"
#include "core/base/ids.h"
#include "core/base/instant.h"

namespace robotledger {

inline constexpr std::int64_t kRememberedSeconds = 60;
inline constexpr std::size_t kMostRemembered = 4096;

struct RememberedLogin {
  AccountId account;  // 0 for an operator
  Sequence changed;   // the last event about whom it is, before the check
  Instant at;         // of the check
};

class RememberedLogins {
 public:
  explicit RememberedLogins(BytesView key) : key_(key) {}

  using Key = Digest;
  Key keyOf(std::string_view name, std::string_view secret) const;

  std::optional<RememberedLogin> find(const Key& key, Instant now) const;
  void put(const Key& key, const RememberedLogin& login);
  void forget(const Key& key);

 private:
  struct Hash {
    std::size_t operator()(const Key& key) const noexcept;
  };
  std::string key_;
  mutable std::mutex mutex_;
  std::unordered_map<Key, RememberedLogin, Hash> logins_;
  std::deque<Key> in_order_;  // of their making
};

}  // namespace robotledger
