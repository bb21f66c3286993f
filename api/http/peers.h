// How many connections each client has, so that one alone cannot take them all.
//
//   Peers peers({.most = 4000, .trusted = proxies});
//   if (!peers.enter(address)) close(socket);
//   ...
//   peers.leave(address);
//
// A client is an address, of IPv6 the network of 64 bits that a host has to itself. Proxies that
// are trusted stand for many, and are not counted. Any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <vector>

#include "api/http/address.h"

namespace robotledger::http {

class Peers {
 public:
  struct Options {
    std::size_t most = 0;  // connections of one; 0 for as many as come
    std::vector<Network> trusted;
  };
  explicit Peers(Options options) : options_(std::move(options)) {}

  // False where it has as many as it may.
  bool enter(const Address& address);
  // Once for each that entered.
  void leave(const Address& address);

 private:
  using Key = std::array<std::uint8_t, 16>;
  static Key keyOf(const Address& address);
  bool isCounted(const Address& address) const;

  const Options options_;
  std::mutex mutex_;
  std::map<Key, std::size_t> counts_;  // guarded by mutex_; none is 0
};

}  // namespace robotledger::http
